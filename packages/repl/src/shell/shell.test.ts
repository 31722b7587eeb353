import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@sampan/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rememberingOutput } from "../testing/fake-output.ts";
import { createEvaluator, type Evaluator } from "./evaluator.ts";
import { historyToKeep, readHistory, writeHistory } from "./history.ts";
import { showValue } from "./show-value.ts";

let folder: string;
let evaluator: Evaluator;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-shell-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  evaluator = createEvaluator(folder, { ...sdk });
});

async function value(input: string): Promise<unknown> {
  const evaluation = await evaluator.evaluate(input);
  if (evaluation.kind === "incomplete") throw new Error(`incomplete: ${input}`);
  return evaluation.value;
}

describe("evaluating input", () => {
  it("takes TypeScript and keeps variables, functions, classes and enums", async () => {
    await value("const { a, b: [c = 5] } = { a: 1, b: [] } as { a: number; b: number[] }");
    await value("function twice(n: number): number { return 2 * n }");
    await value("class Box<T> { constructor(readonly item: T) {} }");
    await value("enum Level { Low = 3 }");
    await value("interface Unused { n: number }");
    expect(await value("twice(a + c) + Level.Low + new Box(7).item")).toBe(22);
  });

  it("waits at its top, and imports", async () => {
    await value('import { basename as base } from "node:path"; import * as path from "node:path"');
    expect(await value('const x = await Promise.resolve("/a/b"); base(x) + typeof path.join')).toBe(
      "bfunction",
    );
    expect(await value('(await import("node:path")).sep')).toBe("/");
  });

  it("lets a constant be declared again, also after it failed", async () => {
    await expect(value("const z = nope()")).rejects.toThrow("nope is not defined");
    expect(await value("const z = 1")).toBe(1);
    await value("const z = 2");
    expect(await value("z")).toBe(2);
  });

  it("continues the last value with a line that begins with a verb", async () => {
    await value('Migration.from("./web.vmdk")');
    const stage = await value("  .assess()");
    expect(sdk.isStage(stage) && stage.plan().steps.map((step) => step.verb)).toEqual(["assess"]);
    expect(await value("._nothing")).toBeUndefined();
  });

  it("binds a name to what its continuation gives", async () => {
    await value('const plan = Migration.from("./web.vmdk")');
    await value(".assess()");
    await value(".capture()");
    const stage = await value("plan");
    expect(sdk.isStage(stage) && stage.plan().steps.map((step) => step.verb)).toEqual(["assess", "capture"]);
  });

  it.each(["function f() {", "const x =", "[1,", "`a", "/* a", "f(1,", "Migration\n  .from("])(
    "knows that %j goes on",
    async (input) => {
      expect(await evaluator.evaluate(input)).toEqual({ kind: "incomplete" });
    },
  );

  it.each(["foo bar", "const = 1", "1 +* 2", "'a"])("refuses %j at once", async (input) => {
    await expect(evaluator.evaluate(input)).rejects.toMatchObject({ code: "COMMAND_USAGE" });
  });

  it("never starts a plan, and never waits for a run by itself", async () => {
    let starts = 0;
    // biome-ignore lint/suspicious/noThenProperty: a run can be awaited, and that must not happen by itself.
    const run = { events: 1, cancel() {}, then: () => starts++ };
    evaluator = createEvaluator(folder, { ...sdk, run });
    await value('const plan = Migration.from("./web.vmdk").assess()');
    await value("plan");
    expect(await evaluator.evaluate("run")).toMatchObject({ value: run, awaited: false });
    expect(await evaluator.evaluate("await run")).toMatchObject({ value: run, awaited: true });
    expect(starts).toBe(0);
  });

  it("loads plan files typed in TypeScript", async () => {
    const source = 'import { Migration } from "sampan";\nexport default Migration.from("a") as unknown;\n';
    await writeFile(join(folder, "one.migration.ts"), source);
    await value('import one from "./one.migration.ts"');
    expect(sdk.isStage(await value("one"))).toBe(true);
  });
});

describe("showing values", () => {
  it("describes a plan and says that nothing was done", () => {
    const { output } = rememberingOutput();
    const text = showValue(sdk.Migration.from("./web\u001b[2J.vmdk").assess(), output);
    expect(text).toMatch(/^from \.\/web\uFFFD\[2J\.vmdk\nassess — .*\nnothing was done/);
  });

  it("makes everything else safe for the terminal", () => {
    const { output } = rememberingOutput();
    expect(showValue({ toString: 1, name: "a\u009bb" }, output)).not.toContain("\u009b");
    expect(showValue("a\u001b", output)).toBe('"a\\u001b"');
  });
});

describe("the history", () => {
  it("keeps no secrets and no repetition", () => {
    const lines = [
      "plan",
      "const secret = 1",
      'key("LTAI5tAbcdefghijkl")',
      "plan",
      "ssh://root:pw@host",
      ".exit",
      "x",
    ];
    expect(historyToKeep(lines)).toEqual(["plan", "x"]);
  });

  it("is written for its owner only and read newest first", async () => {
    const path = join(folder, "home", "shell-history");
    writeHistory(path, ["newest", "oldest"]);
    expect(readHistory(path)).toEqual(["newest", "oldest"]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).toBe("oldest\nnewest\n");
    expect(readHistory(join(folder, "none"))).toEqual([]);
  });
});
