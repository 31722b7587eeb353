import { type MethodEntry, optionSchema, type VerbEntry } from "@sampan/sdk/catalogue";
import { type QueryName, queryTable } from "../queries/query-table.ts";
import { entryOf, schemaAt } from "./catalogue-entries.ts";
import { type CallPlace, callAt } from "./place.ts";
import { isVerb, type NameLookup } from "./receiver.ts";
import { isMark, openBracketAt, scan, type Token } from "./tokens.ts";

/** What the catalogue says of a call; `undefined` when it knows nothing of it. Of a receiver that is not known, a verb's name says enough. */
export function catalogued({ callee, receiver }: CallPlace): VerbEntry | MethodEntry | undefined {
  if (receiver === "none" || receiver?.kind === "value" || receiver?.kind === "run") return undefined;
  if (receiver?.kind === "migration") return entryOf(callee, "migration");
  return isVerb(callee) ? entryOf(callee, "stage") : undefined;
}

/** How a call is written, or, where the value of an option is being typed, what that option is. */
export function hintOf({ isKey, path }: CallPlace, entry: VerbEntry | MethodEntry): string {
  if (isKey || path.every((step) => step === "[]")) return entry.signature;
  return schemaAt(optionSchema(entry), path)?.description ?? entry.signature;
}

/**
 * Says how the call is written in whose brackets a text ends, wherever in them; `undefined` outside of calls that Sampan knows. Pure, and
 * runs nothing of the user's.
 */
export function callHint(text: string, lookup: NameLookup): string | undefined {
  const { tokens } = scan(text);
  const last = tokens.at(-1);
  // A name that is being typed is no part yet of what it stands in.
  const place = last?.kind === "name" && last.end === text.length ? tokens.length - 1 : tokens.length;
  const call = callAt(tokens, place, lookup) ?? callAt(tokens, insideOfCall(tokens, place), lookup);
  if (call === undefined) return undefined;
  const entry = catalogued(call);
  if (entry !== undefined) return hintOf(call, entry);
  const isQuery = call.receiver === "none" && Object.hasOwn(queryTable, call.callee);
  return isQuery ? queryTable[call.callee as QueryName].signature : undefined;
}

/** Index behind the bracket of the innermost call around the token at `place`, whatever else is open in it; 0 outside of calls. */
function insideOfCall(tokens: readonly Token[], place: number): number {
  for (let at = place; ; ) {
    const bracket = openBracketAt(tokens, at);
    if (bracket === undefined) return 0;
    if (isMark(tokens[bracket.at], "(") && tokens[bracket.at - 1]?.kind === "name") return bracket.at + 1;
    at = bracket.at;
  }
}
