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

it("tells in the README and in its change how many packages an installation brings", () => {
  const lock = JSON.parse(readFileSync(join(repositoryFolder, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, LockedPackage>>;
  };
  const brought = new Set<string>();
  const waiting = ["packages/repl"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (brought.has(path)) continue;
    brought.add(path);
    const { dependencies, optionalDependencies } = lock.packages[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      // As Node looks for it: beside the one that needs it, then further up.
      let folder = path;
      let found: string | undefined;
      while (found === undefined) {
        const candidate = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
        const entry = lock.packages[candidate];
        if (entry !== undefined) found = entry.link ? entry.resolved : candidate;
        else if (folder === "") break;
        folder = folder.includes("/node_modules/")
          ? folder.slice(0, folder.lastIndexOf("/node_modules/"))
          : "";
      }
      expect(found, name).toBeDefined();
      if (found !== undefined) waiting.push(found);
    }
  }
  for (const page of ["packages/repl/README.md", "changes/smaller-installation.md"]) {
    const path = join(repositoryFolder, page);
    // A release moves the change away.
    if (existsSync(path)) expect(readFileSync(path, "utf8"), page).toContain(`${brought.size} packages with`);
  }
});

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly link?: boolean;
  readonly resolved?: string;
}

it("keeps source files short, or has them explain at the top why one file is right", () => {
  const long = readSourceFiles().filter((file) => {
    if (file.isTest || file.text.split("\n").length <= 400) return false;
    return !/one file/i.test(file.text.split("\n").slice(0, 20).join("\n"));
  });
  expect(long.map((file) => `${file.path}: ${file.text.split("\n").length} lines`)).toEqual([]);
});
