import { isMark, type Scanned, scan, type Token } from "../completion/tokens.ts";
import type { Span } from "../line-editor/prompt-look.ts";
import { isBreak, isShellLine } from "../shell-line.ts";
import type { Lexicon } from "./lexicon.ts";

/** Longer inputs are programs that were pasted: they stay as they are, so that each key is answered at once. */
export const longestColoured = 20_000;

/** Words that are nothing else wherever they stand but behind a dot or as the name of a field. */
const keywords = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends finally for function if import in " +
    "instanceof let new return static super switch this throw try typeof var void while with yield"
  ).split(" "),
);
/** Words that may be names as well: keywords only before what they can begin. */
const contextual = new Set("abstract as async declare from interface of readonly satisfies type".split(" "));
const constants = new Set("true false null undefined NaN Infinity".split(" "));
const closes: Readonly<Record<string, readonly string[]>> = { ")": ["("], "]": ["["], "}": ["{", "${"] };

/**
 * Says which pieces of an input have a colour, in their order and apart from each other: strings, numbers, keywords, comments, what
 * Sampan itself knows, and what cannot be right: a bracket that closes nothing, a command there is none of.
 *
 * Pure; takes any text, also what never becomes a program, in a time that grows with its length alone, and of more than
 * {@link longestColoured} characters nothing.
 *
 * @param lexicon what Sampan knows; without it nothing is said to be known or unknown.
 */
export function highlight(text: string, lexicon?: Lexicon): readonly Span[] {
  if (text.length > longestColoured) return [];
  const command = /^\s*(:\s*([\w-]*))/.exec(text);
  if (command !== null && isShellLine(text)) return commandSpans(text, command, lexicon);
  const leaves = isBreak(text) ? text.lastIndexOf(":") : text.length;
  const scanned = scan(text.slice(0, leaves));
  const spans = [
    ...codeSpans(scanned, lexicon),
    ...scanned.comments.map(comment),
    ...openSpans(scanned, leaves),
  ];
  if (leaves < text.length) spans.push({ start: leaves, end: text.trimEnd().length, kind: "command" });
  return spans.sort((one, other) => one.start - other.start);
}

function comment({ start, end }: { readonly start: number; readonly end: number }): Span {
  return { start, end, kind: "comment" };
}

function commandSpans(
  text: string,
  [whole, typed = "", name = ""]: RegExpExecArray,
  lexicon?: Lexicon,
): Span[] {
  if (lexicon === undefined || name === "") return [];
  const [start, end] = [whole.length - typed.length, whole.length];
  if (lexicon.commands.has(name)) return [{ start, end, kind: "command" }];
  // What is still being typed may yet become one.
  const begins = end === text.length && [...lexicon.commands].some((one) => one.startsWith(name));
  return begins ? [] : [{ start, end, kind: "error" }];
}

function codeSpans({ tokens }: Scanned, lexicon: Lexicon | undefined): Span[] {
  const open: string[] = [];
  return tokens.flatMap((token, at): readonly Span[] => {
    const { start, end } = token;
    const kind = token.kind === "punctuation" ? ofBracket(token.text, open) : ofToken(tokens, at, lexicon);
    return kind === undefined ? [] : [{ start, end, kind }];
  });
}

/** Keeps account of the brackets that are open; one that closes nothing, or another kind, is wrong. */
function ofBracket(text: string, open: string[]): "error" | undefined {
  const opening = Object.hasOwn(closes, text) ? closes[text] : undefined;
  if (opening === undefined) {
    if (/^(?:\$?\{|[([])$/.test(text)) open.push(text);
    return undefined;
  }
  if (!opening.includes(open.at(-1) ?? "")) return "error";
  open.pop();
  return undefined;
}

function ofToken(
  tokens: readonly Token[],
  at: number,
  lexicon: Lexicon | undefined,
): Span["kind"] | undefined {
  const { kind, text } = tokens[at] as Token;
  if (kind === "string" || kind === "regex") return "string";
  if (kind !== "name") return kind === "number" ? "number" : undefined;
  const [before, after] = [tokens[at - 1], tokens[at + 1]];
  if (isMark(before, ".", "?.")) return lexicon?.verbs.has(text) ? "known" : undefined;
  const isField = isMark(after, ":") && isMark(before, "{", ",");
  if (isField) return undefined;
  if (constants.has(text)) return "number";
  if (keywords.has(text) || (contextual.has(text) && beginsSomething(text, after))) return "keyword";
  const isCalled = isMark(after, "(") && !(before?.kind === "name" && /^(function|class)$/.test(before.text));
  return isCalled && lexicon?.queries.has(text) ? "known" : undefined;
}

function beginsSomething(word: string, after: Token | undefined): boolean {
  if (after?.kind === "name" || after?.kind === "string") return true;
  return isMark(after, "{", "[") ? word !== "async" : word === "async" && isMark(after, "(");
}

/** What is still open at the end, and so among no tokens. */
function openSpans({ inside }: Scanned, end: number): Span[] {
  if (inside.kind === "string") return [{ start: inside.start - 1, end, kind: "string" }];
  return inside.kind === "other" && inside.start < end ? [{ start: inside.start, end, kind: "string" }] : [];
}
