import { lstat, mkdtemp, readdir, rm, rmdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const prefix = "sampan-ssh-";
/** Longest path of a socket everywhere: 104 bytes on BSD and macOS, with what `ssh` appends while it makes it. */
const longestSocketBytes = 104 - ".0123456789abcdef".length - 1;
const forgottenAfterMs = 3_600_000;

/**
 * Makes a folder that only this user can enter, for the socket of one connection, with a path short enough for it. Empty folders
 * that a crash left are removed on the way.
 */
export async function makeControlFolder(): Promise<string> {
  const own = tmpdir();
  const fits = Buffer.byteLength(join(own, `${prefix}XXXXXX`, "c")) <= longestSocketBytes;
  const parent = fits ? own : "/tmp";
  await sweep(parent);
  // mkdtemp makes it with mode 0700.
  return mkdtemp(join(parent, prefix));
}

/** Removes the folder and what is in it. */
export function removeControlFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

/** One that a connection lives in holds its socket, and so cannot be removed. */
async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const { uid } = userInfo();
  for (const name of names) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(parent, name);
    const entry = await lstat(folder).catch(() => undefined);
    if (!entry?.isDirectory() || entry.uid !== uid || Date.now() - entry.mtimeMs < forgottenAfterMs) continue;
    await rmdir(folder).catch(() => undefined);
  }
}
