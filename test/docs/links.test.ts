import { existsSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { lacks } from "../helpers/requires.ts";
import { anchorsOf, linksOf, type Page, proseOf, readPages, repositoryFolder } from "./pages.ts";

describe.skipIf(lacks("git"))("links of the documents", () => {
  let pages: readonly Page[];

  beforeAll(async () => {
    pages = await readPages();
  });

  it("lead to files that exist", () => {
    const broken = pages.flatMap(({ path, text }) =>
      linksOf(text)
        .map((target) => target.replace(/#.*$/, ""))
        .filter((target) => target !== "" && !existsSync(join(repositoryFolder, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
    expect(pages.flatMap(({ text }) => linksOf(text)).length).toBeGreaterThan(100);
  });

  it("lead to headings that exist", () => {
    const texts = new Map(pages.map(({ path, text }) => [path, text]));
    const broken = pages.flatMap(({ path, text }) =>
      linksOf(text).flatMap((target) => {
        const [file = "", anchor] = target.split("#");
        const page = file === "" ? path : posix.join(posix.dirname(path), file);
        const there = texts.get(page);
        if (anchor === undefined || there === undefined) return [];
        return anchorsOf(there).has(anchor) ? [] : [`${path}: ${target}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it("lead to no folder, which the site of the documents cannot show", () => {
    const folders = pages.flatMap(({ path, text }) =>
      linksOf(text)
        .map((target) => join(repositoryFolder, dirname(path), target.replace(/#.*$/, "")))
        .filter((target) => existsSync(target) && statSync(target).isDirectory())
        .filter((target) => target !== join(repositoryFolder, dirname(path)))
        .map((target) => `${path}: ${target}`),
    );
    expect(folders).toEqual([]);
  });

  it("and paths in a sentence name what exists", () => {
    const broken = pages
      .filter(({ path }) => !path.includes("/decisions/"))
      .flatMap(({ path, text }) =>
        [...proseOf(text).matchAll(/`((?:test|packages|examples|extension)\/[\w./-]+)`/g)]
          .map(([, named = ""]) => named)
          .filter((named) => !existsSync(join(repositoryFolder, named)))
          .map((named) => `${path}: ${named}`),
      );
    expect(broken).toEqual([]);
  });

  it("leave no manual page without one that leads to it", () => {
    const reached = new Set(
      pages.flatMap(({ path, text }) =>
        linksOf(text).map((target) => posix.join(posix.dirname(path), target.replace(/#.*$/, ""))),
      ),
    );
    // Decisions lead to each other, and are found by their numbers.
    const alone = pages
      .map(({ path }) => path)
      .filter((path) => /^packages\/[^/]+\/docs\/(?!decisions\/)/.test(path) && !reached.has(path));
    expect(alone).toEqual([]);
  });
});
