import ts from "typescript";
import type { AnalysisOptions, PlanChain } from "../plan-analysis.ts";
import { Evaluator } from "./evaluator.ts";
import { exportedMeaning, exportedNames } from "./exports.ts";
import type { ChainMeaning, Meaning } from "./meaning.ts";
import { changedNames, everyNode, type Scope } from "./scope.ts";
import { scopesOf } from "./scope-at.ts";
import { scopeOfBlock } from "./statements.ts";
import { isWrapper, methodNames } from "./syntax.ts";

/** One expression that is a chain, from its first word to its last call, and what becomes of it. */
export interface ChainUse {
  readonly node: ts.Expression;
  readonly chain: ChainMeaning;
  /** Whether its value is thrown away: a statement by itself, awaited or not. */
  readonly discarded: boolean;
  readonly awaited: boolean;
  /** Whether it is carried out when the file is loaded. */
  readonly topLevel: boolean;
}

/** A text with its chains, followed as far as is certain. */
export interface ReadPlan {
  readonly text: string;
  readonly file: ts.SourceFile;
  /** Every node of it, in the order of the text. */
  readonly nodes: readonly ts.Node[];
  readonly evaluator: Evaluator;
  readonly scopeAt: (node: ts.Node) => Scope;
  readonly chains: readonly PlanChain[];
  readonly uses: readonly ChainUse[];
}

/** Longer texts are nothing that a person wrote as a plan. */
const longestText = 2 * 1024 * 1024;

/** Reads a text; `undefined` for what is too long, or nests so deep that no parser gets through. */
export function readPlan(text: string, options: AnalysisOptions): ReadPlan | undefined {
  if (text.length > longestText) return undefined;
  try {
    return read(text, options);
  } catch (error) {
    // The parser and the walk over its tree are recursive: a text that nests deeper than the stack is no plan.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(text: string, options: AnalysisOptions): ReadPlan {
  const file = parse(text, options.path);
  const nodes = everyNode(file);
  const evaluator = new Evaluator(file, changedNames(nodes, methodNames), options.globalMigration ?? false);
  const fileScope = scopeOfBlock(evaluator, file.statements, undefined);
  const scopeAt = scopesOf(evaluator, fileScope);
  const found = new FoundChains(file);
  for (const [index, chain] of chainsIn(exportedMeaning(evaluator, fileScope), evaluator)) {
    found.add(chain, index === undefined ? "default" : `default[${index}]`, true);
  }
  const exportNames = exportedNames(file);
  for (const [name, binding] of fileScope.names) {
    for (const [index, chain] of chainsIn(binding.read())) {
      found.name(chain, name);
      const exportName = exportNames.get(name);
      if (index === undefined && exportName !== undefined) found.export(chain, exportName);
      found.add(chain, index === undefined ? name : `${name}[${index}]`, false);
    }
  }
  const uses = [...chainUses(evaluator, nodes, scopeAt)];
  for (const { node, chain } of uses) found.addUnnamed(chain, node);
  return { text, file, nodes, evaluator, scopeAt, chains: found.chains(), uses };
}

/** Parses a text as the language its name says; TypeScript unless it says otherwise. */
export function parse(text: string, path = "plan.migration.ts"): ts.SourceFile {
  const isJsx = /\.[jt]sx$/i.test(path);
  // JavaScript is read as TypeScript: what is wrong in it besides is not ours to say.
  return ts.createSourceFile(
    path,
    text,
    ts.ScriptTarget.ES2023,
    true,
    isJsx ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
}

/** The chains of an exported value with their places in its list; functions are called when they may be. */
function* chainsIn(
  meaning: Meaning | undefined,
  evaluator?: Evaluator,
): Generator<readonly [number | undefined, ChainMeaning]> {
  if (meaning === undefined) return;
  if (meaning.kind === "chain") yield [undefined, meaning];
  if (meaning.kind === "function" && evaluator !== undefined) {
    yield* chainsIn(evaluator.call(meaning));
  }
  if (meaning.kind === "list") {
    for (const [index, item] of meaning.items.entries()) if (item.kind === "chain") yield [index, item];
  }
}

/** Every expression of the file that is a chain, the longest each. */
function* chainUses(
  evaluator: Evaluator,
  nodes: readonly ts.Node[],
  scopeAt: (node: ts.Node) => Scope,
): Generator<ChainUse> {
  for (const node of nodes) {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
    if (goesOn(node)) continue;
    const chain = evaluator.evaluate(node, scopeAt(node));
    if (chain.kind !== "chain") continue;
    let outer: ts.Node = node;
    let awaited = false;
    while (isWrapper(outer.parent) || ts.isVoidExpression(outer.parent)) {
      outer = outer.parent;
      awaited ||= ts.isAwaitExpression(outer);
    }
    yield {
      node,
      chain,
      discarded: ts.isExpressionStatement(outer.parent),
      awaited,
      topLevel: isTopLevel(node),
    };
  }
}

/** Whether a call is only the beginning of a longer chain. */
function goesOn(node: ts.Node): boolean {
  let at = node;
  while (isWrapper(at.parent) && !ts.isAwaitExpression(at.parent)) at = at.parent;
  return ts.isPropertyAccessExpression(at.parent) && at.parent.expression === at;
}

function isTopLevel(node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at) || ts.isClassLike(at)) return false;
  }
  return true;
}

interface Entry {
  readonly chain: ChainMeaning;
  readonly id: string;
  readonly exported: boolean;
}

/** Collects the chains of a file, each once, under the best name it has. */
class FoundChains {
  readonly #file: ts.SourceFile;
  readonly #entries: Entry[] = [];
  readonly #names = new Map<ChainMeaning, string>();
  readonly #exports = new Map<ChainMeaning, string>();
  readonly #known = new Set<ChainMeaning>();
  readonly #nodes = new Set<ts.Node>();

  constructor(file: ts.SourceFile) {
    this.#file = file;
  }

  add(chain: ChainMeaning, id: string, exported: boolean): void {
    if (this.#known.has(chain)) return;
    this.#entries.push({ chain, id, exported });
    this.#note(chain);
  }

  /** Says that a constant holds the chain. */
  name(chain: ChainMeaning, name: string): void {
    if (!this.#names.has(chain)) this.#names.set(chain, name);
  }

  /** Says by which name the chain is exported. */
  export(chain: ChainMeaning, name: string): void {
    if (!this.#exports.has(chain)) this.#exports.set(chain, name);
  }

  /** Adds a chain that no constant holds and nothing exports, unless it is part of one that is known. */
  addUnnamed(chain: ChainMeaning, node: ts.Node): void {
    if (this.#known.has(chain) || chain.nodes.some((one) => this.#nodes.has(one))) return;
    const line = this.#file.getLineAndCharacterOfPosition(node.getStart(this.#file)).line + 1;
    const name = nameAround(node);
    if (name !== undefined) this.name(chain, name);
    this.add(chain, `chain@${line}`, false);
  }

  chains(): readonly PlanChain[] {
    const isPart = new Set<ChainMeaning>();
    for (const { chain } of this.#entries) {
      for (let at = chain.base; at !== undefined; at = at.base) isPart.add(at);
    }
    const taken = new Set<string>();
    return this.#entries
      .filter(({ chain }) => !isPart.has(chain))
      .map(({ chain, id, exported }) => {
        const name = this.#names.get(chain) ?? id;
        let unique = id;
        for (let count = 2; taken.has(unique); count++) unique = `${id}#${count}`;
        taken.add(unique);
        const exportedAs = this.#exports.get(chain);
        const { range, context, source, fromRange, steps, end } = chain;
        return {
          id: unique,
          name,
          range,
          exported,
          ...(exportedAs === undefined ? {} : { exportedAs }),
          ...(context && { context }),
          source,
          fromRange,
          steps,
          ...(end && { end }),
        };
      });
  }

  #note(chain: ChainMeaning): void {
    for (let at: ChainMeaning | undefined = chain; at !== undefined; at = at.base) this.#known.add(at);
    for (const node of chain.nodes) this.#nodes.add(node);
  }
}

/** The name of the constant or function that a chain stands in. */
function nameAround(node: ts.Node): string | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isVariableDeclaration(at) && ts.isIdentifier(at.name)) return at.name.text;
    if (ts.isFunctionDeclaration(at)) return at.name?.text;
  }
  return undefined;
}
