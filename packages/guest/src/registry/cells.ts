import { MiB, SampanError } from "@sampan/core";
import { hasText, le16, le32 } from "../volumes/fields.ts";

/** Reads a piece of a hive's file; fewer bytes where it ends. Buffers are not changed. */
export type ReadHive = (offset: number, length: number) => Promise<Uint8Array>;

/** Where the cells begin: behind the base block. All offsets in a hive count from here. */
const cellsOffset = 4096;
/** "No cell". */
export const none = 0xffffffff;
/** Values longer than this are cut into segments, from version 1.4 on. */
const segmentBytes = 16344;
/** A value longer than this is not read. */
const maxValueBytes = 16 * MiB;
/** All that Sampan asks of a hive of 100 MB takes some ten thousand. */
const maxCells = 500_000;

/** The cells of one hive. */
export class HiveCells {
  readonly #read: ReadHive;
  readonly #endOffset: number;
  readonly #minor: number;
  #cellsLeft = maxCells;

  /** `binsBytes` and `minor` are the base block's. */
  constructor(read: ReadHive, binsBytes: number, minor: number) {
    this.#read = read;
    this.#endOffset = binsBytes;
    this.#minor = minor;
  }

  /** At most `maxBytes` of a cell in use, and how many it has in all. */
  async cell(offset: number, maxBytes: number): Promise<{ bytes: Uint8Array; lengthBytes: number }> {
    if (--this.#cellsLeft < 0) throw corrupt(`more than ${maxCells} cells were asked for`);
    if (offset % 8 !== 0 || offset + 8 > this.#endOffset) throw corrupt(`a cell lies at ${offset}`);
    const size = le32(await this.#read(cellsOffset + offset, 4), 0) | 0;
    // The size of a cell in use is negative, and includes these four bytes.
    const lengthBytes = -size - 4;
    if (lengthBytes < 4 || offset + 4 + lengthBytes > this.#endOffset) {
      throw corrupt(`the cell at ${offset} is not in use or has no sound size`);
    }
    const wanted = Math.min(lengthBytes, maxBytes);
    const bytes = await this.#read(cellsOffset + offset + 4, wanted);
    if (bytes.length < wanted) throw corrupt(`the cell at ${offset} lies behind the end of the file`);
    return { bytes, lengthBytes };
  }

  /** A cell's list of offsets: `count` numbers. */
  async offsets(offset: number, count: number): Promise<readonly number[]> {
    const { bytes } = await this.cell(offset, count * 4);
    if (bytes.length < count * 4) throw corrupt(`the list at ${offset} has no room for ${count} entries`);
    return Array.from({ length: count }, (_, i) => le32(bytes, i * 4));
  }

  /** The bytes of a value: in one cell, or in segments; fewer where the cell is too short for them. */
  async value(offset: number, lengthBytes: number): Promise<Uint8Array> {
    if (lengthBytes > maxValueBytes) throw corrupt(`a value has ${lengthBytes} bytes`);
    const { bytes } = await this.cell(offset, lengthBytes);
    if (this.#minor < 4 || lengthBytes <= segmentBytes || !hasText(bytes, 0, "db")) return bytes;
    const value = new Uint8Array(lengthBytes);
    const segments = await this.offsets(le32(bytes, 4), Math.min(le16(bytes, 2), 4096));
    let done = 0;
    for (const segment of segments) {
      const part = (await this.cell(segment, segmentBytes)).bytes.subarray(0, lengthBytes - done);
      value.set(part, done);
      done += part.length;
    }
    return value.subarray(0, done);
  }
}

/** An error in the words of the reader of hives. */
export function corrupt(what: string): SampanError {
  return new SampanError("GUEST_REGISTRY_CORRUPT", `reading a registry hive: ${what}`);
}
