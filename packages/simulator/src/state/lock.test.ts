import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FolderLock } from "./lock.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-lock-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const lockFile = () => join(folder, "lock.json");

it("lets one holder in and tells the others where it serves", async () => {
  const lock = await FolderLock.take(folder);
  await lock.announce("http://localhost:1234");
  await expect(FolderLock.take(folder)).rejects.toMatchObject({
    code: "SIMULATOR_LOCKED",
    details: { endpoint: "http://localhost:1234", pid: process.pid },
  });
  await lock.release();
  await (await FolderLock.take(folder)).release();
});

it("takes over from a process that has died", async () => {
  const dead = spawn(process.execPath, ["-e", ""]);
  await once(dead, "exit");
  await writeFile(
    lockFile(),
    JSON.stringify({ pid: dead.pid, processStart: "1", endpoint: null, token: "old" }),
  );
  const lock = await FolderLock.take(folder);
  expect(JSON.parse(await readFile(lockFile(), "utf8")).pid).toBe(process.pid);
  await lock.release();
});

it("is not fooled by a pid that belongs to another process now", async () => {
  const record = { pid: process.pid, processStart: "1", endpoint: null, token: "old" };
  await writeFile(lockFile(), JSON.stringify(record));
  await (await FolderLock.take(folder)).release();
});

it("takes over from a lock file that was never finished", async () => {
  await writeFile(lockFile(), '{"pid":');
  await (await FolderLock.take(folder)).release();
});

it("lets exactly one of many in at the same time", async () => {
  await writeFile(
    lockFile(),
    JSON.stringify({ pid: process.pid, processStart: "1", endpoint: null, token: "old" }),
  );
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => FolderLock.take(folder)));
  expect(attempts.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
});
