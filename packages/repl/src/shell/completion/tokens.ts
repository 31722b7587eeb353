/** A piece of what was typed. */
export interface Token {
  readonly kind: "name" | "string" | "number" | "regex" | "punctuation";
  /** As typed; of a string what is between the quotes. */
  readonly text: string;
  readonly start: number;
  /** Where the next character stands. */
  readonly end: number;
}

/** What was typed up to the cursor. */
export interface Scanned {
  readonly tokens: readonly Token[];
  /** Comments, which are no tokens, from where they begin to behind their last character. */
  readonly comments: readonly { readonly start: number; readonly end: number }[];
  /**
   * Where the cursor stands: in code; in a string that is still open, which is not among the tokens and whose text begins at `start`; in a
   * comment, which is among the comments; in a regular expression or a template with parts in it, of which nothing can be said but where
   * the open piece of it begins.
   */
  readonly inside:
    | { readonly kind: "code" }
    | { readonly kind: "string"; readonly quote: string; readonly start: number }
    | { readonly kind: "comment" }
    | { readonly kind: "other"; readonly start: number };
}

const name = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const number = /\d(?:[\w.]*\w)?/y;
const space = /\s+/y;
const punctuation = /\?\.(?!\d)|=>|\.\.\.|[=!]==?|[<>]=|&&|\|\||\?\?|\+\+|--|[-+*/%&|^]=|./suy;
// After these a slash begins a regular expression, and no division.
const beforeRegex = /^(?:return|typeof|case|in|of|await|void|delete|throw|new|instanceof)$/;

/**
 * Cuts TypeScript that is being typed into tokens, up to its end. Pure; takes any text, also what never becomes a program, in a time
 * that grows with its length alone.
 */
export function scan(text: string): Scanned {
  const tokens: Token[] = [];
  const comments: { readonly start: number; readonly end: number }[] = [];
  // One for each template whose `${` is open: how many braces are open in it.
  const templates: number[] = [];
  let at = 0;
  const push = (kind: Token["kind"], end: number, shown = text.slice(at, end)): void => {
    tokens.push({ kind, text: shown, start: at, end });
    at = end;
  };
  const matched = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : at;
  };
  /** Reads the rest of a template from `begin` on; true when the text ends in it. */
  const template = (begin: number, isWhole: boolean): Scanned["inside"] | undefined => {
    for (let end = begin; end < text.length; end++) {
      if (text[end] === "\\") end++;
      else if (text[end] === "`") {
        push("string", end + 1, text.slice(begin, end));
        return undefined;
      } else if (text[end] === "$" && text[end + 1] === "{") {
        push("string", end, text.slice(begin, end));
        push("punctuation", end + 2);
        templates.push(0);
        return undefined;
      }
    }
    return isWhole ? { kind: "string", quote: "`", start: begin } : { kind: "other", start: at };
  };
  while (at < text.length) {
    const character = text[at] ?? "";
    const two = text.slice(at, at + 2);
    let end = matched(space);
    if (end > at) {
      at = end;
    } else if (two === "//" || two === "/*") {
      end = text.indexOf(two === "//" ? "\n" : "*/", at + 2);
      const isOpen = end < 0;
      if (isOpen) end = text.length;
      else if (two === "/*") end += 2;
      comments.push({ start: at, end });
      if (isOpen) return { tokens, comments, inside: { kind: "comment" } };
      at = end;
    } else if (character === '"' || character === "'") {
      end = endOfString(text, at + 1, character);
      if (end < 0) return { tokens, comments, inside: { kind: "string", quote: character, start: at + 1 } };
      push("string", end + 1, text.slice(at + 1, end));
    } else if (character === "`") {
      const inside = template(at + 1, true);
      if (inside) return { tokens, comments, inside };
    } else if (character === "}" && templates.at(-1) === 0) {
      templates.pop();
      push("punctuation", at + 1);
      const inside = template(at, false);
      if (inside) return { tokens, comments, inside };
    } else if (character === "/" && mayBeginRegex(tokens.at(-1))) {
      end = endOfRegex(text, at + 1);
      if (end < 0) return { tokens, comments, inside: { kind: "other", start: at } };
      push("regex", end);
    } else if (matched(name) > at) {
      push("name", matched(name));
    } else if (matched(number) > at) {
      push("number", matched(number));
    } else {
      const open = templates.length - 1;
      if (open >= 0 && character === "{") templates[open] = (templates[open] ?? 0) + 1;
      if (open >= 0 && character === "}") templates[open] = (templates[open] ?? 0) - 1;
      push("punctuation", matched(punctuation));
    }
  }
  return { tokens, comments, inside: { kind: "code" } };
}

/** Where the closing quote stands, or the line end that breaks the string off; -1 when the text ends first. */
function endOfString(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") at++;
    else if (character === quote || character === "\n") return at;
  }
  return -1;
}

function endOfRegex(text: string, from: number): number {
  let inClass = false;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === "\n") return at;
    if (character === "\\") at++;
    else if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    else if (character === "/" && !inClass) return at + 1;
  }
  return -1;
}

function mayBeginRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "name") return beforeRegex.test(before.text);
  return before.kind === "punctuation" && !/^[)\]}]$/.test(before.text);
}

const closing: Readonly<Record<string, true>> = { ")": true, "]": true, "}": true };
const opening: Readonly<Record<string, true>> = { "(": true, "[": true, "{": true, "${": true };

/** True for a token of punctuation with this text. */
export function isMark(token: Token | undefined, ...texts: readonly string[]): boolean {
  return token?.kind === "punctuation" && texts.includes(token.text);
}

/** Index of the bracket that a closing one at `close` belongs to; -1 when there is none. */
export function openingOf(tokens: readonly Token[], close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    const token = tokens[at];
    if (token?.kind !== "punctuation") continue;
    if (closing[token.text]) depth++;
    else if (opening[token.text] && --depth === 0) return at;
  }
  return -1;
}

/** Index of the closing bracket for an opening one at `open`; -1 when it is still open. */
export function closingOf(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind !== "punctuation") continue;
    if (opening[token.text]) depth++;
    else if (closing[token.text] && --depth === 0) return at;
  }
  return -1;
}

/** What a bracket that is open at a place holds so far. */
export interface OpenBracket {
  /** Index of the bracket. */
  readonly at: number;
  /** Index of the first token after the last comma in it. */
  readonly segment: number;
  /** How many commas stand in it. */
  readonly commas: number;
}

/** The innermost bracket that is open before the token at `place`; `undefined` when none is. */
export function openBracketAt(tokens: readonly Token[], place: number): OpenBracket | undefined {
  let depth = 0;
  let commas = 0;
  let segment: number | undefined;
  for (let at = place - 1; at >= 0; at--) {
    const token = tokens[at];
    if (token?.kind !== "punctuation") continue;
    if (closing[token.text]) depth++;
    else if (opening[token.text]) {
      if (depth === 0) return { at, segment: segment ?? at + 1, commas };
      depth--;
    } else if (depth === 0 && token.text === ",") {
      segment ??= at + 1;
      commas++;
    } else if (depth === 0 && token.text === ";" && segment === undefined) segment = at + 1;
  }
  return undefined;
}
