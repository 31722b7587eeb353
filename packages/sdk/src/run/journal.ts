import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { eventVersion, type RunEvent, SampanError } from "@sampan/core";
import { isRunEvent } from "./event-schema.ts";
import { journalFailed } from "./journal-failed.ts";

/*
 * The journal is a file of JSON lines, one RunEvent a line, in the order they happened; `stage.progress` is not kept.
 * A line counts once its newline is on disk. A last line without a newline, or one that does not parse, was being
 * written when the machine or the process died: it is cut off when the journal is opened again.
 */

export const journalName = "journal.ndjson";

/** Reads the events of a journal, leaving a torn last line out. `RUN_JOURNAL_CORRUPT` when a line before it is not one of ours. */
export function readJournal(folder: string): readonly RunEvent[] {
  return parseJournal(readJournalBytes(folder), folder).events;
}

/**
 * Reads a journal that somebody else goes on writing: each call gives what is new since the one before.
 *
 * @throws `RUN_JOURNAL_CORRUPT` as {@link readJournal}.
 */
export function journalReader(folder: string): () => readonly RunEvent[] {
  let position = 0;
  let lines = 0;
  return () => {
    const { events, goodBytes } = parseJournal(readJournalBytes(folder, position), folder, {
      offset: position,
      lines,
    });
    position += goodBytes;
    lines += events.length;
    return events;
  };
}

function readJournalBytes(folder: string, from = 0): Buffer {
  let file: number | undefined;
  try {
    file = openSync(join(folder, journalName), constants.O_RDONLY);
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - from));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw new SampanError("RUN_JOURNAL_CORRUPT", `reading the journal in ${folder}`, { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The whole lines of a piece of a journal that begins after `before`. */
function parseJournal(
  bytes: Buffer,
  folder: string,
  before = { offset: 0, lines: 0 },
): { events: RunEvent[]; goodBytes: number } {
  const events: RunEvent[] = [];
  let position = 0;
  while (position < bytes.length) {
    const newline = bytes.indexOf(10, position);
    if (newline === -1) break;
    const line = bytes.toString("utf8", position, newline);
    const event = parseLine(line);
    if (event === undefined) {
      // Only the last line can be torn: a crash may leave garbage of the length it had.
      if (newline === bytes.length - 1) break;
      throw new SampanError(
        "RUN_JOURNAL_CORRUPT",
        `reading line ${before.lines + events.length + 1} of the journal in ${folder}: it is no event of version ${eventVersion}`,
        { details: { offset: before.offset + position } },
      );
    }
    events.push(event);
    position = newline + 1;
  }
  return { events, goodBytes: position };
}

function parseLine(line: string): RunEvent | undefined {
  try {
    const event: unknown = JSON.parse(line);
    return isRunEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

/** An open journal: what it held, and a way to add to it. */
export interface Journal {
  readonly events: readonly RunEvent[];
  /**
   * Adds events; they are on disk when the promise resolves. `RUN_JOURNAL_FAILED` when they are not, and from then on always: what
   * a disk that has lost a record says of later ones cannot be believed.
   */
  append(events: readonly RunEvent[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the journal of a run's folder for adding, cutting off a torn last line. Its file is made when there is none. Another
 * `openFile` is for tests of disks that fail.
 */
export async function openJournal(folder: string, openFile: typeof open = open): Promise<Journal> {
  const parsed = parseJournal(readJournalBytes(folder), folder);
  const path = join(folder, journalName);
  let file: FileHandle;
  try {
    const isNew = !existsSync(path);
    file = await openFile(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
    await file.truncate(parsed.goodBytes);
    if (isNew) syncFolder(folder);
  } catch (error) {
    throw journalFailed(`opening the journal ${path}`, path, error);
  }
  let position = parsed.goodBytes;
  let lost: SampanError | undefined;
  return {
    events: parsed.events,
    async append(events) {
      if (lost !== undefined) throw lost;
      const bytes = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
      try {
        let written = 0;
        while (written < bytes.length) {
          written += (await file.write(bytes, written, bytes.length - written, position + written))
            .bytesWritten;
        }
        await file.datasync();
        await assertStillThere(file, path);
      } catch (error) {
        lost = journalFailed(`writing the journal ${path}`, path, error);
        // Of what nobody was told nothing stays, where the disk still lets go of it; a reader leaves it out otherwise.
        await file.truncate(position).catch(() => undefined);
        throw lost;
      }
      position += bytes.length;
    },
    // Everything in it is on disk already: that closing fails changes nothing.
    close: () => file.close().catch(() => undefined),
  };
}

/** A file that was removed, or moved with its folder, still takes what is written and shows it to nobody. */
async function assertStillThere(file: FileHandle, path: string): Promise<void> {
  const [ours, found] = await Promise.all([file.stat(), stat(path)]);
  if (ours.ino === found.ino && ours.dev === found.dev) return;
  throw Object.assign(new Error(`${path} is another file by now`), { code: "ENOENT" });
}

/** Makes a run's folder, private to the user, in a home that git ignores. */
export function makeRunFolder(folder: string, home: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const ignore = join(home, ".gitignore");
    if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
    syncFolder(dirname(folder));
  } catch (error) {
    throw journalFailed(`making the run's folder ${folder}`, folder, error);
  }
}

/** Puts a folder's entries on disk, so that a file made in it survives a power cut. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
