import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { cancelledError, rangeEnd, SampanError } from "@sampan/core";
import type { WritableVolume } from "../volumes/volume-source.ts";

/** One change to an ext volume. Paths are inside the volume, with no link on the way. */
export type ExtChange =
  | { readonly type: "makeDirectory"; readonly path: string; readonly mode: number }
  /** `mode` is `null` for a file that exists: owner and mode stay. */
  | {
      readonly type: "write";
      readonly path: string;
      readonly bytes: Uint8Array;
      readonly mode: number | null;
      /** Puts a new file of the same owner and mode in the place of one that exists, without its extended attributes. */
      readonly anew?: boolean;
    }
  | { readonly type: "remove"; readonly path: string }
  | { readonly type: "link"; readonly path: string; readonly target: string };

/** The writer is given up when it computes this long without asking for the disk. */
const silenceMs = 10_000;
/** No set of fix-ups needs more accesses than this. */
const maxAccesses = 100_000;

/*
 * libext2fs runs in a worker of its own: its module keeps global state that two callers would mix up, a trap in it
 * cannot be recovered from in the same thread, and a loop in it can only be ended by ending the thread. The worker is
 * plain text because it must run both from sources and from the built package.
 */
const workerSource = `
"use strict";
const { parentPort, workerData } = require("node:worker_threads");
const waiting = new Map();
let next = 1;
parentPort.on("message", ({ id, bytes, failed }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (failed) reject(new Error("disk access failed")); else resolve(bytes);
});
function ask(request) {
  const id = next++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    parentPort.postMessage({ ...request, id });
  });
}
const disk = {
  async read(buffer, bufferOffset, length, offset) {
    const bytes = await ask({ type: "read", offset, length });
    buffer.set(bytes, bufferOffset);
    return { bytesRead: length, buffer };
  },
  async write(buffer, bufferOffset, length, offset) {
    const bytes = Uint8Array.from(buffer.subarray(bufferOffset, bufferOffset + length));
    await ask({ type: "write", offset, bytes });
    return { bytesWritten: length, buffer };
  },
  async flush() {},
  async discard() {},
};
async function main() {
  const ext2fs = require(workerData.library);
  const volume = await ext2fs.mount(disk, 0);
  const fs = volume.promises;
  for (const change of workerData.changes) {
    try {
      switch (change.type) {
        case "makeDirectory":
          await fs.mkdir(change.path, change.mode);
          break;
        case "remove":
          await fs.unlink(change.path);
          break;
        case "link":
          await fs.symlink(change.target, change.path);
          break;
        case "write": {
          const old = change.anew ? await fs.lstat(change.path) : undefined;
          if (old) await fs.unlink(change.path);
          const handle = await fs.open(change.path, "w", change.mode ?? 0o644);
          try {
            const bytes = Buffer.from(change.bytes);
            for (let at = 0; at < bytes.length; ) {
              const piece = bytes.subarray(at, at + 65536);
              const { bytesWritten } = await handle.write(piece, 0, piece.length, at);
              if (!(bytesWritten > 0)) throw new Error("no room is left");
              at += bytesWritten;
            }
            if (old) await handle.chown(old.uid, old.gid);
            if (old) await handle.chmod(old.mode & 0o7777);
            if (change.mode !== null) await handle.chmod(change.mode);
          } finally {
            await handle.close();
          }
        }
      }
    } catch (error) {
      throw new Error(change.path + ": " + (error.code || error.message));
    }
  }
  await ext2fs.umount(volume);
  parentPort.postMessage({ type: "done" });
  parentPort.close();
}
main().catch((error) => {
  parentPort.postMessage({ type: "failed", message: String(error && error.message) });
  parentPort.close();
});
`;

type Message =
  | { readonly type: "read"; readonly id: number; readonly offset: number; readonly length: number }
  | { readonly type: "write"; readonly id: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly message: string };

/**
 * Makes changes to an ext volume of an overlay.
 *
 * The volume must be clean and its bitmaps sound: check with `readFreeRanges` before. Accesses outside the volume are
 * refused. Throws `GUEST_PATCH_FAILED` when a change cannot be made (no room, for example) or the library hangs or
 * crashes; its overlay is then in an undefined state and must be thrown away.
 */
export async function writeExtChanges(
  volume: WritableVolume,
  changes: readonly ExtChange[],
  signal?: AbortSignal,
): Promise<void> {
  const library = createRequire(import.meta.url).resolve("ext2fs");
  const worker = new Worker(workerSource, {
    eval: true,
    workerData: { library, changes },
    stdout: true,
    stderr: true,
    execArgv: [],
  });
  let accesses = 0;
  const access = async (message: Extract<Message, { id: number }>): Promise<Uint8Array | undefined> => {
    const length = message.type === "read" ? message.length : message.bytes.length;
    const range = { offset: message.offset, length };
    if (message.offset < 0 || rangeEnd(range) > volume.sizeBytes) {
      throw failed(`it reached for ${length} bytes at ${message.offset}, outside the volume`);
    }
    if (message.type === "write") {
      await volume.write(range, message.bytes);
      return undefined;
    }
    const bytes = new Uint8Array(length);
    await volume.read(range, bytes, signal);
    return bytes;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(() => reject(failed(`it gave no sign of life for ${silenceMs} ms`)), silenceMs);
      };
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        settle();
      };
      signal?.addEventListener("abort", () => finish(() => reject(cancelledError(signal.reason))), {
        once: true,
      });
      worker.on("error", (error) => finish(() => reject(failed(error.message, error))));
      worker.on("exit", () => finish(() => reject(failed("it ended without a word"))));
      worker.on("message", (message: Message) => {
        if (message.type === "done") return finish(resolve);
        if (message.type === "failed") return finish(() => reject(failed(message.message)));
        if (++accesses > maxAccesses)
          return finish(() => reject(failed(`it asked for the disk ${accesses} times`)));
        clearTimeout(timer);
        access(message).then(
          (bytes) => {
            worker.postMessage({ id: message.id, bytes });
            watch();
          },
          (error: unknown) => finish(() => reject(error)),
        );
      });
      watch();
      if (signal?.aborted) finish(() => reject(cancelledError(signal.reason)));
    });
  } finally {
    await worker.terminate();
  }
}

function failed(what: string, cause?: unknown): SampanError {
  return new SampanError("GUEST_PATCH_FAILED", `writing to the copy of an ext volume: ${what}`, { cause });
}
