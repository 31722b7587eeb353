#!/usr/bin/env node
// Prints the bill of materials of what is published (CycloneDX, JSON): what npm installs with our packages, and what their bundles and the
// extension's contain, which npm takes for development dependencies. Run after a build.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const published = new Set([
  ...billOf("--omit=dev").components.map((component) => component["bom-ref"]),
  ...contained(join(root, "extension/dist")),
  ...readdirSync(join(root, "packages")).flatMap((name) => contained(join(root, "packages", name, "dist"))),
]);
const { name, version, license } = JSON.parse(readFileSync(join(root, "packages/repl/package.json"), "utf8"));
const bill = billOf();
// npm names it after the folder it lies in.
Object.assign(bill.metadata.component, { name, version, licenses: [{ license: { id: license } }] });
const top = bill.metadata.component["bom-ref"];
bill.components = bill.components.filter((component) => published.has(component["bom-ref"]));
bill.dependencies = bill.dependencies
  .filter(({ ref }) => ref === top || published.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => published.has(one)) }));
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);

function billOf(...options) {
  const args = ["sbom", "--sbom-format=cyclonedx", "--package-lock-only", ...options];
  return JSON.parse(execFileSync("npm", args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }));
}

/** The packages that stand in a folder's notices, as `name@version`. */
function contained(dist) {
  let notices;
  try {
    notices = readFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
  return [...notices.matchAll(/^-{80}\n(\S+@\d\S*): /gm)].map(([, package_]) => package_);
}
