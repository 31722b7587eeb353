import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, type SampanError } from "@sampan/core";
import { sourceTitle } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeFrame } from "./code-frame.ts";
import { loadPlanFile } from "./load-plan.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-plans-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function load(source: string, extension = "migration.ts") {
  const name = `plan-${++files}.${extension}`;
  await writeFile(join(folder, name), source);
  return loadPlanFile(name, folder);
}

async function failure(source: string, extension?: string): Promise<SampanError> {
  const error = await load(source, extension).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isSampanError(error)) throw new Error(`no SampanError but ${String(error)}`);
  return error;
}

const start = 'import { Migration } from "sampan";\n';

describe("a plan file", () => {
  it("finds sampan where nothing is installed, and starts paths at its own folder", async () => {
    const file = await load(`${start}export default Migration.from("./web.vmdk").assess();`);
    expect(file.folder).toBe(folder);
    expect(file.plans).toEqual([
      {
        v: 1,
        source: { kind: "image-file", path: join(folder, "web.vmdk") },
        context: {},
        steps: [{ verb: "assess", options: {} }],
      },
    ]);
  });

  it("may export a list, or a function that returns one, also later", async () => {
    const list = `["a", "b"].map((name: string) => Migration.from(name).assess())`;
    for (const exported of [list, `() => ${list}`, `async () => ${list}`]) {
      const { plans } = await load(`${start}export default ${exported};`);
      expect(plans.map((plan) => sourceTitle(plan.source))).toEqual([join(folder, "a"), join(folder, "b")]);
    }
  });

  it("gives one of several by its number or by the name it is exported by", async () => {
    const name = `plan-${++files}.migration.ts`;
    const text = `${start}export const web = Migration.from("./web");\nexport const makes = () => [Migration.from("./c")];\nexport default [Migration.from("./a"), Migration.from("./b")];`;
    await writeFile(join(folder, name), text);
    const titles = async (which: string) => {
      const file = await loadPlanFile(name, folder, which);
      return [file.marks, file.plans.map(({ source }) => sourceTitle(source))];
    };
    expect(await titles("2")).toEqual([["1"], [join(folder, "b")]]);
    expect(await titles("web")).toEqual([["web"], [join(folder, "web")]]);
    expect(await titles("makes")).toEqual([["makes"], [join(folder, "c")]]);
    await expect(titles("3")).rejects.toMatchObject({
      code: "PLAN_LOAD_FAILED",
      hint: "It holds 2, counted from 1 on.",
    });
    await expect(titles("gone")).rejects.toMatchObject({
      code: "PLAN_LOAD_FAILED",
      hint: "Plans that it exports by name: web.",
    });
    await expect(titles("toString")).rejects.toMatchObject({ code: "PLAN_LOAD_FAILED" });
    await expect(titles("a b")).rejects.toMatchObject({ code: "COMMAND_USAGE" });
  });

  it("may await at its top and import its neighbours", async () => {
    await writeFile(join(folder, "hosts.ts"), 'export const hosts: readonly string[] = ["x"];');
    const source = `${start}import { hosts } from "./hosts.ts";\nconst list = await Promise.resolve(hosts);\nexport default list.map((name) => Migration.from(name));`;
    expect((await load(source)).plans).toHaveLength(1);
  });

  it("may be plain JavaScript, or the JSON of one plan or several", async () => {
    const plan = { v: 1, source: { kind: "image-file", path: "a.raw" }, context: {}, steps: [] };
    expect((await load(`${start}export default Migration.from("a.raw");`, "mjs")).plans).toHaveLength(1);
    expect((await load(JSON.stringify(plan), "json")).plans[0]?.source).toMatchObject({
      path: join(folder, "a.raw"),
    });
    expect((await load(JSON.stringify([plan, plan]), "json")).plans).toHaveLength(2);
  });
});

describe("a plan file that cannot be loaded", () => {
  it("is told by name when it is missing", async () => {
    await expect(loadPlanFile("nowhere.ts", folder)).rejects.toMatchObject({
      code: "PLAN_LOAD_FAILED",
      message: "loading nowhere.ts: there is no such file",
    });
  });

  it("is told with the place of a mistake in its grammar", async () => {
    const error = await failure(`${start}\nconst a = (;\nexport default a;`);
    expect(error.message).toMatch(/^loading plan-\d+\.migration\.ts:3:12: Unexpected token$/);
    expect(error.details.frame).toEqual([
      '  1 | import { Migration } from "sampan";',
      "  2 |",
      "> 3 | const a = (;",
      "    |            ^",
      "  4 | export default a;",
    ]);
  });

  it("is told with the line that threw, and which verb is missing", async () => {
    const error = await failure(`${start}\nexport default Migration.from("a").toVhd();`);
    expect(error.code).toBe("PLAN_LOAD_FAILED");
    expect(error.message).toMatch(/\.ts:3: .*toVhd is not a function$/);
    expect(error.hint).toBe("toVhd() cannot stand here: it follows capture().");
  });

  it("keeps the code of an error of ours", async () => {
    const chain = 'Migration.from("a").assess().capture().toVhd().upload("NO")';
    const error = await failure(`${start}export default ${chain};`);
    expect(error.code).toBe("PLAN_INVALID");
    expect(error.message).toMatch(/\.ts:2: upload\(\): bucket: /);
  });

  it("is told which module is missing", async () => {
    const error = await failure(`import "surely-not-installed";\nexport default 1;`);
    expect(error.message).toContain("Cannot find module 'surely-not-installed'");
    expect(error.hint).toContain("Install the module");
  });

  it("is told what to export", async () => {
    const named = await failure(`${start}export const web = Migration.from("a");`);
    expect(named.hint).toBe(
      "Write `export default web;` at the end of the file, or run that one by `--plan web`.",
    );
    expect((await failure("export default { a: 1 };")).message).toContain("its default export is an object");
    expect((await failure("export default [];")).message).toContain("an empty list");
    expect((await failure(`${start}export default [Migration.from("a"), 7];`)).message).toContain(
      "item 2 of its default export is of type number",
    );
  });

  it("is refused when it starts its run itself", async () => {
    const run = "{ events: 1, cancel() {}, then() {} }";
    expect((await failure(`export default ${run};`)).message).toContain("already started");
  });

  it("is refused when its JSON is none, or no plan", async () => {
    expect((await failure("{", "json")).code).toBe("PLAN_LOAD_FAILED");
    expect((await failure('{"v":1}', "json")).code).toBe("PLAN_INVALID");
    expect((await failure("[]", "json")).code).toBe("PLAN_LOAD_FAILED");
  });
});

describe("a code frame", () => {
  it("is empty for a place outside the file and makes foreign text safe", () => {
    expect(codeFrame(["a", "b"], { line: 9, column: 1 })).toEqual([]);
    expect(codeFrame(["a\u001b[31m"], { line: 1, column: null })).toEqual(["> 1 | a\uFFFD[31m"]);
  });
});
