import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rememberedSession } from "../testing/shell-session.ts";
import { createCompleter } from "./completer.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-tab-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What stands there after Tab, or what is listed. */
async function tab(text: string): Promise<string | readonly string[]> {
  const { session } = rememberedSession({ cwd: folder });
  const completer = createCompleter(() => session);
  const { from, insert, menu } = await completer.complete(text, text.length);
  completer.close();
  return insert === undefined ? menu : text.slice(0, from) + insert;
}

describe("Tab behind a colon", () => {
  it("offers commands of the shell and of the program, each once", async () => {
    const listed = await tab(":");
    expect(listed).toContainEqual(expect.stringMatching(/^cancel +stop a run/));
    expect(listed).toContainEqual(expect.stringMatching(/^inspect +Show what/));
    expect(await tab(":prof")).toBe(":profile");
    expect(await tab(":shell")).not.toBe(":shell");
  });

  it("offers what a command takes: runs, clouds, regions, options", async () => {
    await mkdir(join(folder, ".sampan/runs/20261126-101500-abcde"), { recursive: true });
    expect(await tab(":attach ")).toBe(":attach 20261126-101500-abcde");
    expect(await tab(":cloud a")).toBe(":cloud alibaba");
    expect(await tab(":region cn-shangh")).toBe(":region cn-shanghai");
    expect(await tab(":inspect --js")).toBe(":inspect --json");
  });

  it("offers files and folders of this machine", async () => {
    await mkdir(join(folder, "images"));
    await writeFile(join(folder, "images/web-01.vmdk"), "");
    await writeFile(join(folder, "images/web 02.vmdk"), "");
    expect(await tab(":inspect im")).toBe(":inspect images/");
    expect(await tab(":inspect ./images/w")).toBe(":inspect ./images/web-01.vmdk");
    expect(await tab(":plan a.json --out=./images/w")).toBe(":plan a.json --out=./images/web-01.vmdk");
    expect(await tab(":save images/w")).toBe(":save images/web-01.vmdk");
  });
});
