// Speeds of parts: reading a raw source, and the checksum of uploads.
import { randomBytes } from "node:crypto";
import { crc64 } from "@sampan/core";
import { openFileSource } from "@sampan/image";
import { cost, median } from "./measure.mjs";

const MiB = 1024 ** 2;

/** Bytes a second at which a source reads a file from the page cache, four pieces of 1 MiB at once, beside `cat FILE`. */
export async function readSpeed(path, pairs) {
  const runs = [];
  for (let index = 0; index <= pairs; index++) {
    const source = await openFileSource(path, { findHoles: false });
    const startedAt = performance.now();
    let next = 0;
    const work = async () => {
      const buffer = new Uint8Array(MiB);
      while (next < source.sizeBytes) {
        const offset = next;
        const length = Math.min(MiB, source.sizeBytes - offset);
        next += length;
        await source.read({ offset, length }, buffer.subarray(0, length));
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    const seconds = (performance.now() - startedAt) / 1000;
    await source.close();
    const cat = cost("sh", ["-c", 'cat "$0" >/dev/null', path]).seconds;
    // The first run fills the page cache.
    if (index > 0) runs.push({ ours: source.sizeBytes / seconds, cat: source.sizeBytes / cat });
  }
  return {
    ratio: median(runs.map((run) => run.ours / run.cat)),
    bytesPerSecond: median(runs.map((run) => run.ours)),
    catBytesPerSecond: median(runs.map((run) => run.cat)),
  };
}

/** Bytes a second of the CRC-64 that uploads use, in parts of 8 MiB, best of several. */
export async function crcSpeed() {
  const part = randomBytes(8 * MiB);
  let best = 0;
  for (let index = 0; index < 20; index++) {
    const startedAt = performance.now();
    crc64(part);
    best = Math.max(best, part.length / ((performance.now() - startedAt) / 1000));
  }
  return best;
}
