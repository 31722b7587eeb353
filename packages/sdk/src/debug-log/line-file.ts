import { closeSync, fchmodSync, fstatSync, openSync, writeSync } from "node:fs";

/** A place for lines; nothing it does throws. */
export interface LineFile {
  /** Puts a line at the end, whole. */
  append(line: string): void;
  close(): void;
}

const ownerOnly = 0o600;

/**
 * Opens a file for lines that several processes may append to at once: each line is one write at the file's end. The file is its user's
 * alone, also where it was there before. A line that cannot be written is lost, told to `onTrouble` the first time, and counted by a line of
 * its own once writing works again.
 *
 * @throws what the file system says when it cannot be opened, or made private.
 */
export function openLineFile(path: string, onTrouble: (error: unknown) => void): LineFile {
  const file = openSync(path, "a", ownerOnly);
  try {
    const { mode } = fstatSync(file);
    // Not a device or a pipe, which belongs to others.
    const isRegular = (mode & 0o170000) === 0o100000;
    if (isRegular && (mode & 0o077) !== 0) fchmodSync(file, ownerOnly);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  let isTorn = false;
  let isOpen = true;
  let wasTold = false;
  let lost = 0;

  const write = (text: string): void => {
    const bytes = Buffer.from(text, "utf8");
    // The file ends in the middle of a line that could not be written whole: this one begins a line of its own.
    const whole = isTorn ? Buffer.concat([Buffer.from("\n"), bytes]) : bytes;
    const written = writeSync(file, whole);
    isTorn = written < whole.length;
    if (isTorn) throw new Error(`only ${written} of ${whole.length} bytes of a line could be written`);
  };
  return {
    append(line) {
      if (!isOpen) return;
      try {
        write(lost === 0 ? `${line}\n` : `${line} lost-before=${lost}\n`);
        lost = 0;
      } catch (error) {
        lost++;
        if (!wasTold) onTrouble(error);
        wasTold = true;
      }
    },
    close() {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}
