import { type NameLookup, type Receiver, receiverAt } from "./receiver.ts";
import { isMark, type OpenBracket, openBracketAt, type Scanned, type Token } from "./tokens.ts";

/** Where in a call something is being typed. */
export interface CallPlace {
  readonly callee: string;
  /** What the callee is taken of; `none` for a plain function, `undefined` when it is not known. */
  readonly receiver: Receiver | "none";
  /** Number of the argument, from 0 on. */
  readonly argument: number;
  /** Fields and lists within the argument, outermost first; a list is `[]`. */
  readonly path: readonly string[];
  /** Whether the name of a field is being typed, and not a value. */
  readonly isKey: boolean;
  /** Fields that the innermost object already has, with their value where it is a plain text. */
  readonly fields: ReadonlyMap<string, string | undefined>;
}

/** What is being typed. `typed` is its beginning, which starts at `from`. */
export type Place = { readonly typed: string; readonly from: number } & (
  | { readonly kind: "nothing" }
  | { readonly kind: "member"; readonly receiver: Receiver }
  | { readonly kind: "name"; readonly declared: readonly string[] }
  | { readonly kind: "module"; readonly quote: string }
  | { readonly kind: "export"; readonly taken: readonly string[] }
  /** In a call; `quote` when inside of a string. */
  | {
      readonly kind: "argument";
      readonly call: CallPlace;
      readonly quote: string | undefined;
      readonly declared: readonly string[];
    }
);

// After these a new name is made up.
const beforeNewNames = /^(const|let|var|function|class|interface|enum|type|as)$/;

/** Says what is being typed at the end of a text. Pure. */
export function placeAt(text: string, scanned: Scanned, lookup: NameLookup): Place {
  const { tokens, inside } = scanned;
  const nothing: Place = { kind: "nothing", typed: "", from: text.length };
  if (inside.kind === "other" || inside.kind === "comment") return nothing;
  if (inside.kind === "string") return inString(text, tokens, inside, lookup);
  const last = tokens.at(-1);
  const isTyping = last?.kind === "name" && last.end === text.length;
  // A number or a string that ends right here is not gone on with.
  if (!isTyping && (last?.kind === "number" || last?.kind === "regex") && last.end === text.length)
    return nothing;
  const at = isTyping ? tokens.length - 1 : tokens.length;
  const typed = isTyping ? last.text : "";
  const here = { typed, from: text.length - typed.length };
  const before = tokens[at - 1];
  if (isMark(before, ".", "?.")) {
    return { kind: "member", receiver: receiverAt(tokens, at - 2, lookup), ...here };
  }
  if (before?.kind === "name" && beforeNewNames.test(before.text)) return nothing;
  const bracket = openBracketAt(tokens, at);
  const taken = bracket === undefined ? undefined : importedNames(tokens, bracket, at);
  if (taken !== undefined) return { kind: "export", taken, ...here };
  const call = callAt(tokens, at, lookup);
  const declared = declaredNames(tokens.slice(0, at));
  // Only the beginning of an argument or a value is one; what follows an operator is any expression.
  if (call !== undefined && isMark(before, "(", ",", "{", "[", ":")) {
    return { kind: "argument", call, quote: undefined, declared, ...here };
  }
  if (bracket !== undefined && isMark(tokens[bracket.at], "{") && isKeyPlace(tokens, bracket, at)) {
    const isBlock = call === undefined && !isMark(tokens[bracket.at - 1], "=", "(", "[", ",", ":", "?");
    return isBlock ? { kind: "name", declared, ...here } : nothing;
  }
  // Two names in a row: the second is no expression, but for words that take one.
  if (before?.kind === "number" || before?.kind === "string") return nothing;
  return { kind: "name", declared, ...here };
}

function inString(
  text: string,
  tokens: readonly Token[],
  { start, quote }: { readonly start: number; readonly quote: string },
  lookup: NameLookup,
): Place {
  const typed = text.slice(start);
  const here = { typed, from: start };
  if (typed.includes("\\")) return { kind: "nothing", ...here };
  const before = tokens.at(-1);
  const isCallOfLoader =
    isMark(before, "(") &&
    /^(import|require)$/.test(tokens.at(-2)?.text ?? "") &&
    !isMark(tokens.at(-3), ".", "?.");
  if (isCallOfLoader || isImport(tokens)) return { kind: "module", quote, ...here };
  const call = isMark(before, "(", ",", "{", "[", ":") ? callAt(tokens, tokens.length, lookup) : undefined;
  if (call === undefined) return { kind: "nothing", ...here };
  return { kind: "argument", call, quote, declared: [], ...here };
}

/** True when what comes next is the module of an `import` or `export … from`. */
function isImport(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  if (last?.kind !== "name") return false;
  if (last.text === "import") return !isMark(tokens.at(-2), ".", "?.");
  if (last.text !== "from") return false;
  for (let at = tokens.length - 2; at >= 0; at--) {
    const token = tokens[at];
    if (token?.kind === "name" && /^(import|export)$/.test(token.text)) return true;
    if (token?.kind !== "name" && !isMark(token, "{", "}", ",", "*")) return false;
  }
  return false;
}

/** Names that `import { … }` already has; `undefined` when the bracket is not one of an import. */
function importedNames(
  tokens: readonly Token[],
  { at }: OpenBracket,
  place: number,
): readonly string[] | undefined {
  if (!isMark(tokens[at], "{")) return undefined;
  let before = at - 1;
  // `import type {`, `import one, {`
  while (
    before >= 0 &&
    (isMark(tokens[before], ",") || (tokens[before]?.kind === "name" && tokens[before]?.text !== "import"))
  ) {
    before--;
  }
  const isOne =
    tokens[before]?.text === "import" && at - before <= 3 && !isMark(tokens[before - 1], ".", "?.");
  if (!isOne) return undefined;
  return tokens.slice(at + 1, place).flatMap(({ kind, text }) => (kind === "name" ? [text] : []));
}

/** The call in whose arguments the token at `place` would stand; `undefined` where that is no part of the call's data. */
export function callAt(tokens: readonly Token[], place: number, lookup: NameLookup): CallPlace | undefined {
  const path: string[] = [];
  let isKey = false;
  let fields: ReadonlyMap<string, string | undefined> | undefined;
  for (let at = place; ; ) {
    const bracket = openBracketAt(tokens, at);
    if (bracket === undefined) return undefined;
    const mark = tokens[bracket.at];
    if (isMark(mark, "(")) {
      const callee = tokens[bracket.at - 1];
      if (callee?.kind !== "name") return undefined;
      const isMember = isMark(tokens[bracket.at - 2], ".", "?.");
      return {
        callee: callee.text,
        receiver: isMember ? receiverAt(tokens, bracket.at - 3, lookup) : "none",
        argument: bracket.commas,
        path,
        isKey,
        fields: fields ?? new Map(),
      };
    }
    if (isMark(mark, "[")) path.unshift("[]");
    else if (isMark(mark, "{")) {
      const key = tokens[bracket.segment];
      const isKeyHere = at === place && isKeyPlace(tokens, bracket, place);
      fields ??= fieldsOf(tokens, bracket, place);
      if (isKeyHere) isKey = true;
      else if (key !== undefined && key.kind !== "punctuation" && isMark(tokens[bracket.segment + 1], ":")) {
        path.unshift(key.text);
      } else return undefined;
    } else return undefined;
    // Only what begins an argument, an item or a value is part of the call's data.
    if (!isMark(tokens[bracket.at - 1], "(", "[", ",", ":")) return undefined;
    at = bracket.at;
  }
}

/** True when nothing of a field stands before the token at `place`. */
function isKeyPlace(tokens: readonly Token[], { at, segment }: OpenBracket, place: number): boolean {
  return segment === place && isMark(tokens[place - 1], "{", ",", ";") && isMark(tokens[at], "{");
}

/** Fields that an object has before `place`. */
function fieldsOf(
  tokens: readonly Token[],
  { at: open }: OpenBracket,
  place: number,
): ReadonlyMap<string, string | undefined> {
  const fields = new Map<string, string | undefined>();
  let depth = 0;
  for (let at = open + 1; at < place; at++) {
    const token = tokens[at];
    if (isMark(token, "(", "[", "{", "${")) depth++;
    else if (isMark(token, ")", "]", "}")) depth--;
    const begins = depth === 0 && isMark(tokens[at - 1], "{", ",");
    if (!begins || token === undefined || token.kind === "punctuation") continue;
    const value = isMark(tokens[at + 1], ":") ? tokens[at + 2] : undefined;
    const isWhole = value?.kind === "string" && at + 2 < place;
    if (at + 1 < place) fields.set(token.text, isWhole ? value.text : undefined);
  }
  return fields;
}

/** Names that the input itself declares above. */
function declaredNames(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap((token, at) => {
    const before = tokens[at - 1];
    const isNew = before?.kind === "name" && /^(const|let|var|function|class|enum)$/.test(before.text);
    return isNew && token.kind === "name" ? [token.text] : [];
  });
}
