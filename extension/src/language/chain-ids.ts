import { fieldsOf, listOf } from "../fields.ts";
import type { OutlineChain, Span } from "../plans/outline.ts";

/** One plan of a file, as the language server names it by the request `sampan/plans`. */
export interface NamedPlan {
  /** The server's name of it: `default[1]`. */
  readonly id: string;
  readonly title: string;
  /** What `from` was given; `null` where that is computed. */
  readonly source: string | null;
  /** What `sampan run --plan` is given; `null` for one that nothing exports. */
  readonly plan: string | null;
  /** The chain of the outline that it is written as: one text may make several plans. */
  readonly chain: number;
}

/**
 * The language server's names of plans beside their places in the text. The server follows values and knows which plan is the second of
 * the default export; the outline knows where they stand.
 */
export class ChainIds {
  readonly #plans = new Map<string, readonly NamedPlan[]>();

  /** Takes the plans of a file. True when something changed. */
  take(uri: string, plans: readonly NamedPlan[]): boolean {
    const same = JSON.stringify(this.#plans.get(uri) ?? []) === JSON.stringify(plans);
    if (!same) this.#plans.set(uri, plans);
    return !same;
  }

  /** The plans that one chain makes, in the server's order; empty before the server has told. */
  ofChain(uri: string, chain: number): readonly NamedPlan[] {
    return (this.#plans.get(uri) ?? []).filter((plan) => plan.chain === chain);
  }

  /** A place without the name of its plan where its chain makes one alone: that one's name changes with the plans around it. */
  placeOf<P extends { readonly uri: string; readonly chain: number; readonly id?: string }>(place: P): P {
    if (place.id === undefined || this.ofChain(place.uri, place.chain).length > 1) return place;
    const { id: _, ...chain } = place;
    return chain as P;
  }

  /** All plans of a file; empty before the server has told. */
  ofFile(uri: string): readonly NamedPlan[] {
    return this.#plans.get(uri) ?? [];
  }
}

/** Puts what the server answered beside the outline of the same text. Pure; what is malformed, or has no place, is left out. */
export function namedPlans(
  answer: unknown,
  chains: readonly Pick<OutlineChain, "index" | "span">[],
  offsetOf: (position: { readonly line: number; readonly character: number }) => number,
): readonly NamedPlan[] {
  return listOf(fieldsOf(answer).plans).flatMap(({ id, title, source, start, plan }): NamedPlan[] => {
    const { line, character } = fieldsOf(start);
    if (typeof id !== "string" || typeof line !== "number" || typeof character !== "number") return [];
    const offset = offsetOf({ line, character });
    const chain = chains.find(({ span }) => isIn(span, offset));
    if (chain === undefined) return [];
    return [
      {
        id,
        title: typeof title === "string" ? title : id,
        source: typeof source === "string" ? source : null,
        plan: typeof plan === "string" ? plan : null,
        chain: chain.index,
      },
    ];
  });
}

function isIn({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset < end;
}
