import { randomBytes } from "node:crypto";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isSampanError, Secret } from "@sampan/core";
import { openRemoteDisk, openSshShell } from "@sampan/host";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type LoopbackSshd, sshdTools, startLoopbackSshd } from "../helpers/loopback-sshd.ts";
import { type LoopbackUsers, makeUsers, userTools } from "../helpers/loopback-users.ts";
import { lacks } from "../helpers/requires.ts";

const content = randomBytes(24 * 1024 * 1024 + 513);
const soon = { attempts: 30, baseMs: 50, capMs: 200 };

describe.skipIf(lacks(...sshdTools, ...userTools, "sudo", "busybox"))(
  "the disk of a running host over SSH",
  () => {
    let users: LoopbackUsers;
    let sshd: LoopbackSshd;
    let path: string;
    beforeAll(async () => {
      users = await makeUsers(
        [{ name: "t-asked", password: "sesame" }, { name: "t-barred" }],
        "t-asked ALL=(ALL) ALL\nDefaults timestamp_timeout=0\nDefaults use_pty\n",
      );
      // A disk that only root may read.
      const disks = join(users.folder, "disks");
      await mkdir(disks, { mode: 0o700 });
      path = join(disks, "disk");
      await writeFile(path, content, { mode: 0o600 });
      sshd = await startLoopbackSshd({ through: users.through });
    });
    afterAll(async () => {
      await sshd.close();
      await rm(users.folder, { recursive: true, force: true });
    });

    const opened = async (target: Parameters<typeof openSshShell>[0], options = {}) => {
      const shell = await openSshShell(target);
      onTestFinished(() => shell.close());
      const source = await openRemoteDisk(shell, {
        path,
        sizeBytes: content.length,
        retry: soon,
        ...options,
      });
      onTestFinished(() => source.close());
      return source;
    };
    const isRead = async (source: Awaited<ReturnType<typeof opened>>) => {
      const pieceBytes = 1_500_000;
      const into = Buffer.alloc(content.length);
      const reads: Promise<void>[] = [];
      for (let offset = 0; offset < content.length; offset += pieceBytes) {
        const length = Math.min(pieceBytes, content.length - offset);
        reads.push(source.read({ offset, length }, into.subarray(offset, offset + length)));
      }
      await Promise.all(reads);
      return into.equals(content);
    };

    it.each(["none", "gzip", "zstd"] as const)("is read whole with compression %s", async (compression) => {
      expect(await isRead(await opened(sshd.target("root"), { compression }))).toBe(true);
    });

    it("is read through sudo, which is asked once a channel", async () => {
      const target = { ...sshd.target("t-asked"), sudoPassword: new Secret("sesame") };
      expect(await isRead(await opened(target))).toBe(true);
      await expect(opened(sshd.target("t-barred"))).rejects.toMatchObject({ code: "HOST_ROOT_REFUSED" });
    });

    it("is read by busybox alone", async () => {
      const shell = await openSshShell(sshd.target("root"));
      onTestFinished(() => shell.close());
      const bin = join(users.folder, "busybox-bin");
      await mkdir(bin);
      await chmod(bin, 0o755);
      for (const tool of ["sh", "dd", "gzip"]) await symlink("/bin/busybox", join(bin, tool));
      const busybox = {
        ...shell,
        title: shell.title,
        startScript: (text: string, args: readonly string[]) =>
          shell.start(["/usr/bin/env", "-i", `PATH=${bin}`, join(bin, "sh"), "-c", text, "sh", ...args]),
      };
      for (const compression of ["none", "gzip"] as const) {
        const source = await openRemoteDisk(busybox, { path, sizeBytes: content.length, compression });
        expect(await isRead(source)).toBe(true);
        await source.close();
      }
    });

    it("is read on when connections are cut again and again, and when the host restarts", {
      timeout: 60_000,
    }, async () => {
      const source = await opened(sshd.target("root"), { cacheBytes: 0, bytesPerSecond: 20_000_000 });
      const reading = isRead(source);
      for (let times = 0; times < 2; times++) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        sshd.cutConnections();
      }
      await sshd.stop();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await sshd.start();
      expect(await reading).toBe(true);
    });

    it("is given up when the host does not come back", async () => {
      const source = await opened(sshd.target("root"), {
        cacheBytes: 0,
        retry: { attempts: 2, baseMs: 1, capMs: 1 },
      });
      await sshd.stop();
      const error = await isRead(source).catch((caught: unknown) => caught);
      await sshd.start();
      expect(isSampanError(error, "HOST_CONNECTION_LOST")).toBe(true);
      expect(await isRead(source)).toBe(true);
    });
  },
);
