import { afterEach, describe, expect, it } from "vitest";
import { findTextIn } from "./known-texts.ts";
import { listed, say, speak, translated, translatedLines } from "./speech.ts";

afterEach(() => speak("en"));

describe("a sentence of another table", () => {
  const find = findTextIn({
    "nothing found": "未发现问题",
    "{where} is mounted from {device}, a name that changes.": "{where} 从 {device} 挂载，该名称会变化。",
    "{where} is mounted from {device}": "{where} 从 {device} 挂载",
    "reads `{}` (and more)": "读取",
    "line {number} of the file: {what}": "文件第 {number} 行：{what}",
  });

  it("is found by its words, or by its shape with what stands in it", () => {
    expect(find("nothing found")).toBe("未发现问题");
    expect(find("/data is mounted from /dev/sdb1, a name that changes.")).toBe(
      "/data 从 /dev/sdb1 挂载，该名称会变化。",
    );
    expect(find("/a is mounted from x{where}")).toBe("/a 从 x{where} 挂载");
    expect(find("reads `{}` (and more)")).toBe("读取");
    expect(find("nothing\nfound")).toBe("未发现问题");
    expect(find("line 3 of the file: /data is mounted from /dev/sdb1")).toBe(
      "文件第 3 行：/data 从 /dev/sdb1 挂载",
    );
    expect(find("line 3 of the file: something else")).toBeUndefined();
    expect(find("nothing found here")).toBeUndefined();
    expect(find(" is mounted from x")).toBeUndefined();
    expect(find(`/a is mounted from ${"x".repeat(2_000)}`)).toBeUndefined();
  });
});

describe("speech", () => {
  it("is English until it is set, and again when it is set back", async () => {
    expect(say("run.rehearsal")).toBe("rehearsal");
    expect(translated("The command line is not understood.")).toBe("The command line is not understood.");
    expect(listed(["a", "b"])).toBe("a, b");
    // @ts-expect-error: a value is missing
    expect(say("run.id", {})).toBe("run {id}");
    // @ts-expect-error: there is no such message
    expect(() => say("no.such")).toThrow();
    await speak("zh-CN");
    expect(say("run.rehearsal")).toBe("演练");
    expect(say("run.id", { id: "R" })).toBe("运行 R");
    expect(translated("The command line is not understood.")).toBe("无法理解该命令行。");
    expect(translated("something else")).toBe("something else");
    expect(translatedLines("\u001b[2mThe plan is not valid.\u001b[22m\n  sampan runs")).toBe(
      "\u001b[2m计划无效。\u001b[22m\n  sampan runs",
    );
    expect(listed(["a", "b"])).toBe("a、b");
    await speak("en");
    expect(say("run.rehearsal")).toBe("rehearsal");
  });
});
