#!/usr/bin/env node
// Puts our licence into each package, as npm publishes it, and the licences of what a package contains beside the code that contains it. Run
// after tsup, which says what that is.
import { copyFileSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inputsBelow, noticesOf } from "./notices.mjs";

const packages = fileURLToPath(new URL("../packages", import.meta.url));
for (const folder of readdirSync(packages)) {
  copyFileSync(join(packages, "../LICENSE"), join(packages, folder, "LICENSE"));
  const dist = join(packages, folder, "dist");
  if (!existsSync(join(dist, "metafile-esm.json"))) continue;
  const text = noticesOf(
    "This package contains these others, under the licences that stand below each.",
    inputsBelow(dist),
  );
  writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), text);
}
