import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import { readBytes } from "../read-bytes.ts";

/*
 * Where a differencing disk says its parent is: eight locators in the dynamic header from byte 576 on, each 24 bytes (code 4,
 * space 4, length 4, reserved 4, offset 8), and the parent's name at byte 64 (UTF-16, big-endian). Specification, section
 * "Dynamic Disk Header Format".
 */

/** No path of any system is longer. */
const maximumPathBytes = 64 * 1024;

/** Codes of locators, the most useful first: a relative path survives a move of both files. */
const encodings: Readonly<
  Record<string, { readonly rank: number; readonly text: "utf-16le" | "latin1" | "utf-8" }>
> = {
  W2ru: { rank: 0, text: "utf-16le" },
  Wi2r: { rank: 1, text: "latin1" },
  W2ku: { rank: 2, text: "utf-16le" },
  Wi2k: { rank: 3, text: "latin1" },
  MacX: { rank: 4, text: "utf-8" },
};

/** Names of the parent, best first. Locators of unknown code, or longer than any path, are passed over. */
export async function parentNames(
  container: BlockSource,
  header: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const view = viewOf(header);
  const found: { readonly rank: number; readonly name: string }[] = [];
  for (let at = 576; at < 576 + 8 * 24; at += 24) {
    const encoding = encodings[textAt(header, at, 4)];
    const length = view.getUint32(at + 8);
    if (!encoding || length === 0 || length > maximumPathBytes) continue;
    const offset = Number(view.getBigUint64(at + 16));
    const bytes = await readBytes(container, offset, length, "a parent locator", signal);
    found.push({ rank: encoding.rank, name: decode(bytes, encoding.text) });
  }
  found.sort((a, b) => a.rank - b.rank);
  found.push({ rank: 5, name: decode(header.subarray(64, 576), "utf-16be") });
  return [...new Set(found.map(({ name }) => name).filter((name) => name !== ""))];
}

function decode(bytes: Uint8Array, text: "utf-16le" | "utf-16be" | "latin1" | "utf-8"): string {
  const decoded = new TextDecoder(text).decode(bytes);
  const end = decoded.indexOf("\0");
  const name = end < 0 ? decoded : decoded.slice(0, end);
  // Macintosh writers give a URL of the file.
  const url = /^file:\/\/(?:localhost)?(\/.*)$/.exec(name)?.[1];
  if (url === undefined) return name;
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
