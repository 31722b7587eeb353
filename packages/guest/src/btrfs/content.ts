import { inflateSync } from "node:zlib";
import { SampanError } from "@sampan/core";
import { ByteStream } from "../unpack/byte-stream.ts";
import { unpackLzoBlock } from "../unpack/lzo.ts";
import { unzstd } from "../unpack/zstd.ts";
import { le32, u8 } from "../volumes/fields.ts";
import { corruptBtrfs } from "./superblock.ts";

/** What is packed as one piece has at most this many bytes, packed or not. */
export const maxPackedBytes = 128 * 1024;

/** Unpacks what Btrfs packed: `length` bytes, or fewer at the end of a file. */
export async function unpackExtent(
  packing: number,
  packed: Uint8Array,
  length: number,
  sectorBytes: number,
): Promise<Uint8Array> {
  if (length > maxPackedBytes) throw corruptBtrfs(`a packed extent of ${length} bytes`);
  const out = new Uint8Array(length);
  try {
    if (packing === 1) {
      const bytes = inflateSync(packed, { maxOutputLength: maxPackedBytes });
      out.set(bytes.subarray(0, length));
    } else if (packing === 2) unpackLzoSectors(packed, out, sectorBytes);
    else if (packing === 3) {
      let at = 0;
      for await (const piece of unzstd(new ByteStream(once(packed)))) {
        const part = piece.subarray(0, length - at);
        out.set(part, at);
        at += part.length;
        if (at === length) break;
      }
    } else throw new SampanError("GUEST_FS_UNSUPPORTED", `reading Btrfs: a file packed in way ${packing}`);
  } catch (error) {
    if (error instanceof SampanError) throw error;
    throw corruptBtrfs("a packed extent that cannot be unpacked");
  }
  return out;
}

/**
 * LZO as Btrfs has it: the length of all, then a block for each sector of the file with its length before it. Such a
 * length never crosses into another sector of the packed bytes.
 */
function unpackLzoSectors(packed: Uint8Array, out: Uint8Array, sectorBytes: number): void {
  const end = Math.min(le32(packed, 0), packed.length);
  let at = 4;
  for (let to = 0; to < out.length && at + 4 <= end; ) {
    if (sectorBytes - (at % sectorBytes) < 4) at += sectorBytes - (at % sectorBytes);
    const length = le32(packed, at);
    at += 4;
    if (length === 0 || at + length > end) throw new Error("an lzo block leaves its extent");
    const sector = out.subarray(to, to + sectorBytes);
    const given = unpackLzoBlock(packed.subarray(at, at + length), sector);
    if (given === 0) throw new Error("an lzo block gives nothing");
    to += given;
    at += length;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Whether an extent's item says that its bytes are not as they are: encrypted, or in an unknown encoding. */
export function isEncoded(item: Uint8Array): boolean {
  return u8(item, 17) !== 0 || u8(item, 18) !== 0 || u8(item, 19) !== 0;
}
