import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockedWork, takeLock } from "./process-lock.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sampan-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const work = { runId: "20260101-000000-aaaaa", plan: "p" };

describe("a process lock", () => {
  it("is refused while a living process holds it, naming that process", () => {
    const lock = takeLock(path, "run r1");
    let refused: unknown;
    try {
      takeLock(path, "run r1");
    } catch (error) {
      refused = error;
    }
    expect(isSampanError(refused, "RUN_LOCKED")).toBe(true);
    expect(String(refused)).toContain(String(process.pid));
    // Whoever does not say what for does not work on a run.
    expect(lockedWork(path)).toBeUndefined();
    lock.release();
    expect(existsSync(path)).toBe(false);
    takeLock(path, "run r1").release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is taken over from a process that was killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
    const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    writeFileSync(path, JSON.stringify({ pid: child.pid, started, boot, work }));
    expect(lockedWork(path)).toEqual(work);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    expect(lockedWork(path)).toBeUndefined();
    takeLock(path, "run r1").release();
  });

  it("does not mistake another process with the same id for its owner", () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: "1", boot: null, work }));
    expect(lockedWork(path)).toBeUndefined();
    takeLock(path, "run r1").release();
  });

  it("of an earlier boot counts as given back", () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: null, boot: "another boot" }));
    takeLock(path, "run r1").release();
  });
});
