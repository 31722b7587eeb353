// What is to be typed, or was given by somebody, stands as it is in every language.
const kept = [
  /`[^`]*`/g,
  /\$ .*/g,
  /\S*[/\\@=:]\S*/g,
  /\bsampan(?: [a-z.-]+)*/g,
  /--?[a-z][a-z-]*(?: [a-z]+)?/g,
];

/**
 * English sentences in a text that should be Chinese: three words in a row that have only small letters, with no others between them.
 * Names, codes, paths, options and what stands in back quotes count for nothing.
 */
export function englishLeft(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const bare = kept.reduce((rest, pattern) => rest.replace(pattern, "·"), line);
    return bare.match(/(?<![\w.-])[a-z]+(?:'s)?,? (?:[a-z]+,? )+[a-z]+(?![\w.-])/g) ?? [];
  });
}
