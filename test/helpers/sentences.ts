import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { repositoryFolder } from "../architecture/source-files.ts";

/** Where sentences for people stand in source text. */
export interface SentencePlaces {
  /** Names of properties that hold one: `message`, `hint`. */
  readonly properties?: readonly string[];
  /** Names of functions and methods, and which of their arguments is one, from 0 on: `{ talk: 0 }`. */
  readonly calls?: Readonly<Record<string, number>>;
}

/**
 * The sentences that the sources below a folder make, each once: what a template puts in is a placeholder, `{name}`, and a condition gives
 * a sentence for each of its sides.
 */
export function sentencesBelow(folder: string, places: SentencePlaces): readonly string[] {
  const paths = readdirSync(join(repositoryFolder, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.includes("testing"))
    .sort();
  const found = paths.flatMap((path) => sentencesOf(join(repositoryFolder, folder, path), places));
  return [...new Set(found)];
}

function sentencesOf(path: string, { properties = [], calls = {} }: SentencePlaces): readonly string[] {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && properties.includes(node.name.getText())) {
      found.push(...sentences(node.initializer));
    }
    if (ts.isCallExpression(node)) {
      const said = node.arguments[calls[calledName(node)] ?? -1];
      if (said !== undefined) found.push(...sentences(said));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.filter((text) => /[a-z]{2} /.test(text.replace(/\{\w+\}/g, "")));
}

/** Calls that give their only text back as it is, or made safe. */
const transparent = ["oneLine", "plainText", "dim", "magenta", "bold", "yellow"];

function sentences(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return sentences(node.expression);
  if (ts.isConditionalExpression(node)) return [...sentences(node.whenTrue), ...sentences(node.whenFalse)];
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return sentences(node.body);
  if (ts.isArrowFunction(node)) return returned(node.body);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return joined([sentences(node.left), sentences(node.right)]);
  }
  if (ts.isCallExpression(node) && node.arguments[0] !== undefined) {
    if (transparent.includes(calledName(node))) return sentences(node.arguments[0]);
  }
  if (!ts.isTemplateExpression(node)) return [];
  return joined([
    [node.head.text],
    ...node.templateSpans.flatMap(({ expression, literal }) => [inserted(expression), [literal.text]]),
  ]);
}

function calledName({ expression }: ts.CallExpression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : "";
}

function returned(body: ts.Node): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression !== undefined)
      found.push(...sentences(node.expression));
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

/** What may stand at a place of a template: each side of a condition between texts, or anything. */
function inserted(node: ts.Expression): readonly string[] {
  if (ts.isConditionalExpression(node)) {
    const sides = [...inserted(node.whenTrue), ...inserted(node.whenFalse)];
    if (sides.every((side) => side !== "{}")) return sides;
  }
  if (ts.isStringLiteral(node) || ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return sentences(node);
  }
  return [`{${nameOf(node)}}`];
}

function nameOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isCallExpression(node) && node.arguments.length > 0 && ts.isIdentifier(node.expression)) {
    return nameOf(node.arguments[0] as ts.Expression);
  }
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression))
    return nameOf(node.expression.expression);
  return "value";
}

function joined(parts: readonly (readonly string[])[]): readonly string[] {
  return parts.reduce<readonly string[]>(
    (begun, ends) => begun.flatMap((start) => ends.map((end) => start + end)),
    [""],
  );
}
