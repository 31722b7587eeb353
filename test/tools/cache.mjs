// The folder in which the tools beside keep what is slow to fetch. Anything in it may vanish between two runs.
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export const cache =
  process.env.SAMPAN_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sampan");

/** Makes a folder of the cache, whole or not at all: `fill` gets the one that takes its name when it is done. */
export function place(name, fill) {
  const target = join(cache, name);
  const growing = `${target}.${randomUUID()}`;
  mkdirSync(growing, { recursive: true });
  try {
    fill(growing);
    rmSync(target, { recursive: true, force: true });
    renameSync(growing, target);
  } finally {
    rmSync(growing, { recursive: true, force: true });
  }
}

/** Removes what is called so. */
export function removeFromCache(isMeant) {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache).filter(isMeant))
    rmSync(join(cache, name), { recursive: true, force: true });
}
