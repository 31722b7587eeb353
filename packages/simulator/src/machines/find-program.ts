import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** Absolute path of a program in the search path; `undefined` when it is not installed. Relative entries are skipped. */
export async function findProgram(
  name: string,
  searchPath = process.env.PATH ?? "",
): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Looked for in the next folder.
    }
  }
  return undefined;
}

/** The first of these files that can be read. */
export async function findFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      await access(path, constants.R_OK);
      return path;
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
}
