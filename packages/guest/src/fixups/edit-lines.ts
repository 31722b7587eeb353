import type { WritableGuestFiles } from "../files/guest-files.ts";

/** Longer lines no configuration has; they stay as they are. */
const maxLineLength = 4096;

/** What becomes of a line: another, several, or none (an empty list). */
export type LineEdit = (line: string, index: number) => string | readonly string[];

/**
 * Changes single lines of a text file and keeps every other byte, whatever the file's encoding: a line is given as
 * Latin-1, one character a byte, without its end. What is put in must be ASCII. Nothing happens where there is no file.
 */
export async function editLines(files: WritableGuestFiles, path: string, edit: LineEdit): Promise<void> {
  const text = await readLatin1(files, path);
  if (text === undefined) return;
  const edited = mapLines(text, edit);
  if (edited !== text) await writeLatin1(files, path, edited);
}

/** {@link editLines} on a text. A line keeps its end, CR LF included. */
export function mapLines(text: string, edit: LineEdit): string {
  return text
    .split("\n")
    .flatMap((raw, index) => {
      if (raw.length > maxLineLength) return [raw];
      const end = raw.endsWith("\r") ? "\r" : "";
      const line = raw.slice(0, raw.length - end.length);
      const edited = edit(line, index);
      return (typeof edited === "string" ? [edited] : edited).map((one) => one + end);
    })
    .join("\n");
}

/** A file as Latin-1, one character a byte; `undefined` when there is none. */
export async function readLatin1(files: WritableGuestFiles, path: string): Promise<string | undefined> {
  const bytes = await files.read(path);
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Writes back what {@link readLatin1} gave, byte for byte. */
export async function writeLatin1(files: WritableGuestFiles, path: string, text: string): Promise<void> {
  await files.write(path, Uint8Array.from(Buffer.from(text, "latin1")));
}

/** A line made a comment, once. */
export function commented(line: string): string {
  return line.trim() === "" || line.trimStart().startsWith("#") ? line : `# ${line}`;
}

/** Appends lines to a text, with its last line ended first. */
export function appended(text: string, lines: readonly string[]): string {
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${gap}${lines.join("\n")}\n`;
}
