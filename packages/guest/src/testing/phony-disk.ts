import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MiB } from "@sampan/core";
import { type BlockSource, openFileSource } from "@sampan/image";
import { runTool } from "./tools.ts";

/** Files of a phony guest by absolute path: text, bytes, a link, or `null` for an empty folder. */
export type PhonyTree = Readonly<Record<string, string | Uint8Array | { readonly link: string } | null>>;

/** Options of {@link makePhonyDisk}. */
export interface PhonyDiskOptions {
  /** Size of the file system; 64 MiB by default. */
  readonly sizeBytes?: number;
  /** Further arguments for mke2fs, such as `["-O", "^64bit"]`. */
  readonly mke2fs?: readonly string[];
  /** Where the file system begins; 0 (the default) gives a disk without a partition table, else an MBR is written. */
  readonly offsetBytes?: number;
  /** Further commands for debugfs, run after the files are there. */
  readonly debugfs?: readonly string[];
  /** Gives large directories a hash index, as the kernel does; debugfs makes plain ones. */
  readonly indexDirectories?: boolean;
}

/** A disk in a temporary file. */
export interface PhonyDisk {
  readonly path: string;
  readonly source: BlockSource;
  /** Closes the source and removes the file. */
  remove(): Promise<void>;
}

/**
 * Makes a disk with an ext4 file system (or another, by its arguments) holding the given files, with mke2fs and debugfs;
 * no root is needed.
 */
export async function makePhonyDisk(tree: PhonyTree, options: PhonyDiskOptions = {}): Promise<PhonyDisk> {
  const { sizeBytes = 64 * MiB, offsetBytes = 0, mke2fs = [], debugfs = [] } = options;
  const folder = mkdtempSync(join(tmpdir(), "sampan-phony-"));
  const path = join(folder, "disk.raw");
  try {
    writeFileSync(path, "");
    truncateSync(path, offsetBytes + sizeBytes);
    if (offsetBytes > 0) {
      const sectors = [offsetBytes / 512, sizeBytes / 512];
      runTool(
        "sfdisk",
        ["-q", path],
        `label: dos\nlabel-id: 0x12345678\nstart=${sectors[0]}, size=${sectors[1]}, type=83, bootable\n`,
      );
    }
    const type = mke2fs.includes("-t") ? [] : ["-t", "ext4"];
    const kib = String(sizeBytes / 1024);
    runTool("mke2fs", ["-q", "-F", ...type, "-E", `offset=${offsetBytes}`, ...mke2fs, path, `${kib}k`]);
    const script = [...commandsFor(tree, folder), ...debugfs].join("\n");
    writeFileSync(join(folder, "script"), `${script}\n`);
    runTool("debugfs", ["-w", "-f", join(folder, "script"), `${path}?offset=${offsetBytes}`]);
    // Ends with 1 when it has changed something, as it is asked to here.
    if (options.indexDirectories) runTool("e2fsck", ["-fyD", `${path}?offset=${offsetBytes}`], "", [0, 1]);
    const source = await openFileSource(path);
    return {
      path,
      source,
      async remove() {
        await source.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function commandsFor(tree: PhonyTree, folder: string): readonly string[] {
  const commands: string[] = [];
  const made = new Set(["/"]);
  const makeFolder = (path: string): void => {
    if (made.has(path)) return;
    makeFolder(dirname(path));
    commands.push(`mkdir "${path}"`);
    made.add(path);
  };
  let number = 0;
  for (const [path, content] of Object.entries(tree)) {
    makeFolder(content === null ? path : dirname(path));
    if (content === null) continue;
    if (typeof content === "object" && "link" in content) {
      commands.push(`symlink "${path}" "${content.link}"`);
      continue;
    }
    const file = join(folder, `content-${number++}`);
    writeFileSync(file, content);
    commands.push(`write "${file}" "${path}"`);
  }
  return commands;
}

/** The least tree Sampan takes for a Debian 12 guest. */
export const debianTree: PhonyTree = {
  "/bin": { link: "usr/bin" },
  "/etc/debian_version": "12.4\n",
  "/etc/fstab": "/dev/sda1 / ext4 errors=remount-ro 0 1\n",
  "/etc/hostname": "phony\n",
  "/etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
  "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
  "/usr/bin/dash": Uint8Array.from(
    { length: 64 },
    (_, i) => [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1][i] ?? (i === 18 ? 62 : 0),
  ),
  "/usr/bin/sh": { link: "dash" },
};
