import ts from "typescript";
import { type Sentence, sentence } from "../sentences/sentence.ts";
import type { Evaluator } from "./evaluator.ts";
import { computed } from "./meaning.ts";
import type { Binding, Scope } from "./scope.ts";
import { bindPattern, scopeOfBlock } from "./statements.ts";

/** Gives the names that can be used at a node, those of parameters and loops as far as they are known: not at all. */
export function scopesOf(evaluator: Evaluator, fileScope: Scope): (node: ts.Node) => Scope {
  const known = new Map<ts.Node, Scope>([[evaluator.file, fileScope]]);
  return (node) => {
    const around: ts.Node[] = [];
    let at: ts.Node | undefined = node;
    while (at !== undefined && !known.has(at)) {
      if (declares(at)) around.push(at);
      at = at.parent;
    }
    let scope = (at && known.get(at)) ?? fileScope;
    for (const container of around.reverse()) {
      scope = scopeOf(evaluator, container, scope);
      known.set(container, scope);
    }
    return scope;
  };
}

function declares(node: ts.Node): boolean {
  return (
    ts.isBlock(node) ||
    ts.isCaseBlock(node) ||
    ts.isFunctionLike(node) ||
    ts.isCatchClause(node) ||
    ts.isForOfStatement(node) ||
    ts.isForInStatement(node) ||
    ts.isForStatement(node)
  );
}

function scopeOf(evaluator: Evaluator, node: ts.Node, parent: Scope): Scope {
  if (ts.isBlock(node)) return scopeOfBlock(evaluator, node.statements, parent);
  if (ts.isCaseBlock(node)) {
    return scopeOfBlock(
      evaluator,
      node.clauses.flatMap((clause) => [...clause.statements]),
      parent,
    );
  }
  const names = new Map<string, Binding>();
  const unknown = (name: ts.BindingName, why: Sentence): void =>
    bindPattern(evaluator, name, names, () => computed(evaluator.range(name), why));
  if (ts.isFunctionLike(node)) {
    const why =
      node.name && ts.isIdentifier(node.name)
        ? sentence("why.caller-of", { name: node.name.text })
        : sentence("why.caller");
    for (const parameter of node.parameters) unknown(parameter.name, why);
  } else if (ts.isCatchClause(node)) {
    if (node.variableDeclaration) unknown(node.variableDeclaration.name, sentence("why.thrown"));
  } else if (ts.isForOfStatement(node) || ts.isForInStatement(node) || ts.isForStatement(node)) {
    const { initializer } = node;
    if (initializer && ts.isVariableDeclarationList(initializer)) {
      for (const { name } of initializer.declarations) unknown(name, sentence("why.loop"));
    }
  }
  return { names, parent };
}
