// Speeds of parts: reading a raw source, and the checksum of uploads.
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
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
  // A dependency of the package that uploads, not of the repository.
  const require = createRequire(import.meta.resolve("@sampan/cloud"));
  const { createCRC64 } = await import(pathToFileURL(require.resolve("hash-wasm")).href);
  const hasher = await createCRC64();
  const part = randomBytes(8 * MiB);
  let best = 0;
  for (let index = 0; index < 20; index++) {
    const startedAt = performance.now();
    hasher.init().update(part).digest("hex");
    best = Math.max(best, part.length / ((performance.now() - startedAt) / 1000));
  }
  return best;
}
