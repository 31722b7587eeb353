import { describe, expect, it } from "vitest";
import { plainValue } from "../placed-value.ts";
import { readPlan } from "./read-plan.ts";

/** Each chain of a text as one line. */
function chains(text: string, prelude = 'import { Migration } from "sampan";\n'): readonly string[] {
  const read = readPlan(`${prelude}${text}`, {});
  return (read?.chains ?? []).map(({ id, exported, exportedAs, source, steps, end }) =>
    [
      `${id}${exported ? "*" : ""}${exportedAs === undefined ? "" : `=${exportedAs}`}`,
      `from(${show(source)})`,
      ...steps.map(({ verb, args }) => `${verb}(${args.map(show).join(", ")})`),
      ...(end ? [`${end.name}!`] : []),
    ].join(" "),
  );
}

function show(value: Parameters<typeof plainValue>[0]): string {
  return value.kind === "computed" ? "?" : JSON.stringify(plainValue(value).value);
}

describe("reading a plan file", () => {
  it.each<[string, string, readonly string[]]>([
    ["a default export", 'export default Migration.from("a").assess();', ['default* from("a") assess()']],
    [
      "a constant that is exported",
      'const web = Migration.from("a").assess({ profile: "current" }); export default web;',
      ['default* from("a") assess({"profile":"current"})'],
    ],
    [
      "a list",
      'const b = Migration.from("b"); export default [Migration.from("a"), b];',
      ['default[0]* from("a")', 'default[1]* from("b")'],
    ],
    [
      "a function",
      'export default async () => { const s = "a"; return Migration.from(s); }',
      ['default* from("a")'],
    ],
    [
      "a named function",
      'export default function plans() { return [Migration.from("a")]; }',
      ['default[0]* from("a")'],
    ],
    [
      "exports by name",
      'export const a = Migration.from("a"); const b = Migration.from("b"); export { b as other };',
      ['a=a from("a")', 'b=other from("b")'],
    ],
    [
      "exports by name besides the default",
      'export const a = Migration.from("a"); export default [a];',
      ['default[0]*=a from("a")'],
    ],
    ["an export clause", 'const p = Migration.from("a"); export { p as default };', ['default* from("a")']],
    [
      "a helper called for each host",
      'const move = (host: string, name = host) => Migration.from("ssh://" + host).assess().capture().toVhd().upload("b").import({ name });\n' +
        'export default ["web-01", "web-02"].map((host) => move(host));',
      [
        'default[0]* from("ssh://web-01") assess() capture() toVhd() upload("b") import({"name":"web-01"})',
        'default[1]* from("ssh://web-02") assess() capture() toVhd() upload("b") import({"name":"web-02"})',
      ],
    ],
    [
      "records, spreads and arithmetic",
      'const common = { createBucket: true } as const; const hosts = [{ h: "a", p: 2 }];\n' +
        'export default hosts.map(({ h, p }) => Migration.from(h).assess().capture().toVhd().upload("b" + "1", { ...common, partBytes: p * 1024 ** 2 }));',
      [
        'default[0]* from("a") assess() capture() toVhd() upload("b1", {"createBucket":true,"partBytes":2097152})',
      ],
    ],
    [
      "what the environment decides",
      "export default Migration.from(process.env.HOST);",
      ["default* from(?)"],
    ],
    [
      "chains in a loop",
      'const plans = []; for (const h of ["a", "b"]) plans.push(Migration.from(h).assess());\nexport default plans;',
      ["chain@2 from(?) assess()"],
    ],
    [
      "both sides of a condition",
      'export default process.env.X ? Migration.from("a") : Migration.from("b");',
      ['chain@2 from("a")', 'chain@2#2 from("b")'],
    ],
    ["a run", 'await Migration.from("a").run();', ['chain@2 from("a") run!']],
    [
      "a chain that a constant goes on from",
      'const b = Migration.from("a"); export default b.assess();',
      ['default* from("a") assess()'],
    ],
    [
      "a constant that changes",
      'let h = "a"; h = "b"; export default Migration.from(h);',
      ["default* from(?)"],
    ],
    [
      "an object that is changed",
      'const o = { name: "a" }; o.name = "b"; export default Migration.from("a").createImage(o);',
      ['default* from("a") createImage(?)'],
    ],
    [
      "a context",
      'const m = Migration.with({ region: "cn-beijing" }); export default m.from("a");',
      ['default* from("a")'],
    ],
  ])("follows %s", (_, text, expected) => {
    expect(chains(text)).toEqual(expected);
  });

  it.each([
    'import { Migration as M } from "@sampan/sdk"; export default M.from("a");',
    'import * as sampan from "sampan"; export default sampan.Migration.from("a");',
    'const { Migration } = require("sampan"); module.exports = Migration.from("a");',
    'const { Migration: M } = await import("sampan"); export default M.from("a");',
  ])("knows Migration by any name: %s", (text) => {
    expect(chains(text, "")).toEqual(['default* from("a")']);
  });

  it("takes another module's Migration for none", () => {
    expect(chains('import { Migration } from "other"; export default Migration.from("a");', "")).toEqual([]);
  });

  it("ends with functions that call themselves, and with texts that nest deep", () => {
    expect(chains("const f = (n) => f(n + 1); export default f(0);")).toEqual([]);
    expect(chains("const a = b; const b = a; export default Migration.from(a);")).toEqual([
      "default* from(?)",
    ]);
    chains("(".repeat(50_000));
    chains(`export default Migration.from("a")${".assess()".repeat(5_000)};`);
    chains("[".repeat(20_000));
    chains("a=>".repeat(20_000));
  });

  it("leaves open what is short to write and longer than any memory", () => {
    const from = (count: number, line: (at: number) => string) =>
      Array.from({ length: count }, (_, at) => line(at)).join("\n");
    const held = from(50, (at) => `const a${at + 1} = { left: [a${at}], right: [a${at}] };`);
    expect(chains(`const a0 = 1; ${held} export default Migration.from("a").assess(a50);`)).toHaveLength(1);
    const spread = from(50, (at) => `const a${at + 1} = [...a${at}, ...a${at}];`);
    expect(chains(`const a0 = ["x"]; ${spread} export default Migration.from(a50[0]);`)).toEqual([
      "default* from(?)",
    ]);
    const goingOn = from(2_000, (at) => `const a${at + 1} = a${at}.copyTo("b");`);
    chains(`const a0 = Migration.from("a"); ${goingOn}`);
    chains(`export default Migration.from("a")${".copyTo()".repeat(20_000)};`);
  });
});
