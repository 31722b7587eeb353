import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readSync,
  type Stats,
  writeSync,
} from "node:fs";

/** A place for lines; nothing it does throws. */
export interface LineFile {
  /** Puts a line at the end, whole. */
  append(line: string): void;
  close(): void;
}

const ownerOnly = 0o600;
const lineBegins = /^\d{4}-\d\d-\d\dT\d\d:/;

/**
 * Opens a file for lines that several processes may append to at once: each line is one write at the file's end. The file is its user's
 * alone, also where it was there before. A line that cannot be written is lost, told to `onTrouble` the first time, and counted by a line of
 * its own once writing works again.
 *
 * @param write Writes bytes at the end of an open file and says how many were; for tests.
 * @throws what the file system says when it cannot be opened, or made private; an error for a file that is a link or a pipe, another
 * user's, or holds something else than such lines: none of these is touched.
 */
export function openLineFile(
  path: string,
  onTrouble: (error: unknown) => void,
  write: (file: number, bytes: Uint8Array) => number = writeSync,
): LineFile {
  const file = openForLines(path);
  let isTorn = false;
  let isOpen = true;
  let wasTold = false;
  let lost = 0;

  const append = (text: string): void => {
    const bytes = Buffer.from(text, "utf8");
    // The file ends in the middle of a line that could not be written whole: this one begins a line of its own.
    const whole = isTorn ? Buffer.concat([Buffer.from("\n"), bytes]) : bytes;
    const written = write(file, whole);
    isTorn = written < whole.length;
    if (isTorn) throw new Error(`only ${written} of ${whole.length} bytes of a line could be written`);
  };
  return {
    append(line) {
      if (!isOpen) return;
      try {
        append(lost === 0 ? `${line}\n` : `${line} lost-before=${lost}\n`);
        lost = 0;
      } catch (error) {
        lost++;
        if (wasTold) return;
        wasTold = true;
        try {
          onTrouble(error);
        } catch {
          // Whoever is told may fail as well; what is written down is worth no run.
        }
      }
    },
    close() {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}

function openForLines(path: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDWR, O_WRONLY } = constants;
  // A pipe that nobody reads would be waited for, and a link may lead to what is no log.
  const flags = O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  let file: number;
  try {
    file = openSync(path, flags | O_RDWR, ownerOnly);
  } catch (error) {
    // A terminal's other end, or a device, may only be written to.
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    file = openSync(path, flags | O_WRONLY, ownerOnly);
    if (!fstatSync(file).isCharacterDevice()) {
      closeSync(file);
      throw error;
    }
  }
  try {
    makePrivate(file, fstatSync(file));
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function makePrivate(file: number, stats: Stats): void {
  if (stats.isCharacterDevice()) return;
  if (!stats.isFile()) throw new Error("it is no file");
  const user = process.geteuid?.();
  if (user !== undefined && stats.uid !== user) throw new Error("it is another user's");
  if (stats.nlink > 1) throw new Error("it has another name as well");
  if (stats.size > 0) {
    const start = Buffer.alloc(16);
    const bytes = readSync(file, start, 0, start.length, 0);
    if (!lineBegins.test(start.toString("latin1", 0, bytes)))
      throw new Error("it holds something else than a debug log");
  }
  if ((stats.mode & 0o077) !== 0) fchmodSync(file, ownerOnly);
}
