import { GiB, MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { readBytes } from "../read-bytes.ts";
import { zeroGuid } from "./guid.ts";
import type { VhdxHeader } from "./headers.ts";
import { type LogChange, type LogEntry, LogReader, logSectorBytes } from "./log-entries.ts";
import { PatchedContainer } from "./patched-container.ts";

/** Every writer known makes logs of 1 MiB. */
const maximumLogBytes = 32 * MiB;
/** A log holds changes to tables and a little growth; a file that would grow by more was made up. */
const maximumGrowthBytes = 4 * GiB;
/** A log of this size full of data sectors has 8,192; zero ranges, which take no sector, are few. */
const maximumChanges = 32_768;

/**
 * The container as it is once its log is replayed, in memory: nothing is written. The container itself when the log is empty.
 *
 * [MS-VHDX] section 2.3.3: of all runs of entries with consecutive numbers that hold their own tail, the one with the highest
 * number counts, and from the tail on.
 *
 * @throws `IMAGE_CORRUPT` when the header says that there is a log and none is sound.
 */
export async function replayLog(
  container: BlockSource,
  header: VhdxHeader,
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly container: BlockSource; readonly replayed: boolean }> {
  if (header.logGuid === zeroGuid) return { container, replayed: false };
  const { logOffset, logBytes } = header;
  if (logBytes === 0 || logBytes > maximumLogBytes || logBytes % MiB !== 0 || logOffset % MiB !== 0) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${path}: its VHDX log has ${logBytes} bytes at ${logOffset}`,
      {
        details: { path, logBytes, logOffset },
      },
    );
  }
  const log = await readBytes(container, logOffset, logBytes, "the VHDX log", signal);
  const entries = activeSequence(new LogReader(log, header.logGuid), logBytes);
  const head = entries.at(-1);
  if (!head) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${path}: its VHDX log should be replayed and holds no sound entry`,
      {
        hint: "The image was in use when it was copied. Copy it again when nothing writes to it.",
        details: { path, logOffset },
      },
    );
  }
  const { flushedBytes, lastBytes } = head;
  const sizeBytes = BigInt(container.sizeBytes);
  if (flushedBytes > sizeBytes || lastBytes > sizeBytes + BigInt(maximumGrowthBytes)) {
    throw new SampanError(
      "IMAGE_TRUNCATED",
      `opening ${path}: its VHDX log is for a file of ${flushedBytes} bytes and it has ${container.sizeBytes}`,
      { details: { path, fileSizeBytes: container.sizeBytes, flushedBytes: String(flushedBytes) } },
    );
  }
  const grownBytes = Math.max(container.sizeBytes, Number(lastBytes));
  const changes = entries.flatMap((entry): readonly LogChange[] => entry.changes);
  if (changes.length > maximumChanges) {
    throw new SampanError("IMAGE_CORRUPT", `opening ${path}: its VHDX log holds ${changes.length} changes`, {
      details: { path, changes: changes.length },
    });
  }
  return { container: new PatchedContainer(container, grownBytes, changes), replayed: true };
}

/** The entries to replay, oldest first; empty when no run of entries is sound. */
function activeSequence(reader: LogReader, logBytes: number): LogEntry[] {
  let best: { readonly places: readonly number[]; readonly entries: readonly LogEntry[] } | undefined;
  for (let start = 0; start < logBytes; ) {
    const run = runFrom(reader, start, logBytes);
    const head = run.entries.at(-1);
    if (head && run.places.includes(head.tail)) {
      const number = best?.entries.at(-1)?.sequence ?? 0n;
      if (head.sequence > number) best = run;
    }
    // A run's own entries begin no better one.
    const walked = run.entries.reduce((sum, entry) => sum + entry.length, 0);
    start += Math.max(walked, logSectorBytes);
  }
  if (!best) return [];
  const tail = best.entries.at(-1)?.tail ?? 0;
  return best.entries.slice(best.places.indexOf(tail));
}

function runFrom(reader: LogReader, start: number, logBytes: number) {
  const places: number[] = [];
  const entries: LogEntry[] = [];
  let at = start;
  for (let walked = 0; walked < logBytes; ) {
    const entry = reader.entryAt(at);
    const before = entries.at(-1);
    if (!entry || (before && entry.sequence !== before.sequence + 1n)) break;
    if (walked + entry.length > logBytes) break;
    places.push(at);
    entries.push(entry);
    walked += entry.length;
    at = (at + entry.length) % logBytes;
  }
  return { places, entries };
}
