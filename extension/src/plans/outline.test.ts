import { describe, expect, it } from "vitest";
import { outlinePlan } from "./outline.ts";

describe("the outline of a plan file", () => {
  it("names each chain with its source, its verbs and where they stand", () => {
    const text = `import { Migration } from "sampan";
export default Migration.from("ssh://root@web-01")
  .assess()                  // (a comment with a parenthesis
  .upload("web-images", { createBucket: true, key: "a.vhd" })
  .copyTo("cn-shanghai", 'ap-southeast-1');
`;
    const [chain, ...more] = outlinePlan(text);
    expect(more).toEqual([]);
    expect(chain?.source).toBe("ssh://root@web-01");
    expect(chain?.steps.map((step) => [step.verb, step.strings])).toEqual([
      ["assess", []],
      ["upload", ["web-images"]],
      ["copyTo", ["cn-shanghai", "ap-southeast-1"]],
    ]);
    const copy = chain?.steps[2];
    expect(text.slice(copy?.name.start, copy?.name.end)).toBe("copyTo");
    expect(text.slice(chain?.span.start, chain?.span.end)).toMatch(/^Migration.*\)$/s);
    expect(text.slice(copy?.span.start, copy?.span.end)).toBe(`.copyTo("cn-shanghai", 'ap-southeast-1')`);
  });

  it("finds several chains, with a context before the source or without", () => {
    const text =
      'export default [Migration.with({ cloud: "alibaba" }).from("a.vmdk").assess(), Migration.from("b.vmdk")];';
    expect(outlinePlan(text).map(({ index, source, steps }) => [index, source, steps.length])).toEqual([
      [0, "a.vmdk", 1],
      [1, "b.vmdk", 0],
    ]);
  });

  it("says that a source is computed instead of guessing it", () => {
    const text =
      "hosts.map((host) => Migration.from(`ssh://$" +
      "{host}`).assess()); Migration.from(pick('a')).assess()";
    expect(outlinePlan(text).map((chain) => chain.source)).toEqual([null, null]);
  });

  it("takes nothing from comments, strings and longer names for a chain", () => {
    const text = `// Migration.from("a")\nconst text = 'Migration.from("b")'; MyMigration.from("c"); x.Migration.from("d"); Migration.parse("e")`;
    expect(outlinePlan(text)).toEqual([]);
  });

  it("reads as far as a half-typed chain can be told", () => {
    expect(
      outlinePlan('Migration.from("a.vmdk").assess().upload("web-')[0]?.steps.map((step) => step.verb),
    ).toEqual(["assess"]);
    expect(outlinePlan('Migration.from("a.vmdk').length).toBe(0);
    expect(outlinePlan('Migration.from("a").').map((chain) => chain.steps.length)).toEqual([0]);
  });
});
