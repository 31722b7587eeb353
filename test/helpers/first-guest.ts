import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";

const asset = fileURLToPath(new URL("../../packages/repl/assets/first-guest.qcow2.gz", import.meta.url));

/** Unpacks the small Debian guest of `sampan demo` to `path`, a QCOW2 file. */
export async function writeFirstGuest(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  if (!existsSync(path)) {
    const unfinished = `${path}.${process.pid}`;
    await pipeline(createReadStream(asset), createGunzip(), createWriteStream(unfinished));
    await rename(unfinished, path);
  }
  return path;
}
