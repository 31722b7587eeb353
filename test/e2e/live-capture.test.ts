import type { ImportResult, Stage } from "@sampan/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkExt, guestFile, guestFileTools, mendExt } from "../helpers/guest-files.ts";
import { type Ledger, readLedger, startLedger } from "../helpers/live-host/ledger.ts";
import { landedDisk, livePlan, liveSource } from "../helpers/live-host/live-plan.ts";
import { eachLiveTest, type LiveTest, lastWords, liveRunMs } from "../helpers/live-host/live-run.ts";
import { type LvmGuest, lvmGuestTools, startLvmGuest } from "../helpers/live-host/lvm-guest.ts";
import {
  type NamespaceHost,
  namespaceHostTools,
  startNamespaceHost,
} from "../helpers/live-host/namespace-host.ts";
import { lacks } from "../helpers/requires.ts";

const MiB = 1024 ** 2;

/** Runs a plan that has to succeed. */
async function migrated(test: LiveTest, plan: Stage<unknown>) {
  const done = await (await test.start(plan)).ended;
  expect(done.exitCode, lastWords(done)).toBe(0);
  return { done, result: done.events("run.finished")[0]?.result as unknown as ImportResult };
}

describe.skipIf(lacks("root", "qemu-img", ...guestFileTools, ...namespaceHostTools))(
  "a host that runs, over a real sshd",
  () => {
    let host: NamespaceHost;
    let ledger: Ledger;
    beforeAll(async () => {
      host = await startNamespaceHost();
      ledger = await startLedger(host);
    });
    afterAll(() => host?.stop());
    const live = eachLiveTest(() => host);

    it("becomes an image while its file systems are frozen, and goes on after", {
      timeout: liveRunMs,
    }, async () => {
      const test = live();
      const before = await ledger.entries();
      const source = await liveSource(host, test.folder, { port: test.proxy.port });
      const { result } = await migrated(
        test,
        livePlan(source, "frozen", { consistency: "freeze" }, { prepare: true, import: true }),
      );

      expect(result.images).toMatchObject([{ name: "frozen", status: "Available" }]);
      expect(await test.rehearsal.images("cn-hangzhou")).toMatchObject([
        { imageName: "frozen", status: "Available" },
      ]);
      expect(result.disks).toMatchObject([
        { name: "/dev/vda", sizeBytes: host.disk.sizeBytes, consistency: "freeze" },
      ]);
      expect(await host.isFrozen()).toBe(false);
      await ledger.more(2);

      // What the file systems use travels, each byte of it once: a tenth of the disk, with old bytes of deleted files beside it.
      const used = result.disks[0]?.dataBytes ?? 0;
      expect(used).toBeGreaterThan(250 * MiB);
      expect(used).toBeLessThan(650 * MiB);
      expect(test.proxy.receivedBytes()).toBeLessThan(used * 1.1 + 16 * MiB);

      const disk = await landedDisk(test.rehearsal, test.folder, "frozen");
      const root = { disk, offsetBytes: host.disk.partitionOffsetBytes };
      expect(await checkExt(root)).toBe("");
      expect(await readLedger(root)).toBeGreaterThanOrEqual(before);
      // The fix-ups are on the copy, and only there.
      expect(await guestFile(root, "/etc/fstab")).toContain(`UUID=${host.disk.fileSystemUuid}`);
      expect(await host.say("grep -c ^/dev/sda1 /etc/fstab")).toBe("1");
    });

    it("cannot be held by a snapshot, and is told so before anything was read", {
      timeout: liveRunMs,
    }, async () => {
      const test = live();
      const source = await liveSource(host, test.folder, { port: test.proxy.port });
      const done = await (await test.start(livePlan(source, "none", { consistency: "snapshot" }))).ended;
      expect(done.exitCode).toBe(1);
      expect(done.events("run.failed")[0]?.error.code).toBe("HOST_SNAPSHOT_IMPOSSIBLE");
      expect(test.proxy.receivedBytes()).toBeLessThan(32 * MiB);
    });
  },
);

describe.skipIf(lacks("root", "qemu-img", ...guestFileTools, ...namespaceHostTools))(
  "a small host that runs, of which nothing is held",
  () => {
    let host: NamespaceHost;
    beforeAll(async () => {
      // All of a file system in use is sent: what is free cannot be told while it changes.
      host = await startNamespaceHost({ sizeBytes: 1024 * MiB });
    });
    afterAll(() => host?.stop());
    const live = eachLiveTest(() => host);

    it("becomes an image as it is read, is told what that means, and what was there before is on it", {
      timeout: liveRunMs,
    }, async () => {
      const test = live();
      const ledger = await startLedger(host);
      const before = await ledger.entries();
      await host.say("echo written before > /root/note; sync");
      const source = await liveSource(host, test.folder, { port: test.proxy.port });
      const running = await test.start(
        livePlan(source, "as-it-is", { consistency: "none" }, { import: true }),
      );
      await running.before(test.proxy.after(60 * MiB));
      expect(await host.isFrozen()).toBe(false);
      const during = await ledger.entries();
      expect(during).toBeGreaterThan(before);
      const done = await running.ended;
      expect(done.exitCode, lastWords(done)).toBe(0);
      expect(await ledger.entries()).toBeGreaterThan(during);
      await ledger.stop();

      const warnings = done.events("log").filter(({ level }) => level === "warning");
      expect(warnings.map(({ message }) => message).join("\n")).toMatch(
        /Stop databases and other services that write/,
      );
      const result = done.events("run.finished")[0]?.result as unknown as ImportResult;
      expect(result.images).toMatchObject([{ name: "as-it-is", status: "Available" }]);
      expect(result.disks).toMatchObject([{ name: "/dev/vda", consistency: "none" }]);
      expect(await host.say("ls -A /run/sampan /dev/shm/sampan 2> /dev/null || true")).toBe("");

      // As after a power cut, its file system has to be mended before it is used; then what had been written before is there.
      const disk = await landedDisk(test.rehearsal, test.folder, "as-it-is");
      const root = { disk, offsetBytes: host.disk.partitionOffsetBytes };
      await mendExt(root);
      expect(await checkExt(root)).toBe("");
      expect(await guestFile(root, "/root/note")).toBe("written before");
      const book = await guestFile(root, "/var/lib/ledger/second");
      expect(book.split("\n").slice(0, before)).toEqual(
        Array.from({ length: before }, (_, index) =>
          expect.stringMatching(new RegExp(`^${index + 1} [0-9a-f]{32}$`)),
        ),
      );
    });
  },
);

describe.skipIf(lacks("root", "qemu-img", ...guestFileTools, ...lvmGuestTools))(
  "a machine that runs with its root on LVM, over its own sshd",
  () => {
    let guest: LvmGuest;
    beforeAll(async () => {
      guest = await startLvmGuest();
    }, 15 * 60_000);
    afterAll(() => guest?.stop());
    const live = eachLiveTest(() => guest);

    it("becomes an image by a snapshot while it goes on writing, and though Sampan was killed meanwhile", {
      timeout: 3 * liveRunMs,
    }, async () => {
      const test = live();
      // A sudo that forgets at once whom it has asked: every command of the run meets one that has expired.
      await guest.say("echo 'Defaults timestamp_timeout=0' > /etc/sudoers.d/forget");
      const env = { SUDO_PASSWORD: "sail away" };
      const ledger = await startLedger(guest);
      const before = await ledger.entries();
      const source = await liveSource(guest, test.folder, {
        port: test.proxy.port,
        user: "operator-01",
        passwordFrom: { env: "SUDO_PASSWORD" },
      });
      const plan = livePlan(source, "held", { consistency: "snapshot" }, { import: true });
      const running = await test.start(plan, env);
      await running.before(test.proxy.after(64 * MiB));
      running.kill();
      const killed = await running.ended;
      // The same snapshot is gone on with, and only what is missing is read.
      const done = await test.resume(killed.events("run.started")[0]?.runId ?? "", env);
      expect(done.exitCode, lastWords(done)).toBe(0);
      const result = done.events("run.finished")[0]?.result as unknown as ImportResult;
      for (const said of [killed, done]) expect(said.stdout + said.stderr).not.toContain(env.SUDO_PASSWORD);
      const after = await ledger.entries();
      await ledger.stop();

      expect(result.images).toMatchObject([{ name: "held", status: "Available" }]);
      expect(result.disks).toMatchObject([
        { name: "/dev/vda", sizeBytes: guest.disk.sizeBytes, consistency: "snapshot" },
      ]);
      const used = result.disks[0]?.dataBytes ?? 0;
      expect(used).toBeLessThan(600 * MiB);
      expect(test.proxy.receivedBytes()).toBeLessThan(used * 1.2 + 48 * MiB);

      const disk = await landedDisk(test.rehearsal, test.folder, "held");
      const root = { disk, offsetBytes: guest.disk.rootOffsetBytes };
      expect(await checkExt(root)).toBe("");
      expect(await checkExt({ disk, offsetBytes: guest.disk.bootOffsetBytes })).toBe("");
      const held = await readLedger(root);
      expect(held).toBeGreaterThanOrEqual(before);
      // One moment, while the writer never stood still for longer than a snapshot takes to make.
      expect(held).toBeLessThan(after);
      expect(await guest.say("lvs --noheadings -o lv_name vg0")).toBe("root");
    });
  },
);
