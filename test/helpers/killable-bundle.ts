import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const entry = fileURLToPath(new URL("killable-run.mjs", import.meta.url));
/** The package that looks for files beside it: a library of WebAssembly. */
const guest = new URL("../../packages/guest/dist/index.js", import.meta.url).href;

/**
 * Bundles the process that may be killed into one file in `folder`, with the built packages as users have them and the vendor's
 * clients, and gives the file's path. A start costs a quarter then: one file is read, and its compiled
 * code is kept.
 */
export async function bundleKillableRun(folder: string): Promise<string> {
  const outfile = join(folder, "killable-run.cjs");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minifyWhitespace: true,
    // So that it can be read as Latin-1, which takes V8 half the time and memory.
    charset: "ascii",
    // An optional package of the vendor's, for proxies alone.
    external: ["proxy-agent"],
    define: { "import.meta.url": JSON.stringify(guest) },
    logLevel: "error",
  });
  return outfile;
}
