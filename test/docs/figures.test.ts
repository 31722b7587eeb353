import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoryFolder } from "./pages.ts";

const readme = readFileSync(join(repositoryFolder, "README.md"), "utf8");
const [, section = ""] = /\n## How fast\n([\s\S]*?)\n## /.exec(readme) ?? [];

it("the README's figures, and their date, are those of the page that explains each", () => {
  const date = /Measured on (\d{4}-\d\d-\d\d)/.exec(section)?.[1] ?? "no date";
  const rows = [...section.matchAll(/^\| (.+) \| .+ \| (.+) \| (.+) \|$/gm)].slice(1);
  expect(rows.length).toBeGreaterThan(4);
  let page = "";
  for (const [, what = "", figures = "", again = ""] of rows) {
    const [, link] = /\(([^)#]+)(#[^)]*)?\)/.exec(again) ?? [];
    // "the same" is the page of the row above.
    if (link !== undefined) page = readFileSync(join(repositoryFolder, link), "utf8");
    expect(page, what).toContain(date);
    // All of a row on one line: each may stand on the page for something else too.
    const wanted = [...figures.matchAll(/\d+(?:\.\d+)?/g)].map(
      ([figure]) => new RegExp(`(?<![\\d.])${figure.replace(".", "\\.")}(?![\\d.]*\\d)`),
    );
    const told = page.split("\n").filter((line) => wanted.every((figure) => figure.test(line)));
    expect(told, `${what}: ${figures}`).not.toEqual([]);
  }
});
