import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
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
    const before = "2026-11-27T01:02:03.456Z 1 program begins\n";
    writeFileSync(old, before);
    chmodSync(old, 0o644);
    for (const path of [fresh, old]) {
      const file = openLineFile(path, fail);
      file.append("one");
      file.close();
      file.append("after the end");
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(fresh, "utf8")).toBe("one\n");
    expect(readFileSync(old, "utf8")).toBe(`${before}one\n`);
  });

  it("touches nothing that is no such file, and does not wait for who reads", () => {
    const plan = join(folder, "plan.ts");
    writeFileSync(plan, "export default 1;\n", { mode: 0o644 });
    const [link, pipe, other] = ["link", "pipe", "other"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(other, "");
    linkSync(other, `${other}-too`);
    symlinkSync(plan, link);
    execFileSync("mkfifo", [pipe]);
    for (const [path, why] of [
      [plan, /something else than a debug log/],
      [link, /ELOOP/],
      [pipe, /no file/],
      [other, /another name/],
      [folder, /EISDIR/],
    ] as const)
      expect(() => openLineFile(path, fail), path).toThrow(why);
    expect([readFileSync(plan, "utf8"), statSync(plan).mode & 0o777]).toEqual(["export default 1;\n", 0o644]);
  });

  it("begins a line anew behind half of one, and says how many were lost", () => {
    const path = join(folder, "torn");
    const said: unknown[] = [];
    let left = 3;
    const file = openLineFile(
      path,
      (error) => {
        said.push(error);
        throw new Error("nobody listens");
      },
      (descriptor, bytes) => {
        left--;
        if (left === 2) throw new Error("full");
        return writeSync(descriptor, left === 1 ? bytes.subarray(0, 4) : bytes);
      },
    );
    for (const line of ["first", "second", "third", "fourth"]) file.append(line);
    file.close();
    expect(readFileSync(path, "utf8")).toBe("seco\nthird lost-before=2\nfourth\n");
    expect(said).toHaveLength(1);
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
