// Runs one bundled file with the compiled code that an earlier process kept, which saves most of what starting it costs. (Node 20 has no
// compile cache of its own.) The file finds `require` and `saveCompiled`. Usage: node load-bundle.mjs FILE
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";

const file = process.argv[2];
const kept = `${file}.compiled`;
const source = readFileSync(file, "latin1");
const script = new Script(`(function (require, saveCompiled) {${source}\n})`, {
  filename: file,
  ...(existsSync(kept) ? { cachedData: readFileSync(kept) } : {}),
});

/** Keeps what was compiled so far, functions that ran included, for the processes after this one. */
function saveCompiled() {
  writeFileSync(kept, script.createCachedData());
}
script.runInThisContext()(createRequire(file), saveCompiled);
