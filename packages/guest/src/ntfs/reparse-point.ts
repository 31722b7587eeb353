import { hex, le16, le32 } from "../volumes/fields.ts";
import { wideText } from "./record.ts";

/** What a reparse point makes of its file. */
export type ReparsePoint =
  | { readonly kind: "link"; readonly target: string }
  /** The content lies elsewhere or is packed in a way that is not read; `what` names it. */
  | { readonly kind: "elsewhere"; readonly what: string };

const tag = {
  symbolicLink: 0xa000000c,
  junction: 0xa0000003,
  overlay: 0x80000017,
  dedup: 0x80000013,
} as const;

/**
 * Reads a reparse point. A target on a drive is taken as a path of this volume; one that names another volume leads
 * nowhere. After Microsoft's [MS-FSCC] §2.1.2.
 */
export function parseReparsePoint(bytes: Uint8Array): ReparsePoint {
  const own = le32(bytes, 0);
  if (own === tag.symbolicLink || own === tag.junction) {
    const names = own === tag.symbolicLink ? 20 : 16;
    const target = wideText(bytes, names + le16(bytes, 8), le16(bytes, 10) >>> 1);
    return { kind: "link", target: target.replaceAll("\\", "/").replace(/^\/\?\?\/[A-Za-z]:/, "") };
  }
  const what =
    own === tag.overlay
      ? "it is compressed by Windows' overlay filter (compact.exe)"
      : own === tag.dedup
        ? "it is deduplicated"
        : `its content lies behind the reparse point 0x${hex(bytes.slice(0, 4).reverse())}`;
  return { kind: "elsewhere", what };
}
