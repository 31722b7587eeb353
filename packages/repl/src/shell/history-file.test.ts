import { appendFile, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { historyPath, openHistory } from "./history-file.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-history-"));
  path = join(folder, "deep", "shell-history.ndjson");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the history", () => {
  it("keeps an input of several lines as one entry, newest first, for its owner only", async () => {
    const history = openHistory(path);
    history.add("const a = 1");
    history.add("f(\n  1,\n)");
    expect(openHistory(path).entries()).toEqual(["f(\n  1,\n)", "const a = 1"]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "deep"))).mode & 0o777).toBe(0o700);
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(3);
  });

  it("is shared by sessions that are open at once, each input once", () => {
    const [one, other] = [openHistory(path), openHistory(path)];
    one.add("a");
    other.add("b");
    one.add("a");
    other.add(" a ");
    expect(one.entries()).toEqual(["a", "b"]);
    expect(other.entries()).toEqual(["a", "b"]);
  });

  it("never has a secret on the disk", async () => {
    const history = openHistory(path, { ALIBABA_CLOUD_ACCESS_KEY_SECRET: "canary-of-the-environment" });
    history.add('connect("LTAI5tCanaryCanaryCanary", "canary-of-the-environment")');
    history.add('const password = "canary-word"');
    const kept = await readFile(path, "utf8");
    expect(kept).toContain("connect");
    expect(kept).not.toMatch(/canary/i);
  });

  it("passes over what is damaged, and is made shorter when it has grown", async () => {
    openHistory(path).add("first");
    await appendFile(path, 'no json\n{"a":1}\n');
    const lines = Array.from(
      { length: 4_100 },
      (_, index) => `${JSON.stringify(`n${index % 3_000}`)}\n`,
    ).join("");
    await appendFile(path, lines);
    const history = openHistory(path);
    history.add("last");
    expect(history.entries()).toHaveLength(2_000);
    expect(history.entries()[0]).toBe("last");
    expect((await readFile(path, "utf8")).trimEnd().split("\n")).toHaveLength(2_001);
  });

  it("waits for no session that died while it wrote", async () => {
    const history = openHistory(path);
    history.add("a");
    await writeFile(`${path}.lock`, "");
    await utimes(`${path}.lock`, new Date(0), new Date(0));
    history.add("b");
    expect(openHistory(path).entries()).toEqual(["b", "a"]);
  });

  it("is remembered in the session where it cannot be written", async () => {
    await writeFile(join(folder, "deep"), "a file, no folder");
    const history = openHistory(path);
    history.add("a");
    expect(history.entries()).toEqual(["a"]);
  });

  it("lies in SAMPAN_HOME, else where a user's state lies", () => {
    expect(historyPath({ SAMPAN_HOME: "/s", HOME: "/h" })).toBe("/s/shell-history.ndjson");
    expect(historyPath({ XDG_STATE_HOME: "/x", HOME: "/h" })).toBe("/x/sampan/shell-history.ndjson");
    expect(historyPath({ HOME: "/h" })).toBe("/h/.local/state/sampan/shell-history.ndjson");
  });
});
