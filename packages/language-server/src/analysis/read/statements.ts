import ts from "typescript";
import { entryAmong } from "../placed-value.ts";
import { sentence } from "../sentences/sentence.ts";
import type { Evaluator } from "./evaluator.ts";
import { computed, type Meaning } from "./meaning.ts";
import type { Binding, Scope } from "./scope.ts";
import { isSampan } from "./syntax.ts";

/** Puts the names of a pattern (`name`, `{ host, ...rest }`, `[key, value]`) into a scope. */
export function bindPattern(
  evaluator: Evaluator,
  pattern: ts.BindingName,
  names: Map<string, Binding>,
  read: () => Meaning,
): void {
  if (ts.isIdentifier(pattern)) {
    names.set(pattern.text, once(evaluator, pattern, read));
    return;
  }
  const whole = once(evaluator, pattern, read);
  pattern.elements.forEach((element, index) => {
    if (!ts.isBindingElement(element)) return;
    bindPattern(evaluator, element.name, names, () => {
      const range = evaluator.range(element);
      const on = whole.read();
      const key = element.propertyName ?? element.name;
      if (
        on.kind === "module" &&
        (ts.isIdentifier(key) || ts.isStringLiteral(key)) &&
        key.text === "Migration"
      ) {
        return { kind: "migration", node: element };
      }
      if (element.dotDotDotToken !== undefined) return computed(range, sentence("why.rest"));
      let part: Meaning = computed(range, on.kind === "computed" ? on.why : sentence("why.run"));
      if (ts.isArrayBindingPattern(pattern)) {
        if (on.kind === "list" && (on.complete || on.items[index]?.kind !== "computed")) {
          part = on.items[index] ?? (on.complete ? { kind: "scalar", value: undefined, range } : part);
        }
      } else if (on.kind === "record" && (ts.isIdentifier(key) || ts.isStringLiteral(key))) {
        const entry = entryAmong(on.entries, key.text);
        part = entry?.value ?? (on.complete ? { kind: "scalar", value: undefined, range } : part);
      }
      // A default may hold what only its own place knows.
      if (element.initializer && part.kind === "scalar" && part.value === undefined) {
        return evaluator.evaluate(element.initializer, { names, parent: undefined });
      }
      return part;
    });
  });
}

/** A binding that is followed once, and whose value is unknown while it is being followed. */
export function once(evaluator: Evaluator, node: ts.Node, read: () => Meaning): Binding {
  let meaning: Meaning | undefined;
  let open = false;
  return {
    read: () => {
      if (meaning !== undefined) return meaning;
      if (open) return computed(evaluator.range(node), sentence("why.itself"));
      open = true;
      try {
        meaning = read();
      } finally {
        open = false;
      }
      return meaning;
    },
  };
}

/** The names that the statements of a block declare. */
export function scopeOfBlock(
  evaluator: Evaluator,
  statements: readonly ts.Statement[],
  parent: Scope | undefined,
): Scope {
  const names = new Map<string, Binding>();
  const scope: Scope = { names, parent };
  for (const statement of statements) {
    if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) {
        const { initializer } = declaration;
        bindPattern(evaluator, declaration.name, names, () =>
          initializer
            ? evaluator.evaluate(initializer, scope)
            : computed(evaluator.range(declaration), sentence("why.elsewhere")),
        );
      }
    } else if (ts.isFunctionDeclaration(statement) && statement.name) {
      names.set(statement.name.text, { read: () => ({ kind: "function", node: statement, scope }) });
    } else if (ts.isImportDeclaration(statement)) {
      bindImport(evaluator, statement, names);
    } else if ((ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) && statement.name) {
      const range = evaluator.range(statement.name);
      names.set(statement.name.text, { read: () => computed(range, sentence("why.run")) });
    }
  }
  return scope;
}

function bindImport(
  evaluator: Evaluator,
  statement: ts.ImportDeclaration,
  names: Map<string, Binding>,
): void {
  const clause = statement.importClause;
  if (clause === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) return;
  const from = statement.moduleSpecifier.text;
  const ours = isSampan(from);
  const foreign = (node: ts.Node): Binding => ({
    read: () =>
      computed(evaluator.range(node), sentence("why.module", { module: JSON.stringify(from.slice(0, 80)) })),
  });
  if (clause.name) names.set(clause.name.text, foreign(clause.name));
  const bindings = clause.namedBindings;
  if (bindings === undefined) return;
  if (ts.isNamespaceImport(bindings)) {
    names.set(bindings.name.text, ours ? { read: () => ({ kind: "module" }) } : foreign(bindings.name));
    return;
  }
  for (const element of bindings.elements) {
    const imported = (element.propertyName ?? element.name).text;
    names.set(
      element.name.text,
      ours && imported === "Migration"
        ? { read: () => ({ kind: "migration", node: element }) }
        : foreign(element),
    );
  }
}
