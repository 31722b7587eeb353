import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SampanError } from "@sampan/core";

/** What a record must be to be believed. */
export interface RecordCheck<T> {
  /** The name it was written under. */
  readonly nameOf?: (record: T) => unknown;
  /** Whether it has what its readers rely on. */
  readonly isSound?: (record: T) => boolean;
}

/**
 * Small JSON records, one file each, replaced atomically.
 *
 * A record is written beside its place and renamed over it, so that a reader after a `kill -9` finds the old or the new
 * one, never half. The file is not synced to the medium: what is promised is to survive the death of the process, not
 * of the machine. Names may hold any characters: what does not suit a file name is replaced by its hash.
 */
export class JsonFiles {
  readonly #root: string;
  #serial = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Replaces one record; it is safe from the death of the process when the promise resolves. */
  async write(collection: string, name: string, record: unknown): Promise<void> {
    const folder = join(this.#root, collection);
    const temporary = join(folder, `.${process.pid}-${this.#serial++}.tmp`);
    try {
      await writeInto(folder, temporary, JSON.stringify(record));
      await rename(temporary, join(folder, fileNameOf(name)));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Removes one record; succeeds when there is none. */
  async remove(collection: string, name: string): Promise<void> {
    await rm(join(this.#root, collection, fileNameOf(name)), { force: true });
  }

  /** Removes a collection with everything in it. */
  async removeAll(collection: string): Promise<void> {
    await rm(join(this.#root, collection), { recursive: true, force: true });
  }

  /**
   * Reads every record of a collection; `SIMULATOR_STATE` naming the file when one is no JSON object, is not the one
   * its file is named after (`nameOf`), or is not `isSound`.
   */
  async readAll<T>(collection: string, check: RecordCheck<T> = {}): Promise<T[]> {
    const folder = join(this.#root, collection);
    const records: T[] = [];
    for (const entry of await listFolder(folder)) {
      if (entry.endsWith(".tmp")) {
        await rm(join(folder, entry), { force: true });
      } else if (entry.endsWith(".json")) {
        const record = await readRecord<T>(join(folder, entry));
        const { nameOf = () => null, isSound = () => true } = check;
        const name = nameOf(record);
        if ((name !== null && fileNameOf(String(name)) !== entry) || !isSound(record)) {
          throw damaged(join(folder, entry), "which is not the record it should be");
        }
        records.push(record);
      }
    }
    return records;
  }

  /** Names of the collections inside a collection. */
  async collections(parent: string): Promise<string[]> {
    return (await listFolder(join(this.#root, parent))).filter((entry) => !entry.endsWith(".json"));
  }
}

/** Writes a file, and makes its folder when it turns out to be missing: it is there nearly always. */
async function writeInto(folder: string, path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(folder, { recursive: true });
    await writeFile(path, text);
  }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function readRecord<T>(path: string): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw damaged(path, "which is not JSON", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw damaged(path, "which is no record");
  }
  return value as T;
}

function damaged(path: string, problem: string, cause?: unknown): SampanError {
  return new SampanError("SIMULATOR_STATE", `reading the simulator's record ${path}, ${problem}`, {
    details: { path },
    cause,
  });
}

function fileNameOf(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name)) return `${name}.json`;
  return `~${createHash("sha256").update(name).digest("hex")}.json`;
}
