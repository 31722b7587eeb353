import { pairOf, textLines } from "../../facts/lines.ts";
import type { WritableGuestFiles } from "../../files/guest-files.ts";
import { editLines } from "../edit-lines.ts";

/** The values of an ini file as `section.key`, in lower case; of a key that is there twice, the first. */
export function readSections(text: string | undefined): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = "";
  for (const line of textLines(text)) {
    section = headOf(line) ?? section;
    const pair = pairOf(line);
    const key = `${section}.${pair?.[0].toLowerCase()}`;
    if (pair && !values.has(key)) values.set(key, pair[1]);
  }
  return values;
}

/** Changes lines `key = value` of an ini file; sections and keys are given in lower case. */
export async function editSections(
  files: WritableGuestFiles,
  path: string,
  edit: (section: string, key: string, line: string) => string,
): Promise<void> {
  let section = "";
  await editLines(files, path, (line) => {
    const head = headOf(line);
    if (head !== undefined) section = head;
    const pair = pairOf(line);
    return head !== undefined || pair === undefined ? line : edit(section, pair[0].toLowerCase(), line);
  });
}

function headOf(line: string): string | undefined {
  const text = line.trim();
  return text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1).toLowerCase() : undefined;
}
