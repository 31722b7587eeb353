import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", ...postgresFolders()];
// Debian keeps mke2fs and its like where other users' PATH does not look, and PostgreSQL where nobody's does.
process.env.PATH = folders.join(delimiter);

/**
 * True when a test must be skipped because one of the programs it starts is not installed; `"root"` stands for being
 * root. With `CI` set there is no skipping: it throws, naming what is missing.
 *
 * @example
 * ```ts
 * describe.skipIf(lacks("qemu-img"))("a VHD (qemu-img)", () => { … });
 * ```
 */
export function lacks(...tools: readonly string[]): boolean {
  const missing = tools.filter((tool) => (tool === "root" ? process.getuid?.() !== 0 : !isInstalled(tool)));
  if (missing.length === 0) return false;
  if (process.env.CI)
    throw new Error(`with CI set, tests may not be skipped; missing: ${missing.join(", ")}`);
  return true;
}

/**
 * As {@link lacks}, for tests on emulated machines that take minutes each: they are run when `SAMPAN_TEST_MACHINES=1` asks for them.
 */
export function lacksMachine(...tools: readonly string[]): boolean {
  return process.env.SAMPAN_TEST_MACHINES !== "1" || lacks(...tools);
}

function isInstalled(tool: string): boolean {
  return folders.some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function postgresFolders(): readonly string[] {
  const all = "/usr/lib/postgresql";
  try {
    return readdirSync(all).map((version) => join(all, version, "bin"));
  } catch {
    return [];
  }
}
