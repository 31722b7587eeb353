import { rm } from "node:fs/promises";
import { afterAll, describe, expect, it } from "vitest";
import { lacks } from "../helpers/requires.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { blocksOf, type Page, readPages } from "./pages.ts";
import { looksLike, runPage } from "./run-page.ts";

const without = lacks("git", "curl");
const pages = without ? [] : (await readPages()).filter(runs);

function runs({ text }: Page): boolean {
  return blocksOf(text).some(({ marks }) => marks.includes("run"));
}

describe.skipIf(without)("what the documents run", () => {
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  // Each page is a folder and a simulator of its own.
  it.concurrent.each(pages)("$path prints what it shows", async (page) => {
    const whole = await makeFolder();
    folders.push(whole);
    expect(await runPage(page, `${whole}/plans`)).toEqual([]);
  });

  it("is found out when it prints anything else", async () => {
    const whole = await makeFolder();
    folders.push(whole);
    const text = "```sh run\nsampan explain SMP101\n```\n\n```text\nSMP102: another thing\n```\n";
    const faults = await runPage({ path: "page.md", text }, `${whole}/plans`);
    expect(faults.join()).toContain("page.md:1: printed\ncode  SMP101");
    const failing = "```sh run\nsampan explain NOTHING_LIKE_IT\n```\n";
    expect((await runPage({ path: "page.md", text: failing }, `${whole}/plans`)).join()).toContain(
      "instead of 0",
    );
  });

  it("is compared without what differs from run to run", () => {
    const said = "m-bp1dce847a9a4ef64f95  web-01\ncopied in 4.3 s\na\nb\n/tmp/x/runs/20261123-012105-xqqhr";
    const shown = "m-bp1000000000000000  web-01\ncopied in 1.0 s\n…\n/srv/plans/runs/20250101-000000-aaaaa";
    expect(looksLike(said, shown, "/tmp/x")).toBe(true);
    expect(looksLike(said, shown.replace("web-01", "web-02"), "/tmp/x")).toBe(false);
  });
});
