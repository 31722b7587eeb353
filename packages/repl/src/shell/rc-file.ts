import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { SampanError } from "@sampan/core";
import type { ShellCall } from "./session.ts";

/** Name of the file in the home of a user. */
export const rcName = ".sampanrc.ts";

/** What is evaluated before anything else. */
export interface RcFile {
  readonly path: string;
  readonly source: string;
}

/** Which file is wanted: a named one, the usual one, or none. */
export type RcWish = { readonly file: string } | "usual" | "none";

/**
 * Reads the rc file: the one that was named, or `.sampanrc.ts` in the home of the user; never one of the working folder, which may be
 * somebody else's. `undefined` when there is none.
 *
 * @throws `COMMAND_USAGE` for a named file that cannot be read, and for one that others could have written.
 */
export async function readRcFile(
  call: Pick<ShellCall, "env" | "cwd">,
  wish: RcWish,
): Promise<RcFile | undefined> {
  if (wish === "none") return undefined;
  const path = wish === "usual" ? join(call.env.HOME || homedir(), rcName) : resolve(call.cwd, wish.file);
  try {
    const { uid, mode } = await stat(path);
    const me = process.getuid?.();
    if (wish === "usual" && me !== undefined && ((uid !== me && uid !== 0) || (mode & 0o022) !== 0)) {
      throw new SampanError("COMMAND_USAGE", `reading ${path}: others can write it, so it is not evaluated`, {
        hint: "Take their right to (`chmod go-w`), or start with `--norc`.",
      });
    }
    return { path, source: await readFile(path, "utf8") };
  } catch (error) {
    if (error instanceof SampanError) throw error;
    if (wish === "usual" && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SampanError("COMMAND_USAGE", `reading ${path}: ${(error as Error).message}`, {
      hint: "Name another file, or start with `--norc`.",
      cause: error,
    });
  }
}
