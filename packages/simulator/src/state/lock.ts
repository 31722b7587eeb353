import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SampanError } from "@sampan/core";

/** A take-over takes milliseconds: a guard older than this belongs to a process that died in the middle of one. */
const takeoverLimitMs = 10_000;

/** Content of the lock file: who serves the folder, and where. */
interface LockRecord {
  readonly pid: number;
  /** When the process began, in the system's own unit; `null` where it cannot be told. Guards against reused pids. */
  readonly processStart: string | null;
  readonly endpoint: string | null;
  readonly token: string;
}

/**
 * The claim of one process on a data folder.
 *
 * The lock file is made by `link`, which is atomic and brings its content with it. One whose process has died (or whose
 * pid now belongs to another process) is taken over.
 */
export class FolderLock {
  readonly #path: string;
  readonly #token: string;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
  }

  /** Claims a folder; `SIMULATOR_LOCKED` with the other's endpoint and pid when it is alive. */
  static async take(folder: string): Promise<FolderLock> {
    const path = join(folder, "lock.json");
    const lock = new FolderLock(path, randomUUID());
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await lock.#claim()) {
        await lock.#tidy(folder);
        return lock;
      }
      const holder = await readLock(path);
      if (holder && (await isAlive(holder))) {
        const where = holder.endpoint ?? "an endpoint not known yet";
        throw new SampanError(
          "SIMULATOR_LOCKED",
          `opening the simulator folder ${folder}, which process ${holder.pid} serves at ${where}`,
          { details: { endpoint: holder.endpoint, pid: holder.pid, folder } },
        );
      }
      await lock.#setAside();
    }
    throw new SampanError(
      "SIMULATOR_STATE",
      `claiming the simulator folder ${folder}: its lock keeps changing`,
    );
  }

  /** Writes the endpoint into the lock, for those who come later. */
  async announce(endpoint: string): Promise<void> {
    await this.#writeTo(this.#path, endpoint);
  }

  async release(): Promise<void> {
    const holder = await readLock(this.#path);
    if (holder?.token === this.#token) await rm(this.#path, { force: true });
  }

  async #claim(): Promise<boolean> {
    const own = `${this.#path}.${this.#token}`;
    await writeFile(own, await this.#content(null));
    try {
      await link(own, this.#path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    } finally {
      await rm(own, { force: true });
    }
  }

  /**
   * Removes a dead process's lock. Only one process at a time does so, and looks again first: a lock taken meanwhile by
   * somebody alive must not go.
   */
  async #setAside(): Promise<void> {
    const guard = `${this.#path}.takeover`;
    try {
      await writeFile(guard, this.#token, { flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      await removeIfOlderThan(guard, takeoverLimitMs);
      await wait(20);
      return;
    }
    try {
      const holder = await readLock(this.#path);
      if (!holder || !(await isAlive(holder))) await rm(this.#path, { force: true });
    } finally {
      await rm(guard, { force: true });
    }
  }

  /** Removes what claimers killed in the middle of a claim have left; one still at it has a young file. */
  async #tidy(folder: string): Promise<void> {
    for (const name of await readdir(folder)) {
      if (/^lock\.json\..+/.test(name)) await removeIfOlderThan(join(folder, name), takeoverLimitMs);
    }
  }

  async #writeTo(path: string, endpoint: string | null): Promise<void> {
    const own = `${this.#path}.${this.#token}`;
    await writeFile(own, await this.#content(endpoint));
    await rename(own, path);
  }

  async #content(endpoint: string | null): Promise<string> {
    const record: LockRecord = {
      pid: process.pid,
      processStart: (await processStat(process.pid))?.start ?? null,
      endpoint,
      token: this.#token,
    };
    return JSON.stringify(record);
  }
}

async function readLock(path: string): Promise<LockRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(path, "utf8"));
    const pid = (record as LockRecord | null)?.pid;
    return typeof pid === "number" && Number.isSafeInteger(pid) && pid > 0
      ? (record as LockRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

async function removeIfOlderThan(path: string, ageMs: number): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > ageMs) await rm(path, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

async function isAlive(holder: LockRecord): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const stat = await processStat(holder.pid);
  if (stat === null) return true;
  // A killed process stays listed as a zombie until its parent has asked for it.
  return stat.state !== "Z" && (holder.processStart === null || stat.start === holder.processStart);
}

/** State and start time (in clock ticks since boot) of a process: fields 3 and 22 of /proc/PID/stat; `null` outside Linux. */
async function processStat(
  pid: number,
): Promise<{ readonly state: string; readonly start: string | null } | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold blanks: count from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", start: fields[19] ?? null };
  } catch {
    return null;
  }
}
