import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { CloudChoice } from "../cloud/choose-cloud.ts";
import { type AccountNames, mostNamesBytes, namesFolder, namesKey, parseNames } from "./names-file.ts";

/** Which account's names are wanted. */
export interface NamesQuestion {
  readonly choice: CloudChoice;
  /** Home of the runs: of it a built-in simulator is known. */
  readonly home: string;
  /** Where the cache folder is named. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Names that were kept, and how old they are. */
export interface CachedNames {
  readonly names: AccountNames;
  /** Since the cloud was asked; never negative, also where a clock was set back. */
  readonly ageMs: number;
  readonly path: string;
}

const mostFiles = 200;

/**
 * Reads the names of an account as the cloud gave them last. Asks no cloud and needs no credentials: the account is known by the choice of
 * cloud and profile under which it was reached. `undefined` when nothing was kept, and for files that are not a cache of ours: not
 * the user's own, writable by others, links, too large, or of another form.
 */
export function cachedNames(question: NamesQuestion, nowMs = Date.now()): CachedNames | undefined {
  const folder = namesFolder(question.env);
  const key = namesKey(question.choice, question.home);
  let newest: CachedNames | undefined;
  for (const name of fileNames(folder)) {
    const path = join(folder, name);
    const names = readNames(path);
    if (names === undefined || names.cloud !== question.choice.kind || !names.choices.includes(key)) continue;
    const ageMs = Math.max(0, nowMs - Date.parse(names.askedAt));
    if (newest === undefined || names.askedAt > newest.names.askedAt) newest = { names, ageMs, path };
  }
  return newest;
}

function fileNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[a-z0-9-]{4,80}\.json$/.test(name))
      .slice(0, mostFiles);
  } catch {
    return [];
  }
}

/** Reads one file of names; `undefined` for what is none, or none of ours. */
export function readNames(path: string): AccountNames | undefined {
  let file: number | undefined;
  try {
    // Neither through a link, nor waiting for a pipe.
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(file);
    const isForeign =
      process.getuid !== undefined && (found.uid !== process.getuid() || (found.mode & 0o022) !== 0);
    if (!found.isFile() || isForeign || found.size > mostNamesBytes) return undefined;
    const bytes = Buffer.alloc(found.size);
    const length = readSync(file, bytes, 0, found.size, 0);
    return parseNames(bytes.toString("utf8", 0, length));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
