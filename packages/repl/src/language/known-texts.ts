import { fillMessage } from "@sampan/core";

/** Sentences of other tables, in English, and what they are in another language. Both may have placeholders: `{name}`. */
export type KnownTexts = Readonly<Record<string, string>>;

/** Finds the translation of a sentence; `undefined` when it is not known. */
export type FindText = (text: string) => string | undefined;

interface Pattern {
  /** What the sentence begins and ends with: most are told apart by these, long before a shape is tried. */
  readonly start: string;
  readonly end: string;
  /** Made when a text first begins and ends so: there are thousands of patterns, of which a process needs few. */
  readonly shape: () => RegExp;
  readonly names: readonly string[];
  /** Which of them stand in quotes: what is in these may be anything. */
  readonly quoted: ReadonlySet<number>;
  /** How long it is without its placeholders. */
  readonly letters: number;
  /** Whether it only says where what follows stands. */
  readonly place: boolean;
  /** Whether anything may follow what was being done: then a row of what was found goes before it. */
  readonly open: boolean;
  readonly translation: string;
}

/** Placeholders in which words of ours stand, not names of other people's things: they are looked up themselves. */
const ourWords = new Set([
  "what",
  "kind",
  "state",
  "text",
  "reason",
  "volume",
  "why",
  "advice",
  "verdict",
  "ours",
  "system",
]);

/** Placeholders in which names stand one after the other. */
const lists = new Set(["names", "choices", "disks", "steps", "ids", "accounts", "regions", "services"]);

/** Placeholders in which stands what other programs said, in whatever words. */
const foreign = new Set(["error", "message", "said", "stderr", "reasons", "failedReason"]);

/** Placeholder in which stands a piece of a file, whatever is in it. */
const piece = "piece";

/** Words that tell a part of a sentence from a name: where one stands in the place of a name, another sentence is meant. */
const phrase = /(?:^|\s)(?:a|an|the|of|is|was|which|that)\s/;

/** Words one after the other: a sentence of ours, where it is not known. */
const words = /[a-z]{2} [a-z]{2}/;

/** What stands in place of this one is a single word, so that a row may be as short as `{oneHost} failed`. */
const oneWord = "oneHost";

/** So many colons and semicolons are looked at: a sentence of ours has fewer, and what other programs print may have hundreds. */
const mostMarks = 8;

/** A longer text is no sentence of ours with a few names in it; looking for it would take long for nothing. */
const longestMatched = 1_000;

/**
 * Makes the look-up of sentences that were written elsewhere. One with placeholders stands for every sentence of its shape: what
 * stands in their place is taken over as it is. The longest shape that fits wins.
 */
export function findTextIn(known: KnownTexts): FindText {
  const exact = new Map<string, string>();
  const shaped: string[] = [];
  for (const [text, translation] of Object.entries(known)) {
    if (/\{\w+\}/.test(text)) shaped.push(text);
    else exact.set(text, translation);
  }
  let patterns: readonly Pattern[] | undefined;
  const find: FindText = (given) => {
    // Texts of several lines are broken by hand for a terminal: the breaks are no part of what they say.
    const text = given.replaceAll("\n", " ");
    const found = exact.get(text);
    if (found !== undefined || text.length > longestMatched) return found;
    const isOutermost = memory === undefined;
    memory ??= new Map();
    try {
      return search(text);
    } finally {
      if (isOutermost) memory = undefined;
    }
  };
  /** What was found out of parts while one text is looked for: they are asked for by many ways. */
  let memory: Map<string, string | undefined> | undefined;
  const search = (text: string): string | undefined => {
    patterns ??= shaped
      .map((shape) => patternOf(shape, known[shape] ?? shape))
      .sort((a, b) => Number(b.place) - Number(a.place) || b.letters - a.letters);
    return whole(text) ?? withForeignEnd(text) ?? ofShape(text, patterns, true);
  };
  // A sentence of two parts is not one whose last fact is the second part: that is believed only when nothing else fits.
  const whole = (text: string): string | undefined => {
    if (memory?.has(text)) return memory.get(text);
    const found = exact.get(text) ?? ofShape(text, patterns ?? [], false) ?? ofParts(text) ?? ofPlace(text);
    memory?.set(text, found);
    return found;
  };
  const ofShape = (text: string, all: readonly Pattern[], isLoose: boolean): string | undefined => {
    for (const { start, end, shape, names, quoted, place, open, translation } of all) {
      if (open && !isLoose) continue;
      if (!text.startsWith(start) || !text.endsWith(end)) continue;
      const match = shape().exec(text);
      if (match === null) continue;
      // Said in front of something that is not known, it would leave half a sentence.
      if (place && find(match.at(-1) ?? "") === undefined) continue;
      // A name or a word of ours has no second part; where it seems to, another row is meant.
      const takesTwo = (name: string, at: number): boolean => {
        const value = match[at + 1] ?? "";
        if (
          name === piece ||
          (isLoose && (quoted.has(at) || foreign.has(name) || (open && at === names.length - 1)))
        )
          return false;
        return value.includes(": ") && !(ourWords.has(name) && whole(value) !== undefined);
      };
      if (names.some(takesTwo)) continue;
      const isPhrase = (name: string, at: number): boolean => {
        const value = match[at + 1] ?? "";
        if (foreign.has(name) || name === piece) return false;
        if (!ourWords.has(name)) return phrase.test(value);
        return !isLoose && words.test(value) && whole(value) === undefined;
      };
      if (names.some(isPhrase)) continue;
      const values = names.map((name, at) => {
        const value = match[at + 1] ?? "";
        if (ourWords.has(name) || foreign.has(name))
          return [name, spaced(find(value) ?? value, name, translation)];
        return [name, lists.has(name) ? listed(value) : value];
      });
      // What was put in may end in a bracket that is wide itself: no space parts it from what follows.
      return fillMessage(translation, Object.fromEntries(values)).replace(
        /([）。，]) (?=\p{Script=Han})/gu,
        "$1",
      );
    }
    return undefined;
  };
  /**
   * What was being done, or a name, and what was found: `importing web-01: it has been deleted`. Or one thing after the other that was
   * found, parted by semicolons. Each part is known by itself.
   */
  const ofParts = (text: string): string | undefined => {
    const marks = [...text.matchAll(/[:;] /g)];
    if (marks.length > mostMarks) return undefined;
    for (const { index: at, 0: mark } of marks) {
      const [first, second] = [text.slice(0, at), text.slice(at + 2)];
      // A word alone is a name, or what another program prints, and no sentence; but for what is being done, `sharing`.
      if (!second.includes(" ")) continue;
      const name = /ing$/.test(first) ? (exact.get(first) ?? first) : first;
      const known = first.includes(" ") ? whole(first) : mark === ": " ? name : undefined;
      const rest = known === undefined ? undefined : whole(second);
      if (rest !== undefined) return `${known}${mark === ": " ? "：" : "；"}${rest}`;
    }
    return undefined;
  };
  /** A place in a file, and what was found there: `hosts.csv:2 is no object of columns`. */
  const ofPlace = (text: string): string | undefined => {
    const [, place, what = ""] = /^(\S+:\d+(?::\d+)?) (.+)$/.exec(text) ?? [];
    const known = place === undefined ? undefined : whole(what);
    return known === undefined ? undefined : `${place} ${known}`;
  };
  /** What was being done is known, and behind it stands what another program said, or a name: it is told as it came. */
  const withForeignEnd = (text: string): string | undefined => {
    const marks = [...text.matchAll(/: /g)].slice(0, mostMarks);
    for (const { index: at } of marks.reverse()) {
      const doing = text.slice(0, at);
      const known = whole(doing);
      if (known !== undefined) return `${known}：${text.slice(at + 2)}`;
    }
    return undefined;
  };
  return find;
}

/** Words of ours with a space where Latin letters would touch Chinese ones of the sentence. */
function spaced(words: string, name: string, sentence: string): string {
  const [before = "", after = ""] = sentence.split(`{${name}}`);
  const start = /\p{Script=Han}$/u.test(before) && /^[A-Za-z0-9/.~"\\]/.test(words) ? " " : "";
  const end = /^\p{Script=Han}/u.test(after) && /[A-Za-z0-9]$/.test(words) ? " " : "";
  return `${start}${words}${end}`;
}

function listed(names: string): string {
  return names
    .replaceAll(", ", "、")
    .replaceAll(" or ", " 或 ")
    .replaceAll(/ and (?:no )?/g, " 和 ");
}

/** A place in front of a sentence that is looked up by itself; tried before that sentence could take the place for a name in it. */
function isPlace(shape: string): boolean {
  return shape.endsWith(": {what}");
}

function patternOf(shape: string, translation: string): Pattern {
  const names: string[] = [];
  const quoted = new Set<number>();
  const source = shape
    .split(/(\{\w+\})/)
    .map((part, index, parts) => {
      const before = parts[index - 1] ?? "";
      if (!/^\{\w+\}$/.test(part)) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      if (/["'`]$/.test(before)) quoted.add(names.length);
      names.push(part.slice(1, -1));
      return names.at(-1) === oneWord ? "([^\\s:]+)" : "(.+?)";
    })
    .join("");
  const [start = "", ...rest] = shape.split(/\{\w+\}/);
  const place = isPlace(shape);
  let made: RegExp | undefined;
  const last = /: \{(\w+)\}$/.exec(shape)?.[1];
  const open = last !== undefined && !ourWords.has(last);
  return {
    start,
    end: rest.at(-1) ?? "",
    shape: () => {
      made ??= new RegExp(`^${source}$`, "s");
      return made;
    },
    names,
    quoted,
    letters: start.length + rest.join("").length,
    place,
    open,
    translation,
  };
}
