import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";

/** Tools that read ext file systems here: independent of the library Sampan reads them with. */
export const guestFileTools = ["debugfs", "e2fsck"] as const;

/** An ext file system inside a raw disk. */
export interface ExtPlace {
  readonly disk: string;
  readonly offsetBytes: number;
}

/** Every file and link of an ext file system by its path: SHA-256 of a file, `-> target` of a link. Read by debugfs. */
export async function guestFiles(place: ExtPlace): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "sampan-guest-files-"));
  try {
    await execa("debugfs", ["-R", `rdump / ${folder}`, deviceOf(place)]);
    const found = new Map<string, string>();
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = `/${relative(folder, path)}`;
      if (entry.isSymbolicLink()) found.set(name, `-> ${await readlink(path)}`);
      else if (entry.isFile())
        found.set(
          name,
          createHash("sha256")
            .update(await readFile(path))
            .digest("hex"),
        );
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The text of one file of an ext file system, read by debugfs. */
export async function guestFile(place: ExtPlace, path: string): Promise<string> {
  const { stdout } = await execa("debugfs", ["-R", `cat ${path}`, deviceOf(place)]);
  return stdout;
}

/** What `e2fsck -fn` says against an ext file system; an empty text when it is sound. */
export async function checkExt(place: ExtPlace): Promise<string> {
  const result = await execa("e2fsck", ["-f", "-n", deviceOf(place)], { reject: false });
  return result.exitCode === 0 ? "" : `${result.stdout}\n${result.stderr}`.trim();
}

/** Has e2fsck mend an ext file system without asking, as a boot does after a power cut. Needs root. */
export async function mendExt({ disk, offsetBytes }: ExtPlace): Promise<void> {
  // After it has replayed a journal e2fsck opens the device again, and forgets an offset that it was given.
  const { stdout: device } = await execa("losetup", [
    ...["--find", "--show", "--offset", String(offsetBytes), disk],
  ]);
  try {
    const { exitCode, stdout, stderr } = await execa("e2fsck", ["-f", "-y", device], { reject: false });
    // 1: something was mended.
    if (exitCode !== 0 && exitCode !== 1) throw new Error(`e2fsck does not mend it: ${stdout}\n${stderr}`);
  } finally {
    await execa("losetup", ["--detach", device]);
  }
}

function deviceOf({ disk, offsetBytes }: ExtPlace): string {
  return `${disk}?offset=${offsetBytes}`;
}
