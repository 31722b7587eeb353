import { MiB, SampanError, throwIfCancelled } from "@sampan/core";
import { AllocationMap, type BlockSource } from "@sampan/image";

const pieceBytes = 4 * MiB;

/**
 * Compares a written disk with the one it was made from, byte by byte, wherever either has data; what both call a hole is
 * zero in both. The written one may be longer: its rest must be zero.
 *
 * @throws `COMMAND_VERIFY_FAILED` naming the first offset that differs; whatever reading throws.
 */
export async function compareDisks(
  expected: BlockSource,
  written: BlockSource,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
  } = {},
): Promise<void> {
  const { signal } = options;
  if (written.sizeBytes < expected.sizeBytes) {
    throw new SampanError(
      "COMMAND_VERIFY_FAILED",
      `comparing the written disk: it has ${written.sizeBytes} bytes, its source ${expected.sizeBytes}`,
    );
  }
  const writtenMap = await AllocationMap.read(written, signal);
  const expectedMap = await AllocationMap.read(expected, signal);
  const padded = AllocationMap.ofData(
    written.sizeBytes,
    expectedMap.extents.filter((extent) => extent.kind === "data"),
  );
  const map = writtenMap.union(padded);
  const mine = new Uint8Array(pieceBytes);
  const theirs = new Uint8Array(pieceBytes);
  let done = 0;
  for (const extent of map.extents) {
    if (extent.kind !== "data") continue;
    for (let at = extent.offset; at < extent.offset + extent.length; ) {
      throwIfCancelled(signal);
      const length = Math.min(pieceBytes, extent.offset + extent.length - at);
      const a = mine.subarray(0, length).fill(0);
      const b = theirs.subarray(0, length);
      const inside = Math.max(0, Math.min(length, expected.sizeBytes - at));
      await Promise.all([
        inside > 0 ? expected.read({ offset: at, length: inside }, a.subarray(0, inside), signal) : undefined,
        written.read({ offset: at, length }, b, signal),
      ]);
      if (Buffer.compare(a, b) !== 0) throw difference(at, a, b);
      at += length;
      done += length;
      options.onProgress?.(done, map.dataBytes);
    }
  }
}

function difference(base: number, a: Uint8Array, b: Uint8Array): SampanError {
  const offset = base + a.findIndex((byte, index) => byte !== b[index]);
  return new SampanError(
    "COMMAND_VERIFY_FAILED",
    `comparing the written disk: byte ${offset} differs from its source`,
    {
      details: { offset },
    },
  );
}
