import { describe, expect, it } from "vitest";
import { markedPlan } from "../testing/marked-plan.ts";
import { analysePlan } from "./analyse-plan.ts";
import { MadeIndex } from "./made-index.ts";

const at = (line: number) => ({ start: { line, character: 0 }, end: { line, character: 3 } });

const plan = (rest: string, before = "Migration.from") =>
  `export default ${before}("ssh://root@a").assess().capture().toVhd()${rest};`;
const madeBy = (text: string) => markedPlan(text).document.analysis.made.map(({ kind, key }) => [kind, key]);

describe("what plans make", () => {
  it("is an image by its region, else by the bucket that decides it", () => {
    expect(madeBy(plan('.upload("b-1").import({ name: "web", region: "cn-beijing" })'))).toEqual([
      ["image", '["image","","cn-beijing","web"]'],
    ]);
    expect(madeBy(plan('.upload("b-1").import({ name: "web" })'))).toEqual([
      ["image", '["image","","bucket b-1","web"]'],
    ]);
  });

  it("is an object by its bucket, and an image by its account", () => {
    const made = madeBy(
      plan(
        '.upload("b-1", { key: "k.vhd" }).import({ name: "web" })',
        'Migration.with({ profile: "test" }).from',
      ),
    );
    expect(made).toEqual([
      ["image", '["image","test","bucket b-1","web"]'],
      ["object", '["object","b-1","k.vhd"]'],
    ]);
  });

  it("is left open where it is computed, named by the run, or made by no plan that can be run", () => {
    expect(madeBy(plan('.upload("b-1").import({ name: process.env.NAME })'))).toEqual([]);
    expect(madeBy(plan('.upload("b-1").import()'))).toEqual([]);
    expect(madeBy(plan('.upload(process.env.B).import({ name: "web" })'))).toEqual([]);
    expect(madeBy(plan('.upload("b-1").import({ name: "web" })', "Migration.with(settings()).from"))).toEqual(
      [],
    );
    expect(madeBy(`const p = ${plan('.upload("b-1", { key: "k" })').slice(15)}`)).toEqual([]);
  });
});

describe("an index of what files make", () => {
  it("tells each of two files of the other, and the others of a change", () => {
    const index = new MadeIndex();
    expect(
      index.take("/a", "a", [
        { key: "x", ...at(1) },
        { key: "y", ...at(2) },
      ]),
    ).toEqual([]);
    expect(index.take("/b", "b", [{ key: "x", ...at(5) }])).toEqual(["/a"]);
    expect(index.elsewhere("/a")).toEqual({ x: [{ path: "/b", title: "b", ...at(5) }] });
    expect(index.elsewhere("/b")).toEqual({ x: [{ path: "/a", title: "a", ...at(1) }] });
    expect(index.take("/b", "b", [{ key: "x", ...at(5) }])).toEqual([]);
    expect(index.take("/b", "b", [{ key: "x", ...at(6) }])).toEqual(["/a"]);
    expect(index.take("/b", "b", [])).toEqual(["/a"]);
    expect(index.signature("/a")).toBe("");
    expect(index.paths).toEqual(["/a"]);
  });

  it("tells of a few files where many make one thing", () => {
    const index = new MadeIndex();
    for (let file = 0; file < 50; file++) index.take(`/${file}`, `${file}`, [{ key: "x", ...at(1) }]);
    expect(index.elsewhere("/7").x).toHaveLength(8);
    expect(index.take("/9", "9", [{ key: "x", ...at(2) }])).toEqual([]);
    expect(index.take("/0", "0", [{ key: "x", ...at(2) }])).toHaveLength(49);
  });
});

describe("a name that plans of two files share", () => {
  const text = `import { Migration } from "sampan";\n${plan('.upload("b-1", { key: "k" }).import({ name: "web" })')}`;
  const elsewhere = Object.fromEntries(
    analysePlan(text).made.map(({ key }) => [key, [{ path: "/b", title: "b.migration.ts", ...at(3) }]]),
  );

  it("is told with the other place, at the name of either thing", () => {
    const found = analysePlan(text, { elsewhere }).problems;
    expect(found.map((one) => [one.code, text.slice(one.range.start, one.range.end)])).toEqual([
      ["SMP108", '"k"'],
      ["SMP108", '"web"'],
    ]);
    expect(found[1]?.message).toContain('in b.migration.ts makes an image "web" too');
    expect(found[1]?.elsewhere).toMatchObject([{ path: "/b", title: "b.migration.ts", ...at(3) }]);
  });

  it("is silenced by a comment and by its level, as any rule", () => {
    const silenced = text.replace("export default", "// sampan-ignore SMP108 moved by hand\nexport default");
    expect(analysePlan(silenced, { elsewhere }).problems).toEqual([]);
    expect(analysePlan(text, { elsewhere, levels: { SMP108: "off" } }).problems).toEqual([]);
  });

  it("stands twice in one file for an object too", () => {
    const two = `import { Migration } from "sampan";\nconst move = (h: string) => Migration.from(h).assess().capture().toVhd().upload("b-1", { key: "k" });\nexport default [move("a"), move("b")];`;
    expect(analysePlan(two).problems.map(({ code, message }) => [code, message.slice(0, 42)])).toEqual([
      ["SMP108", "Another plan of this file writes the objec"],
    ]);
  });
});
