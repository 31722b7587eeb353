import { roundUp, SampanError, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import { readBytes } from "../read-bytes.ts";

/*
 * The headers of a tar archive: POSIX.1-1988 (ustar), with long names and large sizes as POSIX.1-2001 (pax) and GNU tar write
 * them. Only as much as OVA packages need: names, sizes and places of plain files.
 */

/** One plain file of an archive. */
export interface TarEntry {
  readonly name: string;
  /** Where its content begins in the archive. */
  readonly offset: number;
  readonly sizeBytes: number;
}

const blockBytes = 512;
/** Entries that are looked at; packages have a handful. */
const maximumEntries = 8192;
/** Longest name or set of attributes that is read, and of all of them together. */
const maximumAttributeBytes = 64 * 1024;
const maximumAttributesBytes = 1024 * 1024;

/** Whether a file begins like a tar archive. */
export function looksLikeTar(head: Uint8Array): boolean {
  return head.length >= blockBytes && textAt(head, 257, 5) === "ustar";
}

/**
 * The name of the first plain file, as far as the first bytes of an archive tell; `undefined` when they do not.
 */
export function firstTarName(head: Uint8Array): string | undefined {
  let at = 0;
  for (let seen = 0; seen < 4 && at + blockBytes <= head.length; seen++) {
    const block = head.subarray(at, at + blockBytes);
    if (!looksLikeTar(block)) return undefined;
    const type = textAt(block, 156, 1);
    if (!"xgLK".includes(type) || type === "\0") return nameOf(block);
    const size = numberAt(block, 124, 12);
    if (size === undefined || size > maximumAttributeBytes) return undefined;
    at += blockBytes + roundUp(size, blockBytes);
  }
  return undefined;
}

/**
 * Lists the plain files of an archive, in order. Reads its headers only.
 *
 * @throws `IMAGE_CORRUPT` for a header whose checksum is wrong or that makes no sense, `IMAGE_TRUNCATED` when the archive ends within
 * a file.
 */
export async function listTar(
  archive: BlockSource,
  signal: AbortSignal | undefined,
): Promise<readonly TarEntry[]> {
  const entries: TarEntry[] = [];
  let attributes: { name?: string; sizeBytes?: number } = {};
  let attributesBytes = 0;
  let at = 0;
  for (let seen = 0; at + blockBytes <= archive.sizeBytes; seen++) {
    throwIfCancelled(signal);
    if (seen >= maximumEntries) throw wrong(at, `more than ${maximumEntries} entries`);
    const block = await readBytes(archive, at, blockBytes, "a tar header", signal);
    if (block.every((byte) => byte === 0)) break;
    assertChecksum(block, at);
    const type = textAt(block, 156, 1);
    const sizeBytes = attributes.sizeBytes ?? numberAt(block, 124, 12);
    if (sizeBytes === undefined) throw wrong(at, "a size that is no number");
    const offset = at + blockBytes;
    if (offset + sizeBytes > archive.sizeBytes) {
      throw new SampanError(
        "IMAGE_TRUNCATED",
        `reading a tar archive of ${archive.sizeBytes} bytes, whose entry at ${at} has ${sizeBytes} bytes`,
        { details: { offset: at, sizeBytes } },
      );
    }
    if (type === "x" || type === "L") {
      attributesBytes += sizeBytes;
      if (sizeBytes > maximumAttributeBytes || attributesBytes > maximumAttributesBytes)
        throw wrong(at, `${attributesBytes} bytes of attributes`);
      const bytes = await readBytes(archive, offset, sizeBytes, "the attributes of a tar entry", signal);
      attributes = { ...attributes, ...(type === "x" ? paxAttributes(bytes) : { name: textOf(bytes) }) };
    } else if (type !== "g" && type !== "K") {
      if (type === "0" || type === "\0" || type === "7") {
        entries.push({ name: attributes.name ?? nameOf(block), offset, sizeBytes });
      }
      attributes = {};
    }
    at = offset + roundUp(sizeBytes, blockBytes);
  }
  return entries;
}

/** The sum of the header's bytes, its own field counted as blanks; some old writers summed signed bytes. */
function assertChecksum(block: Uint8Array, at: number): void {
  const stored = numberAt(block, 148, 8);
  let unsigned = 8 * 32;
  let signed = 8 * 32;
  for (let index = 0; index < blockBytes; index++) {
    if (index >= 148 && index < 156) continue;
    const byte = block[index] as number;
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  if (stored !== unsigned && stored !== signed) throw wrong(at, "a wrong checksum");
}

/** A number in octal digits, or for large ones with the first bit set, in the bytes behind (GNU tar). */
function numberAt(block: Uint8Array, offset: number, length: number): number | undefined {
  if (((block[offset] as number) & 0x80) !== 0) {
    // Seven bytes hold more than any archive; what stands above them must be zero.
    const view = viewOf(block);
    const value = view.getBigUint64(offset + length - 8);
    const upper = block.subarray(offset + 1, offset + length - 8);
    if ((block[offset] as number) !== 0x80 || upper.some((byte) => byte !== 0)) return undefined;
    return value <= BigInt(Number.MAX_SAFE_INTEGER) / 2n ? Number(value) : undefined;
  }
  const digits = textAt(block, offset, length).replace(/[\0 ].*$/s, "");
  const trimmed = digits === "" ? textAt(block, offset, length).replace(/[\0 ]/g, "") : digits;
  if (!/^[0-7]{0,12}$/.test(trimmed)) return undefined;
  return Number.parseInt(trimmed || "0", 8);
}

function nameOf(block: Uint8Array): string {
  const name = textOf(block.subarray(0, 100));
  // GNU's own variant (`ustar` and two blanks) has other fields where the prefix is.
  const prefix = textAt(block, 257, 6) === "ustar\0" ? textOf(block.subarray(345, 500)) : "";
  return prefix ? `${prefix}/${name}` : name;
}

/** Records of "length key=value\n"; the length counts itself. */
function paxAttributes(bytes: Uint8Array): { name?: string; sizeBytes?: number } {
  const found: { name?: string; sizeBytes?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const match = /^(\d{1,6}) /.exec(textAt(bytes, at, Math.min(8, bytes.length - at)));
    const length = Number(match?.[1] ?? 0);
    if (!match || length <= match[0].length || at + length > bytes.length) break;
    const record = textOf(bytes.subarray(at + match[0].length, at + length - 1));
    const equals = record.indexOf("=");
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === "path") found.name = value;
    if (key === "size" && /^\d{1,15}$/.test(value)) found.sizeBytes = Number(value);
    at += length;
  }
  return found;
}

/** Text up to the first NUL, as UTF-8. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function wrong(at: number, what: string): SampanError {
  return new SampanError("IMAGE_CORRUPT", `reading a tar archive, whose header at ${at} has ${what}`, {
    details: { offset: at },
  });
}
