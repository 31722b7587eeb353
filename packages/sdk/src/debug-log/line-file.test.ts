import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLineFile } from "./line-file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-lines-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fail = (error: unknown): void => {
  throw error;
};

describe("a file of lines", () => {
  it("is its user's alone, also where it was there before, and what was in it stays", () => {
    const [fresh, old] = [join(folder, "fresh"), join(folder, "old")];
    writeFileSync(old, "before\n");
    chmodSync(old, 0o644);
    for (const path of [fresh, old]) {
      const file = openLineFile(path, fail);
      file.append("one");
      file.close();
      file.append("after the end");
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(fresh, "utf8")).toBe("one\n");
    expect(readFileSync(old, "utf8")).toBe("before\none\n");
  });

  it("takes lines of several writers whole", () => {
    const path = join(folder, "shared");
    const files = [1, 2, 3].map(() => openLineFile(path, fail));
    for (let turn = 0; turn < 50; turn++) {
      for (const [writer, file] of files.entries()) file.append(`${writer} ${"x".repeat(turn * 100)} end`);
    }
    for (const file of files) file.close();
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(150);
    expect(lines.every((line) => /^[012] x* end$/.test(line))).toBe(true);
  });

  it.skipIf(!existsSync("/dev/full"))("says once that its disk is full, and never throws", () => {
    const said: unknown[] = [];
    const file = openLineFile("/dev/full", (error) => said.push(error));
    for (let turn = 0; turn < 3; turn++) file.append("a line");
    file.close();
    expect(said).toMatchObject([{ code: "ENOSPC" }]);
  });

  it("says so at once where it cannot be opened", () => {
    expect(() => openLineFile(join(folder, "no", "folder"), fail)).toThrow(/ENOENT/);
  });
});
