import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { MiB } from "@sampan/core";
import { linuxMoments, openRemoteDisk, openSshShell, type Shell } from "@sampan/host";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type LoopbackSshd, sshdTools, startLoopbackSshd } from "../helpers/loopback-sshd.ts";
import { type LoopbackUsers, makeUsers, userTools } from "../helpers/loopback-users.ts";
import { lacks } from "../helpers/requires.ts";

const sizeBytes = 32 * MiB;
/** The shortest there is. */
const leaseMs = 5_000;
const user = "t-cached";

describe.skipIf(lacks(...sshdTools, ...userTools, "sudo", "losetup", "mkfs.ext4", "fsfreeze"))(
  "a user whom sudo knows for a while, when it forgets him in the middle",
  () => {
    let users: LoopbackUsers;
    let sshd: LoopbackSshd;
    let mount: string;
    let device: string | undefined;
    let shell: Shell;

    beforeAll(async () => {
      users = await makeUsers(
        [{ name: user, password: "sesame" }],
        `${user} ALL=(ALL) ALL\nDefaults timestamp_type=global\nDefaults timestamp_timeout=15\n`,
      );
      mount = join(users.folder, "mount");
      await mkdir(mount);
      const image = join(users.folder, "disk.raw");
      await execa("truncate", ["-s", String(sizeBytes), image]);
      await execa("mkfs.ext4", ["-q", "-F", image]);
      device = (await execa("losetup", ["--find", "--show", image])).stdout.trim();
      // Mounted before the namespace of the sshd is made, which has it therefore.
      await execa("mount", [device, mount]);
      await writeFile(join(mount, "content"), randomBytes(4 * MiB));
      await execa("sync", ["--file-system", mount]);
      sshd = await startLoopbackSshd({ through: users.through });
    });
    afterAll(async () => {
      // First, since the namespace of the sshd holds the mount.
      await sshd?.close();
      if (device !== undefined) {
        await execa("fsfreeze", ["--unfreeze", mount], { reject: false });
        await execa("umount", [mount], { reject: false });
        await execa("losetup", ["--detach", device], { reject: false });
      }
      await rm(users.folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      shell = await openSshShell(sshd.target(user));
      onTestFinished(async () => {
        await forget();
        await shell.close();
      });
      await say(sshd, "sudo -S -p '' -v");
    });

    /** Runs a line of shell as the user, past the program under test. */
    const say = ({ configFile, port, address }: LoopbackSshd, line: string) =>
      execa("ssh", ["-F", configFile, "-p", String(port), `${user}@${address}`, line], { input: "sesame\n" });
    const forget = () => say(sshd, "sudo -K");
    const opened = (path: string) =>
      openRemoteDisk(shell, {
        path,
        sizeBytes,
        cacheBytes: 0,
        retry: { attempts: 5, baseMs: 50, capMs: 200 },
      });
    const read = async (source: Awaited<ReturnType<typeof opened>>, offset: number) => {
      const into = new Uint8Array(MiB);
      await source.read({ offset, length: MiB }, into);
      return into;
    };
    const isFrozen = () => {
      try {
        execFileSync("fsfreeze", ["--freeze", mount], { stdio: "pipe" });
      } catch {
        return true;
      }
      execFileSync("fsfreeze", ["--unfreeze", mount]);
      return false;
    };
    const left = async (id: string) => {
      const homes = await Promise.all(
        ["/run/sampan", "/dev/shm/sampan"].map((home) => readdir(home).catch(() => [])),
      );
      return homes.flat().filter((name) => name === id);
    };

    it("reads on over the channels it has, and is told who may not once others are needed", async () => {
      const source = await opened(device as string);
      onTestFinished(() => source.close());
      const first = await read(source, 8 * MiB);
      await forget();
      expect(await read(source, 8 * MiB)).toEqual(first);
      sshd.cutConnections();
      await expect(read(source, 16 * MiB)).rejects.toMatchObject({
        code: "HOST_ROOT_REFUSED",
        message: expect.stringContaining("a password is asked for"),
        hint: expect.stringContaining("NOPASSWD"),
      });
    });

    it("lets a freeze go by itself that cannot be released any more, and leaves nothing of it", async () => {
      const moments = linuxMoments({ shell, openDevice: ({ path }) => opened(path) });
      onTestFinished(() => moments.close());
      const id = `sudo-${process.pid}`;
      const disk = { name: device as string, sizeBytes };
      const moment = await moments.hold(disk, { id, consistency: "freeze", leaseMs });
      expect(isFrozen()).toBe(true);
      expect(await left(id)).toEqual([id]);
      const source = await moments.openMoment(moment);
      await read(source, 8 * MiB);
      await forget();
      sshd.cutConnections();
      await expect(read(source, 16 * MiB)).rejects.toMatchObject({ code: "HOST_ROOT_REFUSED" });
      await source.close().catch(() => undefined);
      await expect(moments.release(moment)).rejects.toMatchObject({ code: "HOST_ROOT_REFUSED" });
      for (let tries = 0; (await left(id)).length > 0; tries++) {
        expect(tries).toBeLessThan(60);
        await pause(500);
      }
      expect(isFrozen()).toBe(false);
    });

    it("is told before anything is held when it was forgotten already", async () => {
      await forget();
      const moments = linuxMoments({ shell, openDevice: ({ path }) => opened(path) });
      const disk = { name: device as string, sizeBytes };
      const hold = moments.hold(disk, { id: `never-${process.pid}`, consistency: "freeze", leaseMs });
      await expect(hold).rejects.toMatchObject({ code: "HOST_ROOT_REFUSED" });
      expect(isFrozen()).toBe(false);
      expect(await left(`never-${process.pid}`)).toEqual([]);
    });
  },
);
