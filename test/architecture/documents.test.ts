import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { lacks } from "../helpers/requires.ts";
import { repositoryFolder } from "./source-files.ts";

describe.skipIf(lacks("git"))("the documents", () => {
  let pages: readonly string[];

  beforeAll(async () => {
    const { stdout } = await execa("git", ["ls-files", "-z", "*.md"], { cwd: repositoryFolder });
    pages = stdout.split("\0").filter((path) => path !== "" && existsSync(join(repositoryFolder, path)));
  });

  it("give every decision a number of its own, a date, and say what it costs", () => {
    const decisions = pages.filter((page) => page.includes("/docs/decisions/"));
    const numbers = decisions.map((page) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(page)?.[1]);
    expect(numbers).not.toContain(undefined);
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
    const wrong = decisions.filter((page) => {
      const text = readFileSync(join(repositoryFolder, page), "utf8");
      return !/\d{4}-\d{2}-\d{2}/.test(text) || !/\bcost/i.test(text);
    });
    expect(wrong).toEqual([]);
  });

  it("hold change fragments of one sentence each", () => {
    const fragments = pages.filter((page) => /^changes\/(?!README)/.test(page));
    const wrong = fragments.filter(
      (page) => !/^Sampan now [^\n]+\.\n$/.test(readFileSync(join(repositoryFolder, page), "utf8")),
    );
    expect(wrong).toEqual([]);
  });
});
