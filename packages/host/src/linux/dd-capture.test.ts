import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLocalShell } from "../connection/local-shell.ts";
import type { Shell } from "../connection/shell.ts";
import { captureByDd } from "./dd-capture.ts";

const MiB = 1024 ** 2;

describe.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)(
  "a capture by dd (root)",
  { timeout: 60_000 },
  () => {
    let folder: string;
    let disk: string;
    let shell: Shell;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "sampan-dd-"));
      // A folder below /tmp is as good as a share: only /tmp itself is the system's.
      disk = join(folder, "disk");
      writeFileSync(disk, Buffer.alloc(3 * MiB, 7));
      truncateSync(disk, 20 * MiB);
      shell = openLocalShell();
    });
    afterEach(async () => {
      await shell.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it("copies the disk byte for byte, with holes where dd can, and tells how far it is", async () => {
      const told: number[] = [];
      const done = await captureByDd(
        shell,
        { disk, sizeBytes: 20 * MiB, folder, file: "web-01.raw", anyFileSystem: true },
        { onProgress: (bytes) => told.push(bytes) },
      );
      expect(done).toEqual({ path: `${folder}/web-01.raw`, sizeBytes: 20 * MiB, sparse: true });
      expect(readFileSync(done.path).equals(readFileSync(disk))).toBe(true);
      expect(statSync(done.path).blocks * 512).toBeLessThan(5 * MiB);
      expect(statSync(done.path).mode & 0o777).toBe(0o600);
      expect(told.at(-1)).toBe(20 * MiB);
      expect([...told].sort((a, b) => a - b)).toEqual(told);
      expect(readdirSync(folder).sort()).toEqual(["disk", "web-01.raw"]);
    });

    it("ends dd and removes its file when it is cancelled", async () => {
      // So long that it is never read to its end.
      truncateSync(disk, 1024 ** 4);
      const cancel = new AbortController();
      const capture = captureByDd(
        shell,
        { disk, sizeBytes: 1024 ** 4, folder, file: "x.raw", anyFileSystem: true },
        { signal: cancel.signal, onProgress: (bytes) => bytes > 0 && cancel.abort() },
      );
      await expect(capture).rejects.toMatchObject({ code: "CORE_CANCELLED" });
      for (let i = 0; i < 50 && readdirSync(folder).length > 1; i++) await pause(100);
      expect(readdirSync(folder)).toEqual(["disk"]);
    });

    it("overwrites nothing, and takes no folder for a share that is none", async () => {
      writeFileSync(join(folder, "there.raw"), "old");
      const capture = { disk, sizeBytes: 20 * MiB, folder, file: "there.raw" };
      await expect(captureByDd(shell, { ...capture, anyFileSystem: true })).rejects.toMatchObject({
        code: "HOST_DD_FAILED",
        message: expect.stringContaining("that file is there already"),
      });
      expect(readFileSync(join(folder, "there.raw"), "utf8")).toBe("old");
      await expect(captureByDd(shell, { ...capture, file: "new.raw" })).rejects.toThrow(
        "is no mounted share",
      );
      expect(existsSync(join(folder, "new.raw"))).toBe(false);
    });

    it("begins only where the folder is the one that is read from afterwards", async () => {
      const capture = { disk, sizeBytes: 20 * MiB, folder, file: "new.raw", anyFileSystem: true };
      await expect(captureByDd(shell, { ...capture, proof: "proof-1" })).rejects.toMatchObject({
        code: "HOST_DD_FAILED",
        message: expect.stringContaining("is not the one that is read from afterwards"),
      });
      writeFileSync(join(folder, "proof-1"), "");
      expect((await captureByDd(shell, { ...capture, proof: "proof-1" })).sizeBytes).toBe(20 * MiB);
    });

    it("gives no name to a copy of another size than the disk's", async () => {
      const capture = { disk, sizeBytes: 21 * MiB, folder, file: "new.raw", anyFileSystem: true };
      await expect(captureByDd(shell, capture)).rejects.toThrow(
        "the copy has 20971520 bytes, the disk 22020096",
      );
      expect(readdirSync(folder)).toEqual(["disk"]);
    });

    it.each([
      [{ disk: "sda" }],
      [{ disk: "/dev/sd\na" }],
      [{ file: "../x" }],
      [{ file: "-x" }],
      [{ proof: "../x" }],
      [{ folder: "/etc" }],
      [{ folder: "mnt" }],
    ])("refuses %j before anything is run", async (bad) => {
      const capture = { disk, sizeBytes: 1, folder, file: "x.raw", ...bad };
      await expect(captureByDd(shell, capture)).rejects.toMatchObject({ code: "HOST_SHARE_INVALID" });
    });

    it("says what dd says", async () => {
      const capture = { disk: "/nowhere", sizeBytes: 1, folder, file: "x.raw", anyFileSystem: true };
      await expect(captureByDd(shell, capture)).rejects.toThrow("there is no disk /nowhere");
    });
  },
);
