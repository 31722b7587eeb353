import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";

/** A `node` that is on this machine. */
export interface InstalledNode {
  /** Such as `20.19.0`. */
  readonly version: string;
  readonly program: string;
}

/** The Node that runs the tests, and those of other major versions in the cache folder. Fetches none. */
export function installedNodes(): readonly InstalledNode[] {
  const ending = `-${process.platform}-${process.arch}`;
  const found = new Map<string, InstalledNode>();
  const major = (version: string) => version.split(".")[0] ?? "";
  for (const name of readdirSync(cacheFolder())) {
    if (!name.startsWith("node-") || !name.endsWith(ending)) continue;
    const version = name.slice("node-".length, -ending.length);
    const program = join(cacheFolder(), name, "node");
    if (existsSync(program)) found.set(major(version), { version, program });
  }
  found.set(major(process.versions.node), { version: process.versions.node, program: process.execPath });
  return [...found.values()];
}
