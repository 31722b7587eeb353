import { SampanError } from "@sampan/core";
import { le16, le64 } from "../volumes/fields.ts";
import { corruptBtrfs } from "./superblock.ts";

interface Chunk {
  readonly address: number;
  readonly length: number;
  /** Where it lies on this device; `null` when it does not lie here in one piece. */
  readonly offset: number | null;
}

const headBytes = 48;
const stripeBytes = 32;
/** RAID 0, 10, 5 and 6: bytes alternate between devices. */
const striped = 0x8 | 0x40 | 0x80 | 0x100;
/** As many as a file system of some 64 TiB has. */
const maxChunks = 65_536;

/** Where logical addresses lie on a device: a file system is laid out in chunks, each with one copy or more. */
export class ChunkMap {
  readonly #device: number;
  /** In order of their addresses. */
  #chunks: Chunk[] = [];

  constructor(device: number) {
    this.#device = device;
  }

  /** Takes in a chunk from its item; returns how many bytes that has. A chunk that is known already changes nothing. */
  add(address: number, item: Uint8Array): number {
    const length = le64(item, 0);
    const kind = le64(item, 24);
    const count = le16(item, 44);
    const bytes = headBytes + count * stripeBytes;
    if (count === 0 || bytes > item.length || length === 0)
      throw corruptBtrfs(`chunk ${address} makes no sense`);
    const place = this.#placeOf(address);
    if (this.#chunks[place - 1]?.address === address) return bytes;
    let offset: number | null = null;
    if (count === 1 || (kind & striped) === 0) {
      for (let at = headBytes; at < bytes && offset === null; at += stripeBytes) {
        if (le64(item, at) === this.#device) offset = le64(item, at + 8);
      }
    }
    if (this.#chunks.length >= maxChunks) throw corruptBtrfs("it has more chunks than are read");
    this.#chunks.splice(place, 0, { address, length, offset });
    return bytes;
  }

  /** Where on the device a run of bytes lies. */
  offsetOf(address: number, length: number): number {
    const chunk = this.#chunks[this.#placeOf(address) - 1];
    if (chunk === undefined || address + length > chunk.address + chunk.length) {
      throw corruptBtrfs(`nothing lies at address ${address}`);
    }
    if (chunk.offset === null) {
      throw new SampanError(
        "GUEST_FS_UNSUPPORTED",
        "reading Btrfs: its bytes are spread over several devices",
      );
    }
    return chunk.offset + address - chunk.address;
  }

  /** Index of the first chunk that begins behind an address. */
  #placeOf(address: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#chunks[middle] as Chunk).address <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
