import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The licences of the packages that files of a bundle come from, as one text. Throws where a package names none. */
export function noticesOf(opening, files) {
  const found = new Map();
  for (const file of new Set(files)) {
    // Of nested packages the innermost is meant.
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
    const named = license ?? licenses?.map(({ type }) => type).join(" OR ");
    if (named === undefined && texts.length === 0) throw new Error(`${name} names no licence`);
    const title = `${name}@${version}: ${named ?? "see below"}`;
    found.set(title, [`${"-".repeat(80)}\n${title}`, ...texts].join("\n\n"));
  }
  const parts = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return `${[opening, ...parts].join("\n\n")}\n`;
}

/** The files that went into bundles, by what esbuild wrote of them into a folder. */
export function inputsBelow(folder) {
  return readdirSync(folder)
    .filter((name) => /^metafile-\w+\.json$/.test(name))
    .flatMap((name) => Object.keys(JSON.parse(readFileSync(join(folder, name), "utf8")).inputs));
}
