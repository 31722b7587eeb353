import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { SampanError } from "@sampan/core";
import { journalFailed } from "./journal-failed.ts";
import type { Artifacts } from "./stage-definition.ts";

/** Keeps a run's artifacts as files in its folder. A name is one path segment; anything else is refused. */
export function artifactFolder(folder: string): Artifacts {
  const pathOf = (name: string): string => {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
      throw new SampanError("CORE_ARGUMENT", `an artifact cannot be called ${JSON.stringify(name)}`);
    }
    return join(folder, name);
  };
  return {
    pathOf,
    async save(name, bytes) {
      const path = pathOf(name);
      try {
        const file = await open(`${path}.partial`, "w", 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(`${path}.partial`, path);
      } catch (error) {
        // A full disk gets back at once what was of no use.
        await rm(`${path}.partial`, { force: true }).catch(() => undefined);
        throw journalFailed(`saving ${path}`, path, error);
      }
    },
    async load(name) {
      try {
        return await readFile(pathOf(name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw new SampanError("RUN_JOURNAL_CORRUPT", `reading ${pathOf(name)}`, { cause: error });
      }
    },
  };
}
