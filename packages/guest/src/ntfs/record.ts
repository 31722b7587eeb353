import { SampanError } from "@sampan/core";
import { hasText, le16, le32, le64, u8 } from "../volumes/fields.ts";

/** A run of clusters of a file; `cluster` is `null` for a hole. */
export interface NtfsRun {
  /** Place in the file, in clusters. */
  readonly vcn: number;
  readonly count: number;
  readonly cluster: number | null;
}

/** An attribute of a record, or the piece of one that lies in it. */
export interface NtfsAttribute {
  readonly type: number;
  /** Empty for the one without a name, such as the content of a file. */
  readonly name: string;
  /** Bits of {@link attributeFlags}. */
  readonly flags: number;
  /** The value, when it lies in the record. */
  readonly value: Uint8Array | null;
  /** The runs from `firstVcn` on, when it does not. */
  readonly runs: readonly NtfsRun[];
  readonly firstVcn: number;
  /** Sizes are told by the piece whose `firstVcn` is 0. */
  readonly sizeBytes: number;
  readonly initializedBytes: number;
  /** Clusters that are compressed together; 1 for what is not compressed. */
  readonly unitClusters: number;
}

/** A record of the master file table. */
export interface NtfsRecord {
  readonly inUse: boolean;
  readonly directory: boolean;
  /** Counts how often the record was used again. */
  readonly sequence: number;
  /** The record this one goes on; `null` when it is the first of its file. */
  readonly base: number | null;
  readonly attributes: readonly NtfsAttribute[];
}

export const attributeType = {
  list: 0x20,
  volumeInformation: 0x70,
  data: 0x80,
  indexRoot: 0x90,
  indexAllocation: 0xa0,
  bitmap: 0xb0,
  reparsePoint: 0xc0,
} as const;

export const attributeFlags = { compressed: 0x00ff, encrypted: 0x4000, sparse: 0x8000 } as const;

/** NTFS guards every 512 bytes of a record, whatever the size of a sector. */
const guardedBytes = 512;

/** Undoes the guards of a record or page in place: the last two bytes of each 512 were exchanged for a counter. */
export function removeGuards(bytes: Uint8Array, magic: string): void {
  const at = le16(bytes, 4);
  const count = le16(bytes, 6);
  if (!hasText(bytes, 0, magic)) throw corrupt(`a record does not begin with ${magic}`);
  if (
    count !== bytes.length / guardedBytes + 1 ||
    at % 2 !== 0 ||
    at < 8 ||
    at + count * 2 > guardedBytes - 2
  ) {
    throw corrupt("a record has no sound guards");
  }
  const mark = le16(bytes, at);
  for (let i = 1; i < count; i++) {
    const end = i * guardedBytes - 2;
    if (le16(bytes, end) !== mark) throw corrupt("a record was written in part");
    bytes[end] = u8(bytes, at + i * 2);
    bytes[end + 1] = u8(bytes, at + i * 2 + 1);
  }
}

/** Reads a record of the master file table; changes `bytes`. */
export function parseRecord(bytes: Uint8Array): NtfsRecord {
  removeGuards(bytes, "FILE");
  const end = le32(bytes, 24);
  if (end > bytes.length) throw corrupt("a record has no sound length");
  const attributes: NtfsAttribute[] = [];
  let at = le16(bytes, 20);
  while (at + 4 <= end && le32(bytes, at) !== 0xffffffff) {
    const length = le32(bytes, at + 4);
    if (length < 24 || length % 8 !== 0 || at + length > end)
      throw corrupt("an attribute has no sound length");
    attributes.push(parseAttribute(bytes.subarray(at, at + length)));
    at += length;
  }
  const flags = le16(bytes, 22);
  return {
    inUse: (flags & 1) !== 0,
    directory: (flags & 2) !== 0,
    sequence: le16(bytes, 16),
    base: le64(bytes, 32) === 0 ? null : recordNumber(bytes, 32),
    attributes,
  };
}

/** The number of a record in a reference to it: 48 bits, then 16 of its sequence. */
export function recordNumber(bytes: Uint8Array, at: number): number {
  return le32(bytes, at) + le16(bytes, at + 4) * 0x1_0000_0000;
}

/** Text of 16-bit characters; `length` counts them. */
export function wideText(bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder("utf-16le").decode(bytes.subarray(at, at + length * 2));
}

function parseAttribute(bytes: Uint8Array): NtfsAttribute {
  const flags = le16(bytes, 12);
  const head = { type: le32(bytes, 0), name: wideText(bytes, le16(bytes, 10), u8(bytes, 9)), flags };
  if (u8(bytes, 8) === 0) {
    const sizeBytes = le32(bytes, 16);
    const at = le16(bytes, 20);
    if (at + sizeBytes > bytes.length) throw corrupt("a value reaches past its attribute");
    const value = bytes.subarray(at, at + sizeBytes);
    return { ...head, value, runs: [], firstVcn: 0, sizeBytes, initializedBytes: sizeBytes, unitClusters: 1 };
  }
  if (bytes.length < 64) throw corrupt("an attribute has no sound length");
  const firstVcn = le64(bytes, 16);
  return {
    ...head,
    value: null,
    runs: parseRuns(bytes, le16(bytes, 32), firstVcn, le64(bytes, 24)),
    firstVcn,
    sizeBytes: le64(bytes, 48),
    initializedBytes: le64(bytes, 56),
    unitClusters: (flags & attributeFlags.compressed) === 0 ? 1 : 2 ** u8(bytes, 34),
  };
}

/** A list of runs: lengths and signed distances of one to eight bytes each, up to a zero. */
function parseRuns(bytes: Uint8Array, start: number, firstVcn: number, lastVcn: number): readonly NtfsRun[] {
  const runs: NtfsRun[] = [];
  let vcn = firstVcn;
  let cluster = 0;
  let at = start;
  for (;;) {
    const head = u8(bytes, at);
    if (at >= bytes.length || head === 0) break;
    const lengthBytes = head & 15;
    const distanceBytes = head >>> 4;
    if (
      lengthBytes === 0 ||
      lengthBytes > 6 ||
      distanceBytes > 6 ||
      at + 1 + lengthBytes + distanceBytes > bytes.length
    ) {
      throw corrupt("a list of runs cannot be read");
    }
    const count = littleEndian(bytes, at + 1, lengthBytes, false);
    if (distanceBytes > 0) cluster += littleEndian(bytes, at + 1 + lengthBytes, distanceBytes, true);
    if (count === 0 || cluster < 0) throw corrupt("a list of runs leaves the volume");
    runs.push({ vcn, count, cluster: distanceBytes === 0 ? null : cluster });
    vcn += count;
    at += 1 + lengthBytes + distanceBytes;
  }
  // An empty attribute ends at -1, which reads as 2^64 - 1.
  if (vcn !== lastVcn + 1 && !(vcn === 0 && lastVcn > Number.MAX_SAFE_INTEGER)) {
    throw corrupt("a list of runs is not as long as it says");
  }
  return runs;
}

function littleEndian(bytes: Uint8Array, at: number, length: number, signed: boolean): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + u8(bytes, at + i);
  return signed && u8(bytes, at + length - 1) >= 128 ? value - 256 ** length : value;
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading NTFS: ${what}`);
}
