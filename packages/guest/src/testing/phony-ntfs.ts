import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MiB } from "@sampan/core";
import type { PhonyTree } from "./phony-disk.ts";
import { runTool } from "./tools.ts";

/** What {@link makeNtfs} needs to be installed. */
export const ntfsTools = ["mkntfs", "wimcapture", "wimapply"] as const;

/** Options of {@link makeNtfs}. */
export interface NtfsToMake {
  /** Size of the volume; 32 MiB by default. */
  readonly sizeBytes?: number;
  /** Further arguments for mkntfs, such as `["-c", "512"]`. */
  readonly mkntfs?: readonly string[];
}

/**
 * Makes an NTFS volume in a file, with the given files in it, by mkntfs of ntfs-3g and by wimlib, which writes to a volume
 * that is not mounted; no root is needed.
 */
export function makeNtfs(path: string, tree: PhonyTree, options: NtfsToMake = {}): void {
  const { sizeBytes = 32 * MiB, mkntfs = [] } = options;
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  runTool("mkntfs", ["-F", "-Q", "-q", ...mkntfs, path]);
  if (Object.keys(tree).length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), "sampan-ntfs-"));
  try {
    const root = join(folder, "root");
    for (const [name, content] of Object.entries(tree)) {
      const target = join(root, name);
      mkdirSync(content === null ? target : dirname(target), { recursive: true });
      if (content === null) continue;
      if (typeof content === "object" && "link" in content) symlinkSync(content.link, target);
      else writeFileSync(target, content);
    }
    // By default wimlib leaves out what Windows makes anew, such as hiberfil.sys.
    writeFileSync(join(folder, "config"), "[ExclusionList]\n");
    const capture = [root, join(folder, "tree.wim"), "--compress=none", `--config=${join(folder, "config")}`];
    runTool("wimcapture", capture);
    runTool("wimapply", [join(folder, "tree.wim"), "1", path]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
