import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@sampan/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEvaluator, type Evaluator } from "./evaluator.ts";

let folder: string;
let evaluator: Evaluator;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-shell-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  evaluator = createEvaluator({ folder, globals: { ...sdk }, sdk: { ...sdk } });
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

  it("gives the value of a text that stands alone", async () => {
    expect(await value("'a'")).toBe("a");
    expect(await value('"it\'s";')).toBe("it's");
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
    evaluator = createEvaluator({ folder, globals: { ...sdk, run }, sdk: { ...sdk } });
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

describe("queries", () => {
  const regions = async (): Promise<string[]> => ["cn-hangzhou", "cn-shanghai"];
  beforeEach(() => {
    evaluator = createEvaluator({
      folder,
      globals: { ...sdk, regions },
      sdk: { ...sdk },
      queries: new Set(["regions"]),
    });
  });

  it("are worth their answers wherever `await` may stand", async () => {
    expect(await value("regions().length")).toBe(2);
    expect(await value("[...regions(), regions()[0]].length + String(regions()).length")).toBe(26);
    expect(await value("const first = regions()[0]; first")).toBe("cn-hangzhou");
    expect(await value("(async () => regions().length)()")).toBe(2);
  });

  it("are left to the shell to wait for as a whole input, with the name that waits", async () => {
    expect(await evaluator.evaluate("regions()")).toMatchObject({ awaited: true, name: null });
    expect(await evaluator.evaluate("const all = regions()")).toMatchObject({ awaited: true, name: "all" });
  });

  it("are promises where somebody handles them as such, in functions that cannot wait, and once redeclared", async () => {
    expect(await value("await regions().then((all) => all.length)")).toBe(2);
    expect(await value("const f = () => regions(); f() instanceof Promise")).toBe(true);
    expect(await value("function regions() { return 7 }")).toBeUndefined();
    expect(await value("const got = regions(); typeof got")).toBe("number");
  });

  it("leave other promises alone", async () => {
    expect(await value("const p = Promise.resolve(1); p instanceof Promise")).toBe(true);
  });
});

describe("an evaluator", () => {
  it("keeps values by number, and lets go of the oldest", async () => {
    evaluator.keep("a", 3);
    expect(await value("out[3] + _")).toBe("aa");
    evaluator.keep("b", 1_003);
    expect(await value("out[3]")).toBeUndefined();
  });

  it("lets a name that failed be declared again, and gives what is awaited to its name later", async () => {
    await expect(value("const x = nope()")).rejects.toThrow(ReferenceError);
    expect(await evaluator.evaluate("const x = await Promise.resolve(2)")).toMatchObject({
      awaited: true,
      name: "x",
    });
    evaluator.bind("x", 2);
    expect(await value("x")).toBe(2);
  });

  it("tells whether an input is whole without running it", () => {
    expect(evaluator.isComplete("globalThis.spoilt = 1; f(")).toBe(false);
    expect(evaluator.isComplete("globalThis.spoilt = 1")).toBe(true);
    expect(evaluator.isComplete("foo bar")).toBe(true);
    expect((globalThis as { spoilt?: number }).spoilt).toBeUndefined();
  });
});
