import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const staleMs = 7 * 24 * 3_600_000;

/**
 * Makes a folder once, whoever asks: test files run at the same time, and what is slow to make is made by one of them while
 * the others wait. A folder that is there is complete, for it gets its name last.
 */
export async function buildOnce(folder: string, build: (unfinished: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  while (!existsSync(folder)) {
    const unlock = await tryLock(`${folder}.lock`);
    if (unlock === undefined) {
      await pause(500);
      continue;
    }
    const unfinished = `${folder}.${process.pid}.tmp`;
    try {
      if (existsSync(folder)) continue;
      await mkdir(unfinished);
      await build(unfinished);
      await rename(unfinished, folder);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
      await unlock();
    }
  }
}

/** Removes what was made under an older recipe and has not been made for a week. */
export async function removeStale(parent: string, pattern: RegExp, kept: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (path === kept || !pattern.test(name)) continue;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > staleMs) await rm(path, { recursive: true, force: true });
  }
}

async function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  try {
    const file = await open(path, "wx");
    await file.write(String(process.pid));
    await file.close();
    return () => rm(path, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const pid = Number(await readFile(path, "utf8").catch(() => ""));
    // Whoever held it was killed. A lock without a number is one that is being written.
    if (pid > 0 && !isAlive(pid)) await rm(path, { force: true });
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
