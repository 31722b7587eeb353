#!/usr/bin/env node
// The language server as a program of its own: editors start it with --stdio.
import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const ways = process.argv.slice(2).filter((word) => /^--(stdio|node-ipc|socket|pipe)\b/.test(word));

if (process.argv.includes("--version")) {
  process.stdout.write(`${version}\n`);
} else if (ways.length === 0) {
  process.stderr.write("usage: sampan-language-server --stdio | --node-ipc | --version\n");
  process.exitCode = 2;
} else {
  const { serve } = await import("../dist/server/serve.js");
  serve({ version });
}
