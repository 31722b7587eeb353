#!/usr/bin/env node
// Puts the `sampan` program and the language server into the extension, as `dist/program`: laid out like the installed package, so that its
// code finds its manifest, its runner and the demo's disk where it always does. Both share their chunks, TypeScript's parser above all.
//
// Writes besides the licences of everything that is in the extension's bundles. Run after tsup, which makes those of the extension itself.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "extension/dist");
const program = join(dist, "program");
const repl = join(root, "packages/repl");

// What CommonJS that is bundled takes for granted; the names are long, so that none that is made by minifying is the same.
const commonJs = [
  'import{createRequire as requireOfBundle}from"node:module";',
  'import{fileURLToPath as pathOfBundle}from"node:url";',
  "const require=requireOfBundle(import.meta.url),__filename=pathOfBundle(import.meta.url),",
  '__dirname=pathOfBundle(new URL(".",import.meta.url));',
].join("");

rmSync(program, { recursive: true, force: true });
const inputs = [
  ...(await bundleProgram()),
  ...placeOtherFiles(),
  ...readdirSync(dist)
    .filter((name) => /^metafile-\w+\.json$/.test(name))
    .flatMap((name) => Object.keys(JSON.parse(readFileSync(join(dist, name), "utf8")).inputs)),
];
const notices = collectNotices(inputs);
writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), printNotices(notices));

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
    // A proxy of urllib's that its package does not bring and Sampan does not use.
    external: ["proxy-agent"],
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

/** Name, version and licence of each package that files of bundles come from, by name. */
function collectNotices(files) {
  const found = new Map();
  for (const file of new Set(files)) {
    // Of nested packages the innermost is meant; jiti brings others inside its own files.
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
    if (match === null) continue;
    const folder = join(root, match[1]);
    const { name, version, license, licenses } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    const texts = readdirSync(folder)
      .filter((entry) => /^(licen[cs]e|copying|notice|thirdpartynotice)/i.test(entry))
      .sort()
      .map((entry) => readFileSync(join(folder, entry), "utf8").trim());
    found.set(`${name}@${version}`, {
      license: license ?? licenses?.map(({ type }) => type).join(" OR "),
      texts,
    });
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function printNotices(packages) {
  const parts = ["The extension contains these packages, under the licences that stand below each."];
  for (const [name, { license, texts }] of packages) {
    if (license === undefined && texts.length === 0) throw new Error(`${name} names no licence`);
    parts.push([`${"-".repeat(80)}\n${name}: ${license ?? "see below"}`, ...texts].join("\n\n"));
  }
  return `${parts.join("\n\n")}\n`;
}
