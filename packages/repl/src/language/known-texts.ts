import { fillMessage } from "@sampan/core";

/** Sentences of other tables, in English, and what they are in another language. Both may have placeholders: `{name}`. */
export type KnownTexts = Readonly<Record<string, string>>;

/** Finds the translation of a sentence; `undefined` when it is not known. */
export type FindText = (text: string) => string | undefined;

interface Pattern {
  /** What the sentence begins and ends with: most are told apart by these, long before a shape is tried. */
  readonly start: string;
  readonly end: string;
  readonly shape: RegExp;
  readonly names: readonly string[];
  /** Whether it only says where what follows stands. */
  readonly place: boolean;
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
    patterns ??= shaped
      .sort((a, b) => Number(isPlace(b)) - Number(isPlace(a)) || literalLength(b) - literalLength(a))
      .map((shape) => patternOf(shape, known[shape] ?? shape));
    for (const { start, end, shape, names, place, translation } of patterns) {
      if (!text.startsWith(start) || !text.endsWith(end)) continue;
      const match = shape.exec(text);
      if (match === null) continue;
      // Said in front of something that is not known, it would leave half a sentence.
      if (place && find(match.at(-1) ?? "") === undefined) continue;
      const values = names.map((name, at) => {
        const value = match[at + 1] ?? "";
        if (ourWords.has(name)) return [name, find(value) ?? value];
        return [name, lists.has(name) ? value.replaceAll(", ", "、").replaceAll(" or ", " 或 ") : value];
      });
      // What was put in may end in a bracket that is wide itself: no space parts it from what follows.
      return fillMessage(translation, Object.fromEntries(values)).replace(
        /([）。，]) (?=\p{Script=Han})/gu,
        "$1",
      );
    }
    return undefined;
  };
  return find;
}

/** A place in front of a sentence that is looked up by itself; tried before that sentence could take the place for a name in it. */
function isPlace(shape: string): boolean {
  return shape.endsWith(": {what}");
}

function literalLength(shape: string): number {
  return shape.replace(/\{\w+\}/g, "").length;
}

function patternOf(shape: string, translation: string): Pattern {
  const names: string[] = [];
  const source = shape
    .split(/(\{\w+\})/)
    .map((part) => {
      if (!/^\{\w+\}$/.test(part)) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      names.push(part.slice(1, -1));
      return "(.+?)";
    })
    .join("");
  const [start = "", ...rest] = shape.split(/\{\w+\}/);
  const place = isPlace(shape);
  return { start, end: rest.at(-1) ?? "", shape: new RegExp(`^${source}$`, "s"), names, place, translation };
}
