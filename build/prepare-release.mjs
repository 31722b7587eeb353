#!/usr/bin/env node
// Makes the tree ready for a release: `node build/prepare-release.mjs VERSION DATE [FOLDER]`.
//
// Gives every manifest, and what they ask of each other, that version, and moves the sentences of `changes` into CHANGELOG.md. Commits nothing.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [version = "", date = "", root = fileURLToPath(new URL("..", import.meta.url))] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version) || !/^\d{4}-\d{2}-\d{2}$/.test(date)) {
  process.stderr.write("usage: node build/prepare-release.mjs VERSION DATE, such as 0.2.0 2026-12-01\n");
  process.exit(2);
}
const sentences = changes();
if (sentences.length === 0) {
  process.stderr.write("nothing to release: there is no file in changes\n");
  process.exit(1);
}
for (const file of manifests()) setVersion(file);
const log = join(root, "CHANGELOG.md");
const [title = "", opening = "", ...earlier] = readFileSync(log, "utf8").trimEnd().split("\n\n");
const section = [`## ${version}, ${date}`, sentences.map(({ text }) => `- ${text}`).join("\n")];
writeFileSync(log, `${[title, opening, ...section, ...earlier].join("\n\n")}\n`);
for (const { path } of sentences) rmSync(path);
process.stdout.write(`${version}: ${sentences.length} changes; now run npm install --package-lock-only\n`);

/** The sentences of changes, by the names of their files. */
function changes() {
  return readdirSync(join(root, "changes"))
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .sort()
    .map((name) => join(root, "changes", name))
    .map((path) => ({ path, text: readFileSync(path, "utf8").trim() }));
}

function manifests() {
  const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
  return [root, join(root, "extension"), ...folders]
    .map((folder) => join(folder, "package.json"))
    .filter((file) => existsSync(file));
}

function setVersion(file) {
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  manifest.version = version;
  for (const kind of ["dependencies", "devDependencies"]) {
    for (const name of Object.keys(manifest[kind] ?? {})) {
      if (name.startsWith("@sampan/") || name === "sampan") manifest[kind][name] = version;
    }
  }
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
