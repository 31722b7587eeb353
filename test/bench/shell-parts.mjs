import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Loads parts of the shell, which are nothing its package exports: they are made from the sources, and resolve the built packages.
 *
 * @param name of the bench, for the file that lies there meanwhile.
 * @param contents exports of the parts, by paths from `packages/repl/src/shell`.
 */
export async function shellParts(name, contents) {
  const outfile = join(root, "packages/repl/.cache", `${name}-bench.mjs`);
  try {
    await build({
      stdin: { contents, resolveDir: join(root, "packages/repl/src/shell") },
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      outfile,
      logLevel: "error",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
