// One reading of the benchmark as a program of its own: a whole disk over SSH, in the pieces and as many at a time as a capture takes.
import { openRemoteDisk, openSshShell } from "@sampan/host";

const pieceBytes = 2 * 1024 ** 2;
const atOnce = 8;
const { target, path, sizeBytes } = JSON.parse(process.argv[2]);
const shell = await openSshShell(target);
const source = await openRemoteDisk(shell, { path, sizeBytes, compression: "none" });
let next = 0;
const read = async () => {
  const into = new Uint8Array(pieceBytes);
  while (next < sizeBytes) {
    const offset = next;
    const length = Math.min(pieceBytes, sizeBytes - offset);
    next += length;
    await source.read({ offset, length }, into.subarray(0, length));
    if (Buffer.from(into.buffer).readDoubleLE(0) !== offset && offset % (2 * pieceBytes) === 0) {
      throw new Error(`other bytes at ${offset}`);
    }
  }
};
await Promise.all(Array.from({ length: atOnce }, read));
await source.close();
await shell.close();
