import { createHash } from "node:crypto";
import { SampanError } from "@sampan/core";
import { latin1, textAt, viewOf } from "../io/buffers.ts";
import { isZero } from "../io/zeros.ts";
import { type DirtyBlocks, overlayBlockBytes } from "./dirty-blocks.ts";

/*
 * A saved overlay, little-endian:
 *
 *    0  8  "SAMPANOV"
 *    8  4  version, 1
 *   12  4  bytes of a block, 4096
 *   16  8  bytes of the base
 *   24  8  number of runs
 *   32 32  SHA-256 of everything else: bytes 0 to 31, then 64 to the end
 *   64 16  for each run, in ascending order: first block (8), count of blocks (4), 0 = all zero or 1 = stored (4)
 *          then the bytes of all stored runs, in order, nothing between them; the last block of a disk may be short
 *
 * Equal changes have one form only: neighbouring blocks of one kind are one run.
 */

const headBytes = 64;
const runBytes = 16;
const magic = "SAMPANOV";
const version = 1;
const maximumBlocks = 2 ** 22;

interface Run {
  readonly first: number;
  count: number;
  readonly stored: boolean;
}

/** Writes changed blocks in the form above. */
export function serialiseOverlay(blocks: DirtyBlocks, baseBytes: number): Uint8Array {
  const runs: Run[] = [];
  const stored: Uint8Array[] = [];
  for (const [number, block] of [...blocks].sort(([a], [b]) => a - b)) {
    const isStored = !isZero(block);
    const last = runs[runs.length - 1];
    // A count has 32 bits, which is 16 TiB of changes in a row; memory ends long before.
    if (last && last.stored === isStored && last.first + last.count === number) last.count++;
    else runs.push({ first: number, count: 1, stored: isStored });
    if (isStored) stored.push(block);
  }
  const head = new Uint8Array(headBytes + runs.length * runBytes);
  const view = viewOf(head);
  head.set(latin1(magic), 0);
  view.setUint32(8, version, true);
  view.setUint32(12, overlayBlockBytes, true);
  view.setBigUint64(16, BigInt(baseBytes), true);
  view.setBigUint64(24, BigInt(runs.length), true);
  runs.forEach((run, index) => {
    const at = headBytes + index * runBytes;
    view.setBigUint64(at, BigInt(run.first), true);
    view.setUint32(at + 8, run.count, true);
    view.setUint32(at + 12, run.stored ? 1 : 0, true);
  });
  const saved = new Uint8Array(head.length + stored.reduce((sum, block) => sum + block.length, 0));
  saved.set(head);
  let position = head.length;
  for (const block of stored) {
    saved.set(block, position);
    position += block.length;
  }
  saved.set(digestOf(saved), 32);
  return saved;
}

/** Reads the form above; anything wrong with it is `IMAGE_CORRUPT`. The blocks are views of `saved`, which must not change. */
export function parseOverlay(saved: Uint8Array, baseBytes: number): Map<number, Uint8Array> {
  if (saved.length < headBytes || textAt(saved, 0, 8) !== magic) throw corrupt("it does not begin like one");
  const view = viewOf(saved);
  if (view.getUint32(8, true) !== version)
    throw corrupt(`its version is ${view.getUint32(8, true)}, not ${version}`);
  if (view.getUint32(12, true) !== overlayBlockBytes) throw corrupt("its blocks have another size");
  if (!digestOf(saved).every((byte, index) => byte === saved[32 + index]))
    throw corrupt("its digest is wrong");
  const madeFor = view.getBigUint64(16, true);
  if (madeFor !== BigInt(baseBytes))
    throw corrupt(`it was made over ${madeFor} bytes and is laid over ${baseBytes}`);
  const runCount = view.getBigUint64(24, true);
  if (runCount > BigInt(Math.floor((saved.length - headBytes) / runBytes)))
    throw corrupt("it has too many runs");
  const blocks = new Map<number, Uint8Array>();
  const blockCount = Math.ceil(baseBytes / overlayBlockBytes);
  const zeros = new Uint8Array(overlayBlockBytes);
  let position = headBytes + Number(runCount) * runBytes;
  let next = 0;
  for (let index = 0; index < Number(runCount); index++) {
    const at = headBytes + index * runBytes;
    const first = view.getBigUint64(at, true);
    const count = view.getUint32(at + 8, true);
    const stored = view.getUint32(at + 12, true) === 1;
    if (first < BigInt(next) || count === 0 || first + BigInt(count) > BigInt(blockCount)) {
      throw corrupt(`run ${index} is out of order or past the end`);
    }
    next = Number(first) + count;
    // A few bytes can claim any number of zero blocks.
    if (blocks.size + count > maximumBlocks) throw corrupt("it holds more than 16 GiB of changes");
    for (let number = Number(first); number < next; number++) {
      const length = Math.min(overlayBlockBytes, baseBytes - number * overlayBlockBytes);
      if (stored && position + length > saved.length) throw corrupt("it ends too early");
      blocks.set(number, stored ? saved.subarray(position, position + length) : zeros.subarray(0, length));
      if (stored) position += length;
    }
  }
  if (position !== saved.length) throw corrupt("bytes are left over");
  return blocks;
}

function digestOf(saved: Uint8Array): Uint8Array {
  return createHash("sha256").update(saved.subarray(0, 32)).update(saved.subarray(headBytes)).digest();
}

function corrupt(why: string): SampanError {
  return new SampanError("IMAGE_CORRUPT", `opening a saved overlay: ${why}`, {
    hint: "Make the patch again from the original disk.",
  });
}
