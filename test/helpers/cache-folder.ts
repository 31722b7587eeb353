import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * A folder outside the repository for what is slow to make and can be made again: `$SAMPAN_CACHE`, or
 * `~/.cache/sampan`. Anything in it may vanish between two runs.
 */
export function cacheFolder(): string {
  const folder =
    process.env.SAMPAN_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sampan");
  mkdirSync(folder, { recursive: true });
  return folder;
}
