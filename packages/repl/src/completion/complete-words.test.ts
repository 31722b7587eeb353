import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandTable } from "../command-table.ts";
import { completeWords } from "./complete-words.ts";

const names = {
  run: "20261123-094205-k3f8p",
  profile: "production",
  stage: "upload",
  code: "CORE_INTERNAL",
  region: "cn-beijing",
};
const complete = (...words: readonly string[]) =>
  completeWords(commandTable, words, (kind) => [{ value: names[kind], summary: kind }]);
const values = async (...words: readonly string[]) =>
  (await complete(...words)).candidates.map(({ value }) => value);

describe("how a command line may go on", () => {
  it("begins with the commands that help lists", async () => {
    expect(await values("")).toEqual(
      expect.arrayContaining(["run", "convert", "assess", "completion", "help"]),
    );
    expect(await values("")).not.toContain("complete");
    expect(await values("re")).toEqual(["resume"]);
    expect(await values("help", "con")).toEqual(["convert", "config"]);
    expect(await complete("nonsense", "")).toEqual({ candidates: [], paths: "none" });
  });

  it("goes through the words of a command that has two", async () => {
    const [entry] = commandTable;
    if (entry === undefined) throw new Error("no command");
    const stop = { ...entry, name: "fleet stop", usage: "<id>", values: { id: "run" as const }, options: [] };
    const table = [{ ...stop, name: "fleet list", usage: "", values: {} }, stop, entry];
    const at = async (...words: readonly string[]) =>
      (await completeWords(table, words, () => [{ value: names.run, summary: "" }])).candidates.map(
        ({ value }) => value,
      );
    expect(await at("f")).toEqual(["fleet"]);
    expect(await at("fleet", "")).toEqual(["list", "stop", "help"]);
    expect(await at("help", "fleet", "s")).toEqual(["stop"]);
    expect(await at("fleet", "stop", "")).toEqual([names.run]);
    expect(await at("fleet", "stop", "--l")).toEqual(["--lang"]);
    expect(await at("fleet", "nonsense", "")).toEqual([]);
  });

  it("has options where one is begun, each once unless it may stand several times", async () => {
    expect(await values("convert", "--fo")).toEqual(["--format", "--force"]);
    expect(await values("convert", "a.raw", "--force", "--fo")).toEqual(["--format"]);
    expect(await values("convert", "--format=vhd", "--fo")).toEqual(["--force"]);
    expect(await values("convert", "--allow-path", "x", "--allow")).toEqual(["--allow-path"]);
    expect(await values("runs", "-q", "--qu")).toEqual([]);
    expect(await values("runs", "--la")).toEqual(["--lang"]);
    expect(await values("runs", "--lang", "")).toEqual(["en", "zh-CN"]);
  });

  it("takes options before the command, and has the command then still", async () => {
    expect(await values("--prof")).toEqual(["--profile"]);
    expect(await values("--profile", "")).toEqual(["production"]);
    expect(await values("--profile", "production", "who")).toEqual(["whoami"]);
    expect(await values("--profile", "=", "production", "who")).toEqual(["whoami"]);
    expect(await values("--profile=production", "runs", "--js")).toEqual(["--json"]);
    expect(await values("--quiet", "fleet", "status", "--js")).toEqual(["--json"]);
    // A script of the shell may stand there as well.
    expect((await complete("--norc", "")).paths).toBe("files");
  });

  it("has the values of an option, however its value is joined to it", async () => {
    expect(await values("convert", "--format", "")).toEqual(["vhd", "raw", "qcow2"]);
    expect(await values("convert", "--format", "q")).toEqual(["qcow2"]);
    expect(await values("convert", "--format=q")).toEqual(["--format=qcow2"]);
    expect(await values("convert", "--format", "=", "q")).toEqual(["qcow2"]);
    expect(await values("convert", "--format", "=")).toEqual(["vhd", "raw", "qcow2"]);
    expect(await values("run", "a.migration.ts", "--profile", "")).toEqual(["production"]);
    expect(await values("run", "a.migration.ts", "--through", "up")).toEqual(["upload"]);
    expect(await values("names", "--region", "cn-b")).toEqual(["cn-beijing"]);
    expect(await values("convert", "--no-such=")).toEqual([]);
  });

  it("has what an argument may be at its place", async () => {
    expect(await values("resume", "")).toEqual([names.run]);
    expect(await values("runs", "")).toEqual(["show"]);
    expect(await values("runs", "show", "2026")).toEqual([names.run]);
    expect(await values("runs", "--report", "md", "show", "")).toEqual([names.run]);
    expect(await values("explain", "CORE")).toEqual(["CORE_INTERNAL"]);
    expect(await values("setup", "")).toEqual(["role"]);
    expect(await values("completion", "z")).toEqual(["zsh"]);
    expect(await values("resume", names.run, "")).toEqual([]);
    expect(await values("cancel", "--", "")).toEqual([names.run]);
  });

  it("leaves paths to the shell", async () => {
    expect(await complete("run", "")).toEqual({ candidates: [], paths: "files" });
    expect(await complete("convert", "a.raw", "")).toEqual({ candidates: [], paths: "files" });
    expect(await complete("assess", "a.raw", "b.raw", "c")).toEqual({ candidates: [], paths: "files" });
    expect(await complete("runs", "--home", "")).toEqual({ candidates: [], paths: "folders" });
    expect(await complete("share", "setup", "lo")).toMatchObject({
      candidates: [{ value: "local" }],
      paths: "files",
    });
    expect((await complete("whoami", "")).paths).toBe("none");
  });

  it("only ever continues what was typed", async () => {
    const word = fc.constantFrom(
      "",
      "-",
      "--",
      "=",
      "run",
      "--format",
      "--format=",
      "--home",
      "show",
      "a b",
      "$(x)",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { maxLength: 6 }),
        fc.constantFrom("", "-", "--f", "v", "="),
        async (before, typed) => {
          const begun = typed === "=" ? "" : typed;
          for (const value of await values(...before, typed)) expect(value.startsWith(begun)).toBe(true);
        },
      ),
    );
  });
});
