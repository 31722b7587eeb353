import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { assertRangeWithin, isSampanError, MiB } from "@sampan/core";
import { type LinuxMoments, linuxMoments, openLocalShell, type Shell } from "@sampan/host";
import type { BlockSource } from "@sampan/image";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lacks } from "../helpers/requires.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

const sizeBytes = 48 * MiB;
/** The shortest there is: the host lets go five to seven seconds after it last heard of us. */
const leaseMs = 5_000;

async function openDevice({ path, sizeBytes }: { path: string; sizeBytes: number }): Promise<BlockSource> {
  const file = await open(path, "r");
  return {
    sizeBytes,
    features: { extents: "none", stable: false },
    async read(range, into) {
      assertRangeWithin(range, sizeBytes, into.length);
      await file.read(into, 0, range.length, range.offset);
    },
    async *extents(range = { offset: 0, length: sizeBytes }) {
      yield { ...range, kind: "data" as const };
    },
    close: () => file.close(),
  };
}

describe.skipIf(lacks("root", "losetup", "mkfs.ext4", "fsfreeze", "e2fsck"))(
  "a file system that is frozen for real",
  () => {
    let folder: string;
    let mount: string;
    let disk: { name: string; sizeBytes: number };
    let shell: Shell;
    let moments: LinuxMoments;
    let ids = 0;
    const options = () => ({ id: `freeze-${process.pid}-${++ids}`, consistency: "freeze", leaseMs }) as const;
    const home = async (id: string) =>
      (await execa("sh", ["-c", 'ls -d /run/sampan/"$1" /dev/shm/sampan/"$1" 2>/dev/null; true', "sh", id]))
        .stdout;
    /** Whether a write to it ends in half a second. */
    const writes = async () => {
      const writer = execa("sh", ["-c", 'echo x > "$1/written"', "sh", mount], { reject: false });
      const ended = await Promise.race([writer.then(() => true), pause(500, false)]);
      writer.kill("SIGKILL");
      return ended;
    };
    /** Waits until it is thawed; how long that took. */
    const thawed = async () => {
      const from = Date.now();
      while (!(await writes())) {
        if (Date.now() - from > 30_000) throw new Error("it is frozen still");
      }
      return Date.now() - from;
    };

    beforeAll(async () => {
      folder = await makeFolder();
      mount = join(folder, "a mount");
      const image = join(folder, "disk.raw");
      await execa("truncate", ["-s", String(sizeBytes), image]);
      await execa("mkfs.ext4", ["-q", "-F", image]);
      const { stdout } = await execa("losetup", ["--find", "--show", image]);
      disk = { name: stdout.trim(), sizeBytes };
      await execa("mkdir", [mount]);
      await execa("mount", [disk.name, mount]);
    });
    afterEach(() => moments.close());
    beforeEach(() => {
      shell = openLocalShell();
      moments = linuxMoments({ shell, openDevice });
    });
    afterAll(async () => {
      if (disk === undefined) return;
      await execa("fsfreeze", ["-u", mount], { reject: false });
      await execa("umount", [mount], { reject: false });
      await execa("losetup", ["-d", disk.name], { reject: false });
      await rm(folder, { recursive: true, force: true });
    });

    it("is whole as it is read, holds writers up, and goes on when it is released", async () => {
      await execa("sh", ["-c", 'for i in 1 2 3 4 5; do echo "text $i" > "$1/f$i"; done', "sh", mount]);
      const moment = await moments.hold(disk, options());
      expect(moment).toMatchObject({ made: [`freeze of ${mount}`] });
      expect(await writes()).toBe(false);
      const source = await moments.openMoment(moment);
      const copy = join(folder, "copy.raw");
      const bytes = Buffer.alloc(sizeBytes);
      await source.read({ offset: 0, length: sizeBytes }, bytes);
      // Longer than the lease, which is renewed meanwhile.
      await pause(leaseMs + 3_000);
      expect(await writes()).toBe(false);
      await source.close();
      await moments.release(moment);
      await thawed();
      expect(await home(moment.id)).toBe("");
      const file = await open(copy, "w");
      await file.write(bytes);
      await file.close();
      const { exitCode, stdout } = await execa("e2fsck", ["-fn", copy], { reject: false });
      expect([exitCode, stdout]).toEqual([0, expect.not.stringContaining("recover")]);
      const { stdout: text } = await execa("debugfs", ["-R", "cat /f5", copy]);
      expect(text).toBe("text 5");
    });

    it("thaws by itself when nothing is heard of us any more", async () => {
      let killed = false;
      const dying: Shell = {
        ...shell,
        startScript: async (script, args, given) => {
          if (killed) throw new Error("this program was killed");
          return shell.startScript(script, args, given);
        },
      };
      moments = linuxMoments({ shell: dying, openDevice });
      const moment = await moments.hold(disk, options());
      expect(await writes()).toBe(false);
      // Every channel ends, no other is opened, and nothing is released.
      killed = true;
      await shell.close();
      expect(await thawed()).toBeLessThan(leaseMs + 10_000);
      expect(await home(moment.id)).toBe("");
      const after = linuxMoments({ shell: openLocalShell(), openDevice });
      const error = await after.openMoment(moment).catch((caught: unknown) => caught);
      expect(isSampanError(error, "HOST_MOMENT_LOST")).toBe(true);
      await after.release(moment);
    });

    it("thaws at once when the host is shut down", async () => {
      const moment = await moments.hold(disk, options());
      const watcher = Number(await readFile(join(await home(moment.id), "watcher"), "utf8"));
      process.kill(watcher, "SIGTERM");
      expect(await thawed()).toBeLessThan(4_000);
      const error = await moments.openMoment(moment).catch((caught: unknown) => caught);
      expect(isSampanError(error, "HOST_MOMENT_LOST")).toBe(true);
    });

    it("is refused while another holds it, whose freeze stays", async () => {
      const moment = await moments.hold(disk, options());
      const error = await moments.hold(disk, options()).catch((caught: unknown) => caught);
      expect(isSampanError(error, "HOST_FREEZE_IMPOSSIBLE")).toBe(true);
      expect(await writes()).toBe(false);
      await moments.release(moment);
      expect(await thawed()).toBeLessThan(2_000);
    });
  },
);
