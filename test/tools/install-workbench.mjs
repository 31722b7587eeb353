#!/usr/bin/env node
// Installs a real VS Code workbench for test/e2e/editor: code-server, the Node it wants, Chromium, and what packs extensions.
//
// They are kept in the cache folder (SAMPAN_CACHE, else ~/.cache/sampan) and are no dependencies of this repository: they weigh
// 0.8 GB, and code-server's own installation compiles and downloads what is not needed here. Prints the folder on stdout.
// Fails, and says what was missing, where it cannot be had.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, place, removeFromCache } from "./cache.mjs";

const packages = [
  "code-server@4.139.1",
  "@vscode/vsce@3.9.2",
  // The Node that code-server runs on, with its headers; a package without an install script.
  `node-${process.platform}-${process.arch}@24.21.0`,
];

const version = createHash("sha256").update(packages.join(" ")).digest("hex").slice(0, 12);
const name = `workbench-${version}`;
const folder = join(cache, name);

function say(text) {
  process.stderr.write(`workbench: ${text}\n`);
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2], ...options });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `exit code ${status}`}`);
}

function npm(args, cwd, env = {}) {
  run("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
    env: { ...process.env, ...env },
  });
}

/** Debian packages that bring a browser, and what two small modules of code-server are compiled with. */
function installPrograms() {
  const wanted = { chromium: "chromium", "g++": "g++", make: "make", python3: "python3" };
  const missing = Object.keys(wanted).filter((program) => spawnSync("which", [program]).status !== 0);
  if (missing.length === 0) return;
  const names = missing.map((program) => wanted[program]);
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error(`${missing.join(", ")} missing; on Debian: apt-get install ${names.join(" ")}`);
  }
  say(`installing ${names.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = () =>
    run(
      "apt-get",
      ["-q", "-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends", ...names],
      {
        env,
      },
    );
  try {
    install();
  } catch {
    run("apt-get", ["-q", "update"], { env });
    install();
  }
}

function installEditor() {
  say(`installing ${packages.join(", ")} into ${folder}`);
  place(name, (growing) => {
    writeFileSync(join(growing, "package.json"), JSON.stringify({ private: true }));
    // Without install scripts nothing is compiled or fetched from elsewhere; what has to be compiled is compiled below.
    npm(["install", "--ignore-scripts", ...packages], growing);
    const editor = join(growing, "node_modules/code-server/lib/vscode");
    npm(["install", "--omit=dev", "--ignore-scripts"], editor);
    const node = join(growing, `node_modules/node-${process.platform}-${process.arch}`);
    // Without them there is no output channel and no log.
    npm(["rebuild", "@vscode/spdlog", "@vscode/native-watchdog"], editor, { npm_config_nodedir: node });
    npm(["install", "--omit=dev", "--ignore-scripts"], join(editor, "extensions"));
  });
  // Earlier versions are of no use any more.
  removeFromCache((other) => /^workbench-[0-9a-f]{12}$/.test(other) && other !== name);
}

try {
  installPrograms();
  if (!existsSync(folder)) installEditor();
  process.stdout.write(`${folder}\n`);
} catch (error) {
  say(`cannot be installed: ${error.message}`);
  process.exitCode = 1;
}
