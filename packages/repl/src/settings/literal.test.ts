import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLiteral } from "./literal.ts";

function plainValue(text: string): unknown {
  const read = readLiteral(text);
  return read.kind === "literal" ? JSON.parse(JSON.stringify(read.value)) : read;
}

describe("a file of settings that is plain data", () => {
  it.each([
    ['export default { region: "cn-shanghai" };', { region: "cn-shanghai" }],
    [
      'import { defineConfig } from "sampan";\n\nexport default defineConfig({ parallel: 8, },);',
      { parallel: 8 },
    ],
    [
      "import type { SampanConfig } from 'sampan'\nexport default { a: -1.5e3 } satisfies SampanConfig",
      { a: -1500 },
    ],
    [
      "export default { a: [1, 'two', `three`, true, null,] } as const;",
      { a: [1, "two", "three", true, null] },
    ],
    ['// a note\n{ /* another */ "quo\\"ted": "\\u0041\\n" }', { 'quo"ted': "A\n" }],
    ["\uFEFF{}", {}],
  ])("is read: %j", (text, value) => {
    expect(plainValue(text)).toEqual(value);
  });

  it("tells the line of every key", () => {
    const read = readLiteral(
      'export default {\n  region: "cn-shanghai",\n  rules: {\n    SMP107: "off",\n  },\n};\n',
    );
    expect(read.kind === "literal" && [...read.lines]).toEqual([
      ["region", 2],
      ["rules", 3],
      ["rules.SMP107", 4],
    ]);
  });

  it.each([
    ["export default { region: process.env.REGION };", 1],
    ["const region = 'cn-shanghai';\nexport default { region };", 1],
    ["export default {\n  ...base,\n};", 2],
    ["export default {\n  parallel: 2 + 2,\n};", 2],
    ["export default () => ({});", 1],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a module.
    ["export default { region: `cn-${place}` };", 1],
    ["export default {};\nsideEffect();", 2],
    ['import "./x.js";\nfetch("http://127.0.0.1");\nexport default {};', 2],
    ["", 1],
  ])("is one that computes where anything else stands: %j", (text, line) => {
    expect(readLiteral(text)).toEqual({ kind: "computed", line });
  });

  it("never throws, and reads every JSON as what it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        readLiteral(text);
        readLiteral(`export default {${text}`);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: true } as object), (value) => {
        const text = JSON.stringify(value, null, 1);
        const read = readLiteral(text);
        if (read.kind === "literal")
          expect(JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });
});
