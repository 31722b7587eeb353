/** A part of a text, in UTF-16 units from its start; `end` is the first unit behind it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One call of a chain: `.upload("web-images")`. */
export interface OutlineStep {
  readonly verb: string;
  /** The verb's name alone. */
  readonly name: Span;
  /** From the dot to the closing parenthesis. */
  readonly span: Span;
  /** Arguments that are plain strings, in order; what else is passed is left out. */
  readonly strings: readonly string[];
}

/** One chain that starts with `Migration.from(…)`. */
export interface OutlineChain {
  /** Its place in the file, from 0 on. */
  readonly index: number;
  readonly span: Span;
  /** What is migrated, where it is written as a plain string; `null` where it is computed. */
  readonly source: string | null;
  readonly steps: readonly OutlineStep[];
}

/**
 * The chains of a plan file, read from its text alone: nothing of it is executed, and text that is half typed gives what can be
 * told of it. For where to draw buttons and tests; what is wrong with a plan, the language server says.
 */
export function outlinePlan(text: string): readonly OutlineChain[] {
  const chains: OutlineChain[] = [];
  for (let at = 0; at < text.length; ) {
    const skipped = skipOpaque(text, at);
    if (skipped > at) {
      at = skipped;
    } else if (isWordAt(text, at, "Migration")) {
      const chain = readChain(text, at, chains.length);
      if (chain !== null) chains.push(chain);
      at = chain?.span.end ?? at + "Migration".length;
    } else if (/[\w$]/.test(text[at] ?? "")) {
      // A whole word at once: its end is no start of `Migration`.
      at += /^[\w$]+/.exec(text.slice(at, at + 256))?.[0].length ?? 1;
    } else {
      at += 1;
    }
  }
  return chains;
}

function readChain(text: string, start: number, index: number): OutlineChain | null {
  let end = start + "Migration".length;
  let source: string | null | undefined;
  const steps: OutlineStep[] = [];
  for (;;) {
    const call = readCall(text, end);
    if (call === null) break;
    end = call.span.end;
    if (source !== undefined) steps.push(call);
    else if (call.verb === "from") source = sourceOf(text, call);
    else if (call.verb !== "with") return null;
  }
  return source === undefined ? null : { index, span: { start, end }, source, steps };
}

/** `.verb(…)` after white space and comments; `null` where the text goes on otherwise, or the call is not closed. */
function readCall(text: string, from: number): OutlineStep | null {
  const dot = skipBlank(text, from);
  if (text[dot] !== ".") return null;
  const nameStart = skipBlank(text, dot + 1);
  const verb = /^[A-Za-z_$][\w$]*/.exec(text.slice(nameStart, nameStart + 64))?.[0];
  if (verb === undefined) return null;
  const name = { start: nameStart, end: nameStart + verb.length };
  const open = skipBlank(text, name.end);
  if (text[open] !== "(") return null;
  const close = closingOf(text, open);
  if (close === null) return null;
  return {
    verb,
    name,
    span: { start: dot, end: close + 1 },
    strings: plainStrings(text.slice(open + 1, close)),
  };
}

function sourceOf(text: string, call: OutlineStep): string | null {
  const argument = text.slice(text.indexOf("(", call.name.end) + 1, call.span.end - 1).trim();
  return /^(["'`])(?:(?!\1)[^\\\n$])*\1,?$/.test(argument) ? (call.strings[0] ?? null) : null;
}

/** Plain strings among the arguments, not those inside of objects, arrays and calls. */
function plainStrings(inside: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < inside.length; ) {
    const character = inside[at] ?? "";
    const skipped = skipOpaque(inside, at);
    if (skipped > at) {
      const literal = inside.slice(at, skipped);
      if (/^["'`]/.test(literal) && !/[\\$]/.test(literal)) found.push(literal.slice(1, -1));
      at = skipped;
    } else if ("([{".includes(character)) {
      at = (closingOf(inside, at) ?? inside.length) + 1;
    } else {
      at += 1;
    }
  }
  return found;
}

function closingOf(text: string, open: number): number | null {
  let depth = 0;
  for (let at = open; at < text.length; ) {
    const skipped = skipOpaque(text, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const character = text[at] ?? "";
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) {
      depth -= 1;
      if (depth === 0) return at;
    }
    at += 1;
  }
  return null;
}

/** Behind a comment, a string or a template that starts here; the same place where none does. */
function skipOpaque(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === "//") return endOf(text, text.indexOf("\n", at));
  if (two === "/*") return endOf(text, text.indexOf("*/", at + 2), 2);
  const quote = text[at];
  if (quote === '"' || quote === "'" || quote === "`") {
    for (let end = at + 1; end < text.length; end += 1) {
      if (text[end] === "\\") end += 1;
      else if (text[end] === quote) return end + 1;
      // A string that is not closed ends with its line, so that the rest of the file is still read.
      else if (text[end] === "\n" && quote !== "`") return end;
    }
    return text.length;
  }
  return at;
}

function skipBlank(text: string, from: number): number {
  for (let at = from; ; ) {
    if (/\s/.test(text[at] ?? "")) at += 1;
    else if (text[at] === "/") {
      const skipped = skipOpaque(text, at);
      if (skipped === at) return at;
      at = skipped;
    } else return at;
  }
}

function endOf(text: string, found: number, length = 0): number {
  return found < 0 ? text.length : found + length;
}

function isWordAt(text: string, at: number, word: string): boolean {
  return (
    text.startsWith(word, at) &&
    !/[\w$.]/.test(text[at - 1] ?? "") &&
    !/[\w$]/.test(text[at + word.length] ?? "")
  );
}
