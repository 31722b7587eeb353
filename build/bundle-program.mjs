#!/usr/bin/env node
// Puts the `sampan` program and the language server into the extension, as `dist/program`: laid out like the installed package, so that its
// code finds its manifest, its runner and the demo's disk where it always does. Both share their chunks, TypeScript's parser above all.
//
// Writes besides the licences of everything that is in the extension's bundles. Run after tsup, which makes those of the extension itself.
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { commonJs } from "./common-js.mjs";
import { inputsBelow, noticesOf } from "./notices.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "extension/dist");
const program = join(dist, "program");
const repl = join(root, "packages/repl");
const fleet = JSON.parse(readFileSync(join(root, "packages/fleet/package.json"), "utf8"));

rmSync(program, { recursive: true, force: true });
const inputs = [...(await bundleProgram()), ...placeOtherFiles(), ...inputsBelow(dist)];
writeFileSync(
  join(dist, "THIRD-PARTY-NOTICES.txt"),
  noticesOf("The extension contains these packages, under the licences that stand below each.", inputs),
);

/** The program and the server: ES modules whose parts are loaded when they are needed, as in the packages. */
async function bundleProgram() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: "packages/repl/src/main.ts", server: "extension/src/language/server.ts" },
    outdir: join(program, "dist"),
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["@sampan/source"],
    // A proxy of urllib's that its package does not bring and Sampan does not use; and what a fleet's store wants, which is installed by
    // those who have one and is told of where it is missing.
    external: ["proxy-agent", ...Object.keys(fleet.peerDependencies)],
    banner: { js: commonJs },
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.inputs);
}

/** What is loaded by its path, as it is. Gives the files of other packages among it. */
function placeOtherFiles() {
  const { name, version, license, type } = JSON.parse(readFileSync(join(repl, "package.json"), "utf8"));
  writeFileSync(
    join(program, "package.json"),
    JSON.stringify({ name, version, license, type, private: true }),
  );
  for (const folder of ["bin", "assets"])
    cpSync(join(repl, folder), join(program, folder), { recursive: true });
  // jiti's compiler, which it requires by this path once a plan has to be compiled.
  cpSync(join(root, "node_modules/jiti/dist/babel.cjs"), join(program, "dist/babel.cjs"));
  // The writer of ext file systems, which runs in a thread of its own.
  cpSync(join(root, "node_modules/ext2fs"), join(program, "node_modules/ext2fs"), { recursive: true });
  // What the language client forks; the server itself is an ES module.
  writeFileSync(join(dist, "server.cjs"), 'import("./program/dist/server.js");\n');
  return ["node_modules/jiti/dist/babel.cjs", "node_modules/ext2fs/index.js"];
}
