const powers = ["", "k", "m", "g", "t", "p"];

/**
 * Bytes of a size as people and tools write it; `undefined` for what is none. `GB` counts in thousands; `GiB`, and `G` alone as `lsblk` and
 * `df -h` print it, in 1,024s.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,16}(?:\.\d{1,9})?)\s?(?:([KMGTP]?)(i?B)?|(bytes))$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, digits = "", prefix = "", ending] = match;
  const power = powers.indexOf(prefix.toLowerCase());
  // "iB" without a letter before it is nothing.
  if (prefix === "" && ending !== undefined && ending.length > 1) return undefined;
  const unit = ending?.toLowerCase() === "b" ? 1000 : 1024;
  const bytes = Math.round(Number(digits) * unit ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
