import { UnreadableInventory } from "./raw-inventory.ts";

/**
 * Text of a file: UTF-8, or UTF-16 where a mark at its beginning says so, as Excel writes "Unicode text". What is neither is refused, with
 * the line it fails at: a guess at another encoding would change names without a word.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decoded(bytes, "utf-16le");
  if (first === 0xfe && second === 0xff) return decoded(bytes, "utf-16be");
  const zero = bytes.indexOf(0);
  if (zero >= 0 && zero < 4096) {
    throw new UnreadableInventory(
      "holds zero bytes, as UTF-16 without a mark or a workbook does: save it as UTF-8",
      { line: lineAt(bytes, zero), column: null, path: "" },
    );
  }
  return decoded(bytes, "utf-8");
}

function decoded(bytes: Uint8Array, encoding: "utf-8" | "utf-16le" | "utf-16be"): string {
  try {
    // Takes the mark away, where there is one.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const wrong = encoding === "utf-8" ? lineAt(bytes, validLength(bytes)) : null;
    throw new UnreadableInventory(
      `is no ${encoding.toUpperCase()}: save it as UTF-8, in Excel as "CSV UTF-8"`,
      { line: wrong, column: null, path: "" },
    );
  }
}

/** How many bytes at the beginning are UTF-8. */
function validLength(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      // A letter that is cut at the end is no fault of what stands before it.
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  return low;
}

function lineAt(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let index = 0; index < offset; index++) if (bytes[index] === 0x0a) line++;
  return line;
}
