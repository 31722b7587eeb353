import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { manifestOf, packageFolders, readSourceFiles, repositoryFolder } from "./source-files.ts";

const version = (
  JSON.parse(readFileSync(join(repositoryFolder, "packages/core/package.json"), "utf8")) as {
    version: string;
  }
).version;

describe.each(packageFolders)("the package in packages/%s", (folder) => {
  const manifest = manifestOf(folder);
  const readmePath = join(repositoryFolder, "packages", folder, "README.md");

  it("says what it is and under which licence", () => {
    expect(manifest.license).toBe("MIT");
    expect(manifest.description ?? "").toMatch(/\.$/);
    expect(manifest.files).toEqual(expect.arrayContaining(["dist", "README.md"]));
  });

  it("exports types, sources for tests and built files for everybody else", () => {
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      // A document is what it is for everybody.
      if (typeof target === "string") {
        expect(existsSync(join(repositoryFolder, "packages", folder, target)), target).toBe(true);
        continue;
      }
      expect(Object.keys(target as object), subpath).toEqual(["@sampan/source", "types", "default"]);
      const source = (target as Record<string, string>)["@sampan/source"] ?? "";
      expect(existsSync(join(repositoryFolder, "packages", folder, source)), source).toBe(true);
    }
  });

  it("depends on its siblings at exactly the version they have", () => {
    const siblings = Object.entries(manifest.dependencies ?? {}).filter(([name]) =>
      name.startsWith("@sampan/"),
    );
    expect(siblings.filter(([, range]) => range !== version)).toEqual([]);
  });

  it("has a README that shows its purpose in a few lines", () => {
    expect(existsSync(readmePath)).toBe(true);
    const readme = readFileSync(readmePath, "utf8");
    expect(readme.startsWith(`# ${manifest.name}\n`)).toBe(true);
    expect(readme.split("\n").length).toBeGreaterThanOrEqual(10);
  });
});

it("tells the same size of an installation in its change as in the README, which test/e2e/packages.test.ts holds", () => {
  const sizeIn = (page: string) =>
    /\d+ packages with \d+ MB/.exec(readFileSync(join(repositoryFolder, page), "utf8"))?.[0];
  const change = "changes/smaller-installation.md";
  const told = sizeIn("packages/repl/README.md");
  expect(told).toBeDefined();
  // A release moves the change away.
  if (existsSync(join(repositoryFolder, change))) expect(sizeIn(change)).toBe(told);
});

it("keeps source files short, or has them explain at the top why one file is right", () => {
  const long = readSourceFiles().filter((file) => {
    if (file.isTest || file.text.split("\n").length <= 400) return false;
    return !/one file/i.test(file.text.split("\n").slice(0, 20).join("\n"));
  });
  expect(long.map((file) => `${file.path}: ${file.text.split("\n").length} lines`)).toEqual([]);
});
