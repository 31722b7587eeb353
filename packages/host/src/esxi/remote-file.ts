import {
  assertRangeWithin,
  type ByteRange,
  MiB,
  rangeEnd,
  SampanError,
  throwIfCancelled,
} from "@sampan/core";
import { type BlockSource, withCache, withRetry } from "@sampan/image";
import type { Shell } from "../connection/shell.ts";

/** What a file of a datastore is. */
export interface RemoteFileFacts {
  /** With every link followed. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/**
 * Constant scripts; names come as arguments. `cd -P` follows links of folders, which every datastore's name is, and `readlink` a link
 * in the last place.
 */
const factsScript = `[ -f "$1" ] || exit 44
path=$1
[ ! -L "$path" ] || path=$(readlink -f "$path") || exit 45
folder=$(cd -P "$(dirname "$path")" && pwd -P) || exit 45
stat -c '%s %Y' "$path" || exit 46
printf '%s/%s' "\${folder%/}" "$(basename "$path")"`;

const folderScript = 'cd -P "$1" 2>/dev/null || exit 44; pwd -P';

/** Blocks of `dd`: VMFS reads well by them, and every copy of it knows the words. */
const blockBytes = 64 * 1024;
const readScript = `exec dd if="$1" bs=${blockBytes} skip="$2" count="$3" 2>/dev/null`;
/** As much as one command reads. */
const pieceBytes = 4 * MiB;

/** Looks at a file; `undefined` when there is none. */
export async function remoteFileFacts(
  shell: Shell,
  path: string,
  signal?: AbortSignal,
): Promise<RemoteFileFacts | undefined> {
  const { exitCode, stdout, stderr } = await shell.script(factsScript, [path], signal ? { signal } : {});
  if (exitCode === 44) return undefined;
  const said = new TextDecoder().decode(stdout);
  const [, size, modified, real] = /^(\d{1,16}) (\d{1,12})\n(\/.+)$/s.exec(said) ?? [];
  if (exitCode !== 0 || real === undefined) {
    throw new SampanError(
      "HOST_COMMAND_FAILED",
      `looking at ${path} on ${shell.title}: ${stderr.slice(0, 300)}`,
      {
        details: { path, exitCode },
      },
    );
  }
  return { path: real, sizeBytes: Number(size), modified: Number(modified) };
}

/** A folder's path with every link followed; `undefined` when there is none. */
export async function remoteFolder(
  shell: Shell,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { exitCode, stdout } = await shell.script(folderScript, [path], signal ? { signal } : {});
  return exitCode === 0 ? new TextDecoder().decode(stdout).replace(/\n$/, "") : undefined;
}

/**
 * A file of a datastore as a block source, read by `dd` over the connection: nothing is installed. Four megabytes a command, kept for
 * a while, so that small reads near each other take one.
 *
 * Reads end in `HOST_DISK_LOCKED` when a running machine holds the file, `HOST_SOURCE_CHANGED` when it has become shorter or is gone.
 */
export function openRemoteFile(shell: Shell, facts: RemoteFileFacts): BlockSource {
  const { path, sizeBytes } = facts;
  let closed = false;
  const source: BlockSource = {
    sizeBytes,
    features: { extents: "none", stable: true },
    async read(range, into, signal) {
      assertRangeWithin(range, sizeBytes, into.length);
      throwIfCancelled(signal);
      if (closed) throw new SampanError("IMAGE_UNREADABLE", `reading ${path}, which has been closed`);
      for (let at = range.offset; at < rangeEnd(range); ) {
        const first = Math.floor(at / blockBytes);
        const end = Math.min(rangeEnd(range), first * blockBytes + pieceBytes);
        const count = Math.ceil(end / blockBytes) - first;
        const expected = Math.min(count * blockBytes, sizeBytes - first * blockBytes);
        const bytes = await readBlocks(first, count, expected, signal);
        const skip = at - first * blockBytes;
        into.set(bytes.subarray(skip, skip + end - at), at - range.offset);
        at = end;
      }
    },
    async *extents(range: ByteRange = { offset: 0, length: sizeBytes }, signal?: AbortSignal) {
      assertRangeWithin(range, sizeBytes);
      throwIfCancelled(signal);
      if (range.length > 0) yield { ...range, kind: "data" as const };
    },
    async close() {
      closed = true;
    },
  };
  return withCache(withRetry(source), { blockBytes: pieceBytes, maximumBytes: 8 * pieceBytes });

  async function readBlocks(
    first: number,
    count: number,
    expected: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const { exitCode, stdout } = await shell.script(readScript, [path, String(first), String(count)], {
      maxOutputBytes: count * blockBytes,
      ...(signal && { signal }),
    });
    if (exitCode === 0 && stdout.length === expected) return stdout;
    throw await whyNot(first * blockBytes, stdout.length, signal);
  }

  /** Asks once more, for what went wrong: `dd` says it in words that differ between systems. */
  async function whyNot(offset: number, got: number, signal: AbortSignal | undefined): Promise<SampanError> {
    const doing = `reading ${path} at ${offset} on ${shell.title}`;
    const details = { path, offset, got };
    const now = await remoteFileFacts(shell, path, signal);
    if (now === undefined || now.sizeBytes < sizeBytes) {
      const how = now === undefined ? "it is there no more" : `it has ${now.sizeBytes} of ${sizeBytes} bytes`;
      return new SampanError("HOST_SOURCE_CHANGED", `${doing}: ${how}`, { details });
    }
    const probe = await shell.script(
      'exec dd if="$1" of=/dev/null bs=512 count=1',
      [path],
      signal ? { signal } : {},
    );
    if (probe.exitCode !== 0 && /busy|lock/i.test(probe.stderr)) {
      return new SampanError("HOST_DISK_LOCKED", `${doing}: a machine that runs holds it`, { details });
    }
    const why = probe.exitCode === 0 ? `${got} bytes came` : probe.stderr.split("\n")[0]?.slice(0, 300);
    return new SampanError("HOST_COMMAND_FAILED", `${doing}: ${why}`, { details, retryable: true });
  }
}
