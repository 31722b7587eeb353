import { afterEach, describe, expect, expectTypeOf, it } from "vitest";
import { findTextIn } from "./known-texts.ts";
import { type ArgumentsOf, fillMessage, namesIn, translationOf } from "./message.ts";
import { listed, say, speak, translated, translatedLines } from "./speech.ts";

afterEach(() => speak("en"));

describe("a message", () => {
  it("is filled with its values; a number brings its noun", () => {
    expect(fillMessage("{a} of {b}", { a: 1, b: "x" })).toBe("1 of x");
    expect(fillMessage("{n:file|files}", { n: 1 })).toBe("1 file");
    expect(fillMessage("{n:file|files}, {n}", { n: 0 })).toBe("0 files, 0");
    expect(fillMessage("{n} 个文件", { n: 3 })).toBe("3 个文件");
    expect(fillMessage("{a}", { a: "{b}", b: "no" })).toBe("{b}");
    expect(fillMessage("{missing} stays")).toBe("{missing} stays");
    expect(namesIn("{b} {a:one|many} {b}")).toEqual(["a", "b"]);
  });

  it("takes just its values, and as numbers where a noun follows", () => {
    expectTypeOf<ArgumentsOf<"plain">>().toEqualTypeOf<[]>();
    expectTypeOf<ArgumentsOf<"{n:file|files}">>().toEqualTypeOf<[values: { readonly n: number }]>();
    // @ts-expect-error: a value is missing
    expect(say("run.id", {})).toBe("run {id}");
    // @ts-expect-error: there is no such message
    expect(() => say("no.such")).toThrow();
  });

  it("has a translation with the same keys and placeholders, or none that compiles", () => {
    const original = { a: "{x} of {n:file|files}", b: "plain" } as const;
    const take = translationOf<typeof original>();
    expect(take({ a: "{n} 个中的 {x}", b: "普通" }).b).toBe("普通");
    // @ts-expect-error: {x} is missing
    take({ a: "{n} 个", b: "普通" });
    // @ts-expect-error: there is no {y}
    take({ a: "{n} {x} {y}", b: "普通" });
    // @ts-expect-error: b is missing
    take({ a: "{n} {x}" });
    // @ts-expect-error: there is no c
    take({ a: "{n} {x}", b: "普通", c: "" });
  });
});

describe("a sentence of another table", () => {
  const find = findTextIn({
    "nothing found": "未发现问题",
    "{where} is mounted from {device}, a name that changes.": "{where} 从 {device} 挂载，该名称会变化。",
    "{where} is mounted from {device}": "{where} 从 {device} 挂载",
    "reads `{}` (and more)": "读取",
  });

  it("is found by its words, or by its shape with what stands in it", () => {
    expect(find("nothing found")).toBe("未发现问题");
    expect(find("/data is mounted from /dev/sdb1, a name that changes.")).toBe(
      "/data 从 /dev/sdb1 挂载，该名称会变化。",
    );
    expect(find("/a is mounted from x{where}")).toBe("/a 从 x{where} 挂载");
    expect(find("reads `{}` (and more)")).toBe("读取");
    expect(find("nothing\nfound")).toBe("未发现问题");
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
