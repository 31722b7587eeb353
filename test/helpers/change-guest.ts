import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import type { DebianDisk } from "./debian-disk.ts";

/** Files of a guest by absolute path: their text, a link, or `null` for one that is taken away. */
export type GuestChanges = Readonly<Record<string, string | { readonly link: string } | null>>;

/** Makes a copy of a disk with some files changed, by debugfs: what an administrator might have left behind. */
export async function changeGuest(disk: DebianDisk, copy: string, changes: GuestChanges): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), "sampan-change-guest-"));
  try {
    await execa("cp", ["--sparse=always", disk.path, copy]);
    const commands: string[] = [];
    for (const [index, [path, content]] of Object.entries(changes).entries()) {
      const [folder, name] = [dirname(path), path.slice(path.lastIndexOf("/") + 1)];
      // A folder that is there, or a file that is not, only makes debugfs say so.
      if (content !== null) commands.push(`mkdir ${folder}`);
      commands.push(`rm ${path}`);
      if (content === null) continue;
      commands.push(`cd ${folder}`);
      if (typeof content === "object") {
        commands.push(`symlink ${name} ${content.link}`);
        continue;
      }
      const file = join(work, `content-${index}`);
      // NetworkManager reads no profile that others could read.
      await writeFile(file, content, { mode: 0o600 });
      commands.push(`write ${file} ${name}`);
    }
    const script = join(work, "script");
    await writeFile(script, `${commands.join("\n")}\n`);
    await execa("debugfs", ["-w", "-f", script, `${copy}?offset=${disk.partitionOffsetBytes}`]);
    return copy;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
