import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { analysePlan } from "../../analyse-plan.ts";
import { chineseParserMessage } from "./parser-message.ts";
import { parserMessages } from "./parser-messages.ts";

const require = createRequire(import.meta.url);

/** A message of TypeScript's table, which its declarations hide. */
interface TableMessage {
  readonly code: number;
  readonly key: string;
  readonly message: string;
}

/** Every message that is named in TypeScript's parser and scanner, but for those about comments for JSDoc, of which plans are told nothing. */
function messagesOfParser(): readonly TableMessage[] {
  const source = readFileSync(require.resolve("typescript"), "utf8");
  const part = (from: string, to: string): string => {
    const [start, end] = [
      source.indexOf(`// src/compiler/${from}.ts`),
      source.indexOf(`// src/compiler/${to}.ts`),
    ];
    if (start < 0 || end < start) throw new Error(`typescript.js has no part ${from} before ${to}`);
    return source.slice(start, end);
  };
  const text = part("parser", "commandLineParser") + part("scanner", "utilitiesPublic");
  const { Diagnostics } = ts as unknown as { readonly Diagnostics: Readonly<Record<string, TableMessage>> };
  const names = new Set([...text.matchAll(/Diagnostics\.(\w+)/g)].map(([, name = ""]) => name));
  return [...names].flatMap((name) => Diagnostics[name] ?? []).filter(({ message }) => !isOfJsDoc(message));
}

function isOfJsDoc(message: string): boolean {
  return message.includes("JSDoc") || message === "The tag was first specified here.";
}

describe("the words of TypeScript's parser", () => {
  it("are all known in Chinese, as TypeScript itself has them", () => {
    const chinese = require("typescript/lib/zh-cn/diagnosticMessages.generated.json") as Record<
      string,
      string
    >;
    const all = messagesOfParser();
    expect(all.length).toBeGreaterThan(100);
    expect(parserMessages).toEqual(
      Object.fromEntries(all.map(({ code, key, message }) => [code, [message, chinese[key]]])),
    );
  });

  it("keep what stands in them", () => {
    expect(chineseParserMessage(1005, "'}' expected.")).toBe("应为“}”。");
    expect(chineseParserMessage(1007, "The parser expected to find a '}' to match the '{' token here.")).toBe(
      "分析器预期在此处找到与“{”标记匹配的“}”。",
    );
    expect(chineseParserMessage(1005, "something else")).toBeUndefined();
    expect(chineseParserMessage(999_999, "'}' expected.")).toBeUndefined();
  });

  it("are said in Chinese of a plan that cannot be read, and in English as they are", () => {
    const text = 'import { Migration } from "sampan";\nexport default Migration.from("a.raw").assess(,);\n';
    const said = (language: "en" | "zh") =>
      analysePlan(text, { language }).problems.filter(({ code }) => code === "SMP100")[0]?.message;
    expect(said("en")).toBe("The file is not valid TypeScript: Argument expression expected.");
    expect(said("zh")).toBe("文件不是有效的 TypeScript：应为参数表达式。");
  });

  it("are Chinese for whatever is broken", () => {
    const whole =
      'import { Migration } from "sampan";\nconst rate = [1_000, `2`];\nexport default Migration.from("./web.vmdk").assess({ profile: "current" }).capture();\n';
    const found = Array.from({ length: whole.length }, (_, at) => [
      whole.slice(0, at),
      whole.slice(0, at) + whole.slice(at + 1),
    ])
      .flat()
      .flatMap((text) => analysePlan(text, { language: "zh" }).problems)
      .filter(({ code }) => code === "SMP100")
      .map(({ message }) => message);
    expect(found.length).toBeGreaterThan(100);
    expect(found.filter((message) => !/TypeScript：.*\p{Script=Han}/u.test(message))).toEqual([]);
  });
});
