import { SymbolKind, type WorkspaceSymbol } from "vscode-languageserver-types";
import type { PlanDocument } from "./plan-document.ts";
import { hostTitle } from "./plan-source.ts";

/** One plan of the workspace, by what it moves. */
export interface PlanSymbol {
  readonly host: string;
  readonly plan: string;
  readonly symbol: WorkspaceSymbol;
}

/** The plans of a file by their hosts. */
export function planSymbols({ uri, text, analysis }: PlanDocument): readonly PlanSymbol[] {
  return analysis.chains.map((chain) => {
    const host = hostTitle(chain);
    const symbol = {
      name: host,
      kind: SymbolKind.Object,
      containerName: chain.name,
      location: { uri, range: text.rangeOf(chain.range) },
    };
    return { host, plan: chain.name, symbol };
  });
}

/** Those whose host or plan holds the letters of the query in this order; all for an empty query. */
export function matchingSymbols(symbols: readonly PlanSymbol[], query: string): readonly WorkspaceSymbol[] {
  return symbols
    .filter(({ host, plan }) => holdsInOrder(host, query) || holdsInOrder(plan, query))
    .map(({ symbol }) => symbol);
}

function holdsInOrder(text: string, query: string): boolean {
  const wanted = [...query.toLowerCase()];
  let next = 0;
  for (const letter of text.toLowerCase()) if (letter === wanted[next]) next++;
  return next >= wanted.length;
}
