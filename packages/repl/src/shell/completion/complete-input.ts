import { offerAt } from "./candidates.ts";
import { matchCandidates } from "./match.ts";
import { placeAt } from "./place.ts";
import { scan } from "./tokens.ts";
import type { Completion, CompletionWorld } from "./world.ts";

/** Longer inputs are programs, and are not looked through at each Tab. */
const longestInput = 100_000;

const nothing = {
  insert: undefined,
  candidates: [],
  match: "none",
  hint: undefined,
  note: undefined,
  wants: {},
} as const;

/**
 * Says how an input may go on at the cursor: the legal next verbs of a plan, names of its options and values, names of regions, buckets,
 * files and runs, variables of the session.
 *
 * Looks at the text, at tables and at what the world holds already. Pure and synchronous: it runs no code of the session, opens no file
 * and no connection. What a folder or the account could add is named in `wants`, for whoever fills the world.
 *
 * @example
 * ```ts
 * const text = 'Migration.from("./web-01.vmdk").as';
 * completeInput(text, text.length, world).insert; // "assess("
 * ```
 */
export function completeInput(text: string, cursor: number, world: CompletionWorld): Completion {
  const before = text.slice(0, cursor);
  if (before.length > longestInput) return { from: cursor, ...nothing };
  const place = placeAt(before, scan(before), (name) => world.variables.get(name));
  const offer = offerAt(place, world);
  const from = Math.min(offer.from ?? place.from, before.length);
  const typed = before.slice(from);
  const { match, candidates, insert } = matchCandidates(typed, unique(offer.candidates));
  return {
    from,
    insert: insert === undefined ? undefined : beforeRest(typed, insert, text.slice(cursor)),
    candidates,
    match,
    hint: offer.hint,
    note: offer.note,
    wants: offer.wants ?? {},
  };
}

function unique<T extends { readonly value: string }>(candidates: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return candidates.filter(({ value }) => !seen.has(value) && seen.add(value));
}

/** What is inserted, less what stands behind the cursor already. */
function beforeRest(typed: string, insert: string, rest: string): string | undefined {
  if (!insert.startsWith(typed)) return insert;
  const added = insert.slice(typed.length);
  for (let length = Math.min(added.length, rest.length); length > 0; length--) {
    if (!added.endsWith(rest.slice(0, length))) continue;
    return length === added.length ? undefined : insert.slice(0, insert.length - length);
  }
  return insert;
}
