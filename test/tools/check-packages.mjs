#!/usr/bin/env node
// Checks every package as npm would publish it: publint reads its manifest, attw resolves its types the way users'
// compilers do. Undeclared and unused dependencies are knip's business.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemKindInfo } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packed = mkdtempSync(join(tmpdir(), "sampan-pack-"));
let faults = 0;

function complain(name, text) {
  faults += 1;
  console.log(`${name}: ${text}`);
}

try {
  for (const folder of readdirSync(join(root, "packages")).sort()) {
    const directory = join(root, "packages", folder);
    const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    const [{ filename, files }] = asList(
      JSON.parse(
        execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", packed], {
          cwd: directory,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        }),
      ),
    );
    const tarball = readFileSync(join(packed, filename));
    const data = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength);

    const { messages } = await publint({ pack: { tarball: data }, strict: true });
    for (const message of messages) complain(manifest.name, formatMessage(message, manifest));

    const { problems = [] } = await checkPackage(createPackageFromTarballData(new Uint8Array(data)));
    for (const problem of problems) {
      // Sampan is ESM only: what CommonJS and resolution before exports maps make of it is not promised.
      if (problem.kind === "CJSResolvesToESM" || problem.resolutionKind === "node10") continue;
      if (problem.resolutionKind === "node16-cjs") continue;
      const where =
        problem.entrypoint === undefined ? "" : ` at ${problem.entrypoint} (${problem.resolutionKind})`;
      complain(manifest.name, `${problemKindInfo[problem.kind]?.title ?? problem.kind}${where}`);
    }

    for (const { path } of files) {
      if (/\.test\.|\.tsbuildinfo$|^src\//.test(path)) complain(manifest.name, `would publish ${path}`);
    }
  }
} finally {
  rmSync(packed, { recursive: true, force: true });
}

if (faults > 0) {
  console.log(`${faults} faults in packages`);
  process.exitCode = 1;
}

/** `npm pack --json` answers a list, or from npm 12 on an object by name. */
function asList(answer) {
  return Array.isArray(answer) ? answer : Object.values(answer);
}
