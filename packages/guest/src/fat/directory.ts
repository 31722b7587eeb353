import { le16, le32, u8 } from "../volumes/fields.ts";

/** A name in a directory of FAT and what it says of its file. */
export interface FatEntry {
  readonly name: string;
  /** The name of eight and three characters every entry has, which may be the only one. */
  readonly shortName: string;
  readonly directory: boolean;
  readonly cluster: number;
  readonly sizeBytes: number;
}

const entryBytes = 32;
const bit = { volume: 0x08, directory: 0x10, longName: 0x0f } as const;
/** Where the thirteen characters of a piece of a long name stand. */
const pieceOffsets = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
/** A long name has at most 255 characters. */
const maxPieces = 20;

/**
 * Reads the entries of a directory up to its end, without `.` and `..`, labels and what was deleted. A long name counts
 * only when its pieces are complete and carry the checksum of the short one. After Microsoft's specification (fatgen103).
 */
export function parseDirectory(bytes: Uint8Array, wide: boolean): readonly FatEntry[] {
  const entries: FatEntry[] = [];
  let long: LongName | undefined;
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    const first = u8(bytes, at);
    if (first === 0) break;
    const attributes = u8(bytes, at + 11);
    if (first === 0xe5) long = undefined;
    else if ((attributes & 0x3f) === bit.longName) long = addPiece(long, bytes.subarray(at, at + entryBytes));
    else {
      const entry = bytes.subarray(at, at + entryBytes);
      const shortName = shortNameOf(entry);
      const name = long?.left === 0 && long.checksum === checksum(entry) ? long.text : shortName;
      long = undefined;
      if ((attributes & bit.volume) !== 0 || name === "." || name === ".." || /[/\0]/.test(name)) continue;
      entries.push({
        name,
        shortName,
        directory: (attributes & bit.directory) !== 0,
        cluster: le16(entry, 26) + (wide ? le16(entry, 20) * 0x10000 : 0),
        sizeBytes: le32(entry, 28),
      });
    }
  }
  return entries;
}

/** A long name as far as its pieces were read: they come last first, `left` are to come. */
interface LongName {
  readonly text: string;
  readonly checksum: number;
  readonly left: number;
}

function addPiece(before: LongName | undefined, piece: Uint8Array): LongName | undefined {
  const order = u8(piece, 0);
  const number = order & 0x3f;
  const starts = (order & 0x40) !== 0;
  const sum = u8(piece, 13);
  if (number === 0 || number > maxPieces) return undefined;
  if (!starts && (before?.left !== number || before.checksum !== sum)) return undefined;
  const characters = pieceOffsets.map((offset) => le16(piece, offset));
  const end = characters.indexOf(0);
  const text = String.fromCharCode(...(end < 0 ? characters : characters.slice(0, end)));
  return { text: text + (starts ? "" : (before?.text ?? "")), checksum: sum, left: number - 1 };
}

function shortNameOf(entry: Uint8Array): string {
  const lower = u8(entry, 12);
  const part = (start: number, length: number, isLower: boolean) => {
    const text = Array.from(entry.subarray(start, start + length), (byte) => String.fromCharCode(byte))
      .join("")
      .trimEnd();
    return isLower ? text.toLowerCase() : text;
  };
  // A name that begins with E5, which would mark it as deleted, has 05 in its place.
  const told = part(0, 8, (lower & 0x08) !== 0);
  const base = u8(entry, 0) === 0x05 ? `\xe5${told.slice(1)}` : told;
  const extension = part(8, 3, (lower & 0x10) !== 0);
  return extension === "" ? base : `${base}.${extension}`;
}

function checksum(entry: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < 11; i++) sum = (((sum & 1) << 7) + (sum >>> 1) + u8(entry, i)) & 0xff;
  return sum;
}
