import { KiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { be32, u8 } from "../volumes/fields.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import type { XfsSuperblock } from "./superblock.ts";

/** The log counts in blocks of 512 bytes, whatever the size of a sector. */
const unit = 512;
const recordMagic = 0xfeedbabe;
const unmountFlag = 0x20;
/**
 * A record has at most 256 KiB and eight blocks of header; the last one begins within these before the head. Little more
 * is read of the log.
 */
export const logWindowBytes = 272 * KiB;

/**
 * Refuses with `GUEST_FS_DIRTY` a file system whose log does not end in the record that an unmount writes.
 *
 * The log is a ring: the first word of each block is the number of its turn. The head is where an older turn, or zero,
 * begins; what lies before it was written last. "XFS Algorithms & Data Structures", 3rd edition, "Journaling Log".
 */
export async function checkXfsLogIsDone(
  volume: BlockSource,
  sb: XfsSuperblock,
  signal?: AbortSignal,
): Promise<void> {
  const group = Math.floor(sb.logBlock / 2 ** sb.groupBlockBits);
  const block = group * sb.groupBlocks + (sb.logBlock % 2 ** sb.groupBlockBits);
  if (sb.logBlock === 0) throw dirty("its log is on another device");
  if (block + sb.logBlocks > sb.blocks || sb.logBlocks === 0) throw dirty("its log lies outside");
  const start = block * sb.blockBytes;
  const count = (sb.logBlocks * sb.blockBytes) / unit;
  const cycleAt = async (index: number): Promise<number> => {
    const bytes = await readBytes(volume, start + index * unit, 8, signal);
    return be32(bytes, 0) === recordMagic ? be32(bytes, 4) : be32(bytes, 0);
  };
  const first = await cycleAt(0);
  const last = await cycleAt(count - 1);
  // A log never written to is all zero: nothing is in it.
  if (first === 0 && last === 0) throw dirty("its log is empty");
  let head = count;
  if (first !== last) {
    let low = 0;
    let high = count - 1;
    // Blocks up to `low` are of the first's turn, from `high` on they are not.
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((await cycleAt(middle)) === first) low = middle;
      else high = middle;
    }
    head = high;
    if (last !== 0 && last !== first - 1) throw dirty("the turns of its log do not follow each other");
  }
  const from = Math.max(0, head - logWindowBytes / unit);
  const window = await readBytes(volume, start + from * unit, (head - from) * unit, signal);
  for (let index = head - from - 1; index >= 0; index--) {
    const at = index * unit;
    if (be32(window, at) !== recordMagic) continue;
    if (endsInUnmount(window, at, first)) return;
    throw dirty("its log ends in a change");
  }
  throw dirty("the end of its log was not found");
}

/** Whether the record at `at` is the one an unmount writes, and reaches to the end of `window`. */
function endsInUnmount(window: Uint8Array, at: number, cycle: number): boolean {
  const version = be32(window, at + 8);
  const sizeBytes = be32(window, at + 320);
  const headers = (version & 2) !== 0 && sizeBytes > 32 * KiB ? Math.ceil(sizeBytes / (32 * KiB)) : 1;
  const data = at + headers * unit;
  const end = data + Math.ceil(be32(window, at + 12) / unit) * unit;
  return (
    be32(window, at + 4) === cycle &&
    end === window.length &&
    be32(window, at + 40) === 1 &&
    // The flags of the one operation.
    (u8(window, data + 9) & unmountFlag) !== 0
  );
}

function dirty(what: string): SampanError {
  return new SampanError(
    "GUEST_FS_DIRTY",
    `reading the free space of XFS that was not unmounted cleanly: ${what}`,
  );
}
