import ts from "typescript";
import type { Evaluator } from "./evaluator.ts";
import type { Meaning } from "./meaning.ts";
import { lookUp, type Scope } from "./scope.ts";

/** What a file exports as its default, as a module or as CommonJS; `undefined` when it exports none. */
export function exportedMeaning(evaluator: Evaluator, scope: Scope): Meaning | undefined {
  for (const statement of evaluator.file.statements) {
    if (ts.isExportAssignment(statement)) return evaluator.evaluate(statement.expression, scope);
    if (ts.isFunctionDeclaration(statement) && isDefault(statement)) {
      return { kind: "function", node: statement, scope };
    }
    if (ts.isExportDeclaration(statement)) {
      const named = namedDefault(statement);
      if (named !== undefined) return lookUp(scope, named)?.read();
    }
    if (ts.isExpressionStatement(statement) && ts.isBinaryExpression(statement.expression)) {
      const { left, operatorToken, right } = statement.expression;
      if (operatorToken.kind === ts.SyntaxKind.EqualsToken && isModuleExports(left)) {
        return evaluator.evaluate(right, scope);
      }
    }
  }
  return undefined;
}

function isDefault(node: ts.FunctionDeclaration | ts.ClassDeclaration): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

function namedDefault({ exportClause, moduleSpecifier }: ts.ExportDeclaration): string | undefined {
  if (moduleSpecifier !== undefined || exportClause === undefined || !ts.isNamedExports(exportClause)) {
    return undefined;
  }
  const element = exportClause.elements.find(({ name }) => name.text === "default");
  return element && (element.propertyName ?? element.name).text;
}

/** `module.exports` and `exports.default`. */
function isModuleExports(node: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return false;
  const { text } = node.expression;
  return (
    (text === "module" && node.name.text === "exports") ||
    (text === "exports" && node.name.text === "default")
  );
}
/** Whether a file exports anything as its default, known or not. */
export function hasDefaultExport(file: ts.SourceFile): boolean {
  return file.statements.some(
    (statement) =>
      ts.isExportAssignment(statement) ||
      ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && isDefault(statement)) ||
      (ts.isExportDeclaration(statement) && namedDefault(statement) !== undefined) ||
      (ts.isExpressionStatement(statement) &&
        ts.isBinaryExpression(statement.expression) &&
        isModuleExports(statement.expression.left)),
  );
}

/** Names of the file's own constants that it exports by name, with the name each is exported by; the default is none of them. */
export function exportedNames(file: ts.SourceFile): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      if (!statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
      for (const { name } of statement.declarationList.declarations) {
        if (ts.isIdentifier(name)) names.set(name.text, name.text);
      }
    } else if (ts.isExportDeclaration(statement)) {
      const { exportClause, moduleSpecifier, isTypeOnly } = statement;
      if (isTypeOnly || moduleSpecifier !== undefined || exportClause === undefined) continue;
      if (!ts.isNamedExports(exportClause)) continue;
      for (const { name, propertyName, isTypeOnly: isType } of exportClause.elements) {
        if (!isType && name.text !== "default") names.set((propertyName ?? name).text, name.text);
      }
    }
  }
  return names;
}
