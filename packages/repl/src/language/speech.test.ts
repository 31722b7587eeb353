import { processorMs } from "@sampan/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { findTextIn } from "./known-texts.ts";
import { isToldWhole, listed, say, speak, translated, translatedLines } from "./speech.ts";

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

describe("a sentence of what was being done and what was found", () => {
  const find = findTextIn({
    "importing {name} in {region}": "将 {name} 导入 {region}",
    "importing {name}": "导入 {name}",
    "the role {name} does not exist": "角色 {name} 不存在",
    "opening {path}: {error}": "打开 {path} 时出错：{error}",
    "it is empty": "内容为空",
    "it lacks {what}": "缺少{what}",
    "the L1 table": "L1 表",
    "the table": "表",
    "{oneHost} failed": "{oneHost} 失败",
  });

  it("is put together of both", () => {
    expect(find("importing web-01 in cn-hangzhou: the role R does not exist")).toBe(
      "将 web-01 导入 cn-hangzhou：角色 R 不存在",
    );
    expect(find("importing a: importing b: it is empty")).toBe("导入 a：导入 b：内容为空");
  });

  it("keeps a name in front of what was found, and what others said behind what was being done", () => {
    expect(find("web-01.vmdk: it is empty")).toBe("web-01.vmdk：内容为空");
    expect(find("importing web-01: EIO 5, some text: more")).toBe("导入 web-01：EIO 5, some text: more");
    expect(find("opening a.vhd: it is empty")).toBe("打开 a.vhd 时出错：内容为空");
    expect(find("opening a.vhd: EIO")).toBe("打开 a.vhd 时出错：EIO");
  });

  it("is not known by a row in whose name half a sentence would stand", () => {
    expect(find("importing the rest of the disks")).toBeUndefined();
    expect(find("saying something: it is empty")).toBeUndefined();
    expect(find("web-01 failed")).toBe("web-01 失败");
    expect(find("nobody knows why it failed")).toBeUndefined();
  });

  it("has a space between words of ours in Latin letters and the Chinese around them", () => {
    expect(find("importing a: it lacks the L1 table")).toBe("导入 a：缺少 L1 表");
    expect(find("importing a: it lacks the table")).toBe("导入 a：缺少表");
  });

  it("is a list of what was found, and where, each part by itself", () => {
    expect(find("importing a: hosts.csv:2 it is empty; hosts.csv:7:1 disk: it is empty")).toBe(
      "导入 a：hosts.csv:2 内容为空；hosts.csv:7:1 disk：内容为空",
    );
    expect(find("it is empty; it is something else")).toBeUndefined();
    expect(find("hosts.csv:2 it is something else")).toBeUndefined();
  });

  it("is told whole when nothing of it is English but names", () => {
    expect(isToldWhole("importing a: it is empty", "导入 a：内容为空")).toBe(true);
    expect(isToldWhole("importing a: web-01.vhd", "导入 a：web-01.vhd")).toBe(true);
    expect(isToldWhole("importing a: no luck today", "导入 a：no luck today")).toBe(false);
    expect(isToldWhole("importing a: no luck\ntoday\n", "导入 a：no luck today ")).toBe(false);
    expect(isToldWhole("no luck today", "no luck today")).toBe(false);
  });

  it("leaves what other programs print as it is, and is found at once in whatever they print", async () => {
    await speak("zh-CN");
    expect(translated("running qemu-img: error: failed: here")).toContain("error: failed: here");
    expect(translated("running zpool: failed; parent: part")).toContain("failed; parent: part");
    const told = [
      `${"a: ".repeat(330)}b c`,
      `reading /x: ${"EFI: Boot: ".repeat(40)}failed here`,
      `running lsblk on ssh://root@web-01: ${"curl: (35) error:0A: SSL routines::wrong version; ".repeat(15)}`,
      `${"it is empty; ".repeat(70)}`,
    ];
    translated("anything");
    const startedMs = processorMs();
    for (const text of told) translated(text);
    expect(processorMs() - startedMs).toBeLessThan(2_000);
  });

  it("knows what Node.js says of JSON that is broken, whatever stands there", async () => {
    await speak("zh-CN");
    for (const broken of [
      '{"a": 1',
      '{"a": }',
      "not: json",
      "",
      "[1 2]",
      "{a: 1}",
      '{"a":1,}',
      '{"a":1} b: c',
    ]) {
      let said = "";
      try {
        JSON.parse(broken);
      } catch (error) {
        said = (error as Error).message;
      }
      const told = translated(`reading x: ${said}`);
      expect(told, said).toMatch(/JSON/);
      expect(told.split("：")[1], said).toMatch(/\p{Script=Han}/u);
    }
  });
});

it("says in Chinese why a host of a fleet was skipped", async () => {
  await speak("zh-CN");
  expect(translated("db-01 failed")).toBe("db-01 失败");
  expect(translated("db-01 was cancelled")).toBe("db-01 已取消");
  expect(translated("db-01 was skipped")).toBe("db-01 已跳过");
  expect(translated("canary db-01 failed")).toBe("先行主机 db-01 失败");
  expect(translated("2 of 9 hosts failed, more than 10 %")).toBe("9 台主机中有 2 台失败，超过 10 %");
  expect(translated("wave 2 was stopped")).toBe("批次 2 已停止");
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
