#!/usr/bin/env node
// Fetches the versions of Node.js that the program promises to run on, for the tests that ask test/helpers/node-versions.ts.
//
// They come from the npm registry, as the parts of the `node` package for one platform each, and are kept in the cache folder
// (SAMPAN_CACHE, else ~/.cache/sampan): the one file `node`, once its package has the checksum below. The version that runs this is not
// fetched. Never fails: a test whose version is missing is skipped by name, or fails when CI is set.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cache, place, removeFromCache } from "./cache.mjs";

/** Version → platform → SHA-512 of the package `node-PLATFORM@VERSION`, as registries publish it. */
const versions = {
  "20.20.2": {
    "linux-x64": "PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==",
    "linux-arm64": "LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==",
  },
  "22.23.3": {
    "linux-x64": "qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
    "linux-arm64": "l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
  },
  "24.21.0": {
    "linux-x64": "3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    "linux-arm64": "FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
};

const platform = `${process.platform}-${process.arch}`;

const majorOf = (version) => Number(version.split(".")[0]);

function say(text) {
  process.stderr.write(`Node.js versions: ${text}\n`);
}

function run(command, args, cwd) {
  const { status, error, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return;
  const why = error?.message ?? `exit code ${status}: ${stderr.trim().split("\n").slice(-3).join(" ")}`;
  throw new Error(`${command} ${args.join(" ")}: ${why}`);
}

function install(version, sha512) {
  const folder = `node-${version}-${platform}`;
  if (existsSync(join(cache, folder, "node"))) return;
  const name = `node-${platform}@${version}`;
  say(`fetching ${name}`);
  place(folder, (growing) => {
    run("npm", ["pack", name, "--loglevel=error"], growing);
    const [packed = ""] = readdirSync(growing).filter((file) => file.endsWith(".tgz"));
    const found = createHash("sha512")
      .update(readFileSync(join(growing, packed)))
      .digest("base64");
    if (found !== sha512) throw new Error(`${name} has the checksum ${found} and not ${sha512}`);
    run("tar", ["-xzf", packed, "--strip-components=2", "package/bin/node"], growing);
    rmSync(join(growing, packed));
    chmodSync(join(growing, "node"), 0o755);
  });
}

for (const [version, checksums] of Object.entries(versions)) {
  if (majorOf(version) === majorOf(process.versions.node)) continue;
  try {
    const sha512 = checksums[platform];
    if (sha512 === undefined) throw new Error(`there is no package for ${platform}`);
    install(version, sha512);
  } catch (error) {
    say(`${version} cannot be had, its tests are left out: ${error.message}`);
  }
}
// Earlier versions are of no use any more.
removeFromCache((name) => {
  const version = /^node-(\d+\.\d+\.\d+)-/.exec(name)?.[1];
  return version !== undefined && !(version in versions);
});
