import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";

/** The major versions of Node.js that the program promises to run on. */
export const promisedVersions = [20, 22, 24] as const;

/** The versions and widths of terminal in which the tours are driven: all of each with all of the other. */
export const tours = promisedVersions.flatMap((version) =>
  [20, 80, 200].map((columns) => [version, columns] as const),
);

/**
 * A `node` of a major version: the one that runs the tests, or one that `test/tools/install-node-versions.mjs` fetched. `null` where there
 * is none, so that the test is skipped.
 *
 * @throws With `CI` set, instead of `null`.
 */
export function nodeOfVersion(major: number): string | null {
  if (Number(process.versions.node.split(".")[0]) === major) return process.execPath;
  const cache = cacheFolder();
  const ending = `-${process.platform}-${process.arch}`;
  const folder = readdirSync(cache).find(
    (name) => name.startsWith(`node-${major}.`) && name.endsWith(ending),
  );
  const program = folder === undefined ? null : join(cache, folder, "node");
  if (program !== null && existsSync(program)) return program;
  if (process.env.CI)
    throw new Error(
      `with CI set, tests may not be skipped; missing: Node.js ${major} (test/tools/install-node-versions.mjs)`,
    );
  return null;
}
