import { KiB, SampanError } from "@sampan/core";
import { textAt, viewOf } from "../../io/buffers.ts";
import { crc32c } from "./crc32c.ts";
import { guidAt } from "./guid.ts";

/*
 * The log: [MS-VHDX] section 2.3. A ring of entries, each a header of 64 bytes, descriptors of 32, and for every data
 * descriptor a sector of 4 KiB. What the active sequence of entries holds counts instead of what stands in the file.
 */

export const logSectorBytes = 4 * KiB;
const entryHeaderBytes = 64;
const descriptorBytes = 32;

/** One change the log makes: 4 KiB of data, or zeros over a range. */
export type LogChange =
  | { readonly kind: "data"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "zero"; readonly offset: number; readonly length: number };

/** A sound entry of the log. */
export interface LogEntry {
  readonly sequence: bigint;
  /** Where in the log the oldest entry of its sequence stands. */
  readonly tail: number;
  readonly length: number;
  /** The file has at least this size, or it has lost its end. */
  readonly flushedBytes: bigint;
  /** The file has this size once the log is replayed. */
  readonly lastBytes: bigint;
  readonly changes: readonly LogChange[];
}

/** Reads entries out of a log held in memory, and counts the bytes looked at. */
export class LogReader {
  readonly #log: Uint8Array;
  readonly #guid: string;
  #budgetBytes: number;

  /** Sound entries do not overlap; four times the log's size leaves room for stale ones. */
  constructor(log: Uint8Array, guid: string) {
    this.#log = log;
    this.#guid = guid;
    this.#budgetBytes = log.length * 4 + 4 * logSectorBytes;
  }

  /** The entry at a place, if a sound one of this log stands there. */
  entryAt(at: number): LogEntry | undefined {
    const header = viewOf(this.#log.subarray(at, at + entryHeaderBytes));
    const length = header.getUint32(8, true);
    const tail = header.getUint32(12, true);
    const sequence = header.getBigUint64(16, true);
    const descriptors = header.getUint32(24, true);
    if (textAt(this.#log, at, 4) !== "loge" || sequence === 0n) return undefined;
    if (length === 0 || length % logSectorBytes !== 0 || length > this.#log.length) return undefined;
    if (tail % logSectorBytes !== 0 || tail >= this.#log.length) return undefined;
    if (guidAt(this.#log, at + 32) !== this.#guid) return undefined;
    if (entryHeaderBytes + descriptors * descriptorBytes > length) return undefined;
    this.#budgetBytes -= length;
    if (this.#budgetBytes < 0) {
      throw new SampanError("IMAGE_CORRUPT", "replaying the log of a VHDX image, whose entries overlap");
    }
    const bytes = this.#around(at, length);
    if (header.getUint32(4, true) !== crc32c(bytes, 4)) return undefined;
    const changes = changesOf(bytes, descriptors, sequence);
    if (!changes) return undefined;
    return {
      sequence,
      tail,
      length,
      flushedBytes: header.getBigUint64(48, true),
      lastBytes: header.getBigUint64(56, true),
      changes,
    };
  }

  /** Bytes of the ring: what reaches past its end goes on at its start. */
  #around(at: number, length: number): Uint8Array {
    const straight = this.#log.subarray(at, Math.min(at + length, this.#log.length));
    if (straight.length === length) return straight;
    return Uint8Array.from(Buffer.concat([straight, this.#log.subarray(0, length - straight.length)]));
  }
}

function changesOf(bytes: Uint8Array, descriptors: number, sequence: bigint): LogChange[] | undefined {
  const view = viewOf(bytes);
  const changes: LogChange[] = [];
  let sector =
    Math.ceil((entryHeaderBytes + descriptors * descriptorBytes) / logSectorBytes) * logSectorBytes;
  for (let index = 0; index < descriptors; index++) {
    const at = entryHeaderBytes + index * descriptorBytes;
    const mark = textAt(bytes, at, 4);
    const offset = Number(view.getBigUint64(at + 16, true));
    if (view.getBigUint64(at + 24, true) !== sequence || offset % logSectorBytes !== 0) return undefined;
    if (mark === "zero") {
      const length = Number(view.getBigUint64(at + 8, true));
      if (length % logSectorBytes !== 0) return undefined;
      changes.push({ kind: "zero", offset, length });
    } else if (mark === "desc") {
      if (sector + logSectorBytes > bytes.length) return undefined;
      const data = dataSector(bytes.subarray(sector, sector + logSectorBytes), bytes.subarray(at), sequence);
      if (!data) return undefined;
      changes.push({ kind: "data", offset, bytes: data });
      sector += logSectorBytes;
    } else return undefined;
  }
  return changes;
}

/** A data sector's first eight and last four bytes stand in its descriptor; in their place it bears a mark and its number. */
function dataSector(sector: Uint8Array, descriptor: Uint8Array, sequence: bigint): Uint8Array | undefined {
  const view = viewOf(sector);
  const high = BigInt(view.getUint32(4, true));
  const low = BigInt(view.getUint32(logSectorBytes - 4, true));
  if (textAt(sector, 0, 4) !== "data" || ((high << 32n) | low) !== sequence) return undefined;
  const bytes = sector.slice();
  bytes.set(descriptor.subarray(8, 16), 0);
  bytes.set(descriptor.subarray(4, 8), logSectorBytes - 4);
  return bytes;
}
