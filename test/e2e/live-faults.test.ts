import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkExt, guestFileTools } from "../helpers/guest-files.ts";
import { landedDisk, livePlan, liveSource } from "../helpers/live-host/live-plan.ts";
import {
  eachLiveTest,
  type LiveTest,
  lastWords,
  liveRunMs,
  type RunningSampan,
} from "../helpers/live-host/live-run.ts";
import { type LvmGuest, lvmGuestTools, startLvmGuest } from "../helpers/live-host/lvm-guest.ts";
import {
  type NamespaceHost,
  namespaceHostTools,
  startNamespaceHost,
} from "../helpers/live-host/namespace-host.ts";
import { lacks, lacksMachine } from "../helpers/requires.ts";
import type { SampanResult } from "../helpers/sampan.ts";

const MiB = 1024 ** 2;
const timeout = liveRunMs;

const runIdOf = (done: SampanResult) => done.events("run.started")[0]?.runId ?? "";
const errorOf = (done: SampanResult) => done.events("run.failed")[0]?.error.code ?? lastWords(done);
/** What a run reads: what the file systems use, as the stage that captures tells it. */
const usedBytes = (done: SampanResult) => {
  const result = done.events("run.finished")[0]?.result as { disks?: { dataBytes: number }[] } | undefined;
  return result?.disks?.[0]?.dataBytes ?? 0;
};

/** Asks until the answer is yes, for at most so long. */
async function within(ms: number, what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error(`${what}: not within ${ms / 1000} s`);
    await pause(500);
  }
}

describe.skipIf(lacks("root", "qemu-img", ...guestFileTools, ...namespaceHostTools))(
  "a capture of a host that runs, when something goes wrong",
  () => {
    let host: NamespaceHost;
    beforeAll(async () => {
      host = await startNamespaceHost();
    });
    afterAll(() => host?.stop());
    const live = eachLiveTest(() => host);
    const sourceOf = (folder: string, port: number) => liveSource(host, folder, { port });
    /** Folders of moments that the host holds. */
    const moments = () => host.say("ls -A /run/sampan /dev/shm/sampan 2> /dev/null || true");

    it("reads on where it was when the connection is cut", { timeout }, async () => {
      const test = live();
      const source = await sourceOf(test.folder, test.proxy.port);
      const running = await test.start(livePlan(source, "cut", { consistency: "freeze" }));
      await running.before(test.proxy.cutAfter(60 * MiB));
      await running.before(test.proxy.cutAfter(60 * MiB));
      const done = await running.ended;
      expect(done.exitCode, lastWords(done)).toBe(0);
      expect(test.proxy.receivedBytes()).toBeLessThan(usedBytes(done) * 1.1 + 96 * MiB);
      expect(await host.isFrozen()).toBe(false);
      const disk = await landedDisk(test.rehearsal, test.folder, "cut");
      expect(await checkExt({ disk, offsetBytes: host.disk.partitionOffsetBytes })).toBe("");
    });

    it("lets the host write again by itself after Sampan was killed", { timeout }, async () => {
      const test = live();
      const source = await sourceOf(test.folder, test.proxy.port);
      const capture = { consistency: "freeze", leaseMs: 10_000 } as const;
      const running = await test.start(livePlan(source, "killed", capture));
      await running.before(test.proxy.after(60 * MiB));
      expect(await host.isFrozen()).toBe(true);
      running.kill();
      const killed = await running.ended;
      await within(45_000, "thawing without Sampan", async () => !(await host.isFrozen()));
      await host.say("echo written > /root/after && sync");
      await within(15_000, "removing what was made for the moment", async () => (await moments()) === "");

      // What was read belongs to a moment that is gone: going on would mix two.
      const resumed = await test.resume(runIdOf(killed));
      expect(errorOf(resumed)).toBe("HOST_MOMENT_LOST");
      expect(await host.isFrozen()).toBe(false);
    });

    it("goes on by range after it was killed, and reads the rest only", { timeout }, async () => {
      const test = live();
      const source = await sourceOf(test.folder, test.proxy.port);
      const running = await test.start(livePlan(source, "resumed", { consistency: "freeze" }));
      await running.before(test.proxy.after(150 * MiB));
      running.kill();
      const killed = await running.ended;
      const done = await test.resume(runIdOf(killed));
      expect(done.exitCode, lastWords(done)).toBe(0);
      expect(test.proxy.receivedBytes()).toBeLessThan(usedBytes(done) * 1.2 + 48 * MiB);
      expect(await host.isFrozen()).toBe(false);
    });

    it("ends in an error of its own when the host starts anew meanwhile", { timeout }, async () => {
      const test = live();
      const source = await sourceOf(test.folder, test.proxy.port);
      const running = await test.start(livePlan(source, "reset", { consistency: "freeze" }));
      await running.before(test.proxy.after(60 * MiB));
      await host.reset();
      const done = await running.ended;
      expect(done.exitCode).toBe(1);
      // The connection is what is missed first, or else the moment.
      expect(["HOST_MOMENT_LOST", "HOST_CONNECTION_LOST"]).toContain(errorOf(done));
      expect(errorOf(await test.resume(runIdOf(done)))).toBe("HOST_MOMENT_LOST");
      expect(await host.isFrozen()).toBe(false);
    });

    it("says so when the disk is shorter than the host says", { timeout }, async () => {
      const test = live();
      const source = await sourceOf(test.folder, test.proxy.port);
      const sectors = Number(await host.say("cat /sys/block/vda/size"));
      await host.say(`echo ${sectors + 2_097_152} > /sys/block/vda/size`);
      try {
        const capture = { consistency: "none", freeSpace: "keep" } as const;
        const done = await (await test.start(livePlan(source, "short", capture))).ended;
        expect(done.exitCode).toBe(1);
        // The end is missed by who reads first: the assessment cannot read there, a capture finds the disk short.
        expect(["HOST_DISK_SHORT", "HOST_DISK_UNREADABLE"]).toContain(errorOf(done));
      } finally {
        await host.say(`echo ${sectors} > /sys/block/vda/size`);
      }
    });
  },
);

describe.skipIf(lacksMachine("root", "qemu-img", ...guestFileTools, ...lvmGuestTools))(
  "a capture by an LVM snapshot, when something goes wrong",
  () => {
    let guest: LvmGuest;
    beforeAll(async () => {
      guest = await startLvmGuest();
    });
    afterAll(() => guest?.stop());
    const live = eachLiveTest(() => guest);
    const volumes = () => guest.say("lvs --noheadings -o lv_name vg0 | xargs");
    /** Waits until a run has made its snapshot and reads from it. */
    const readsSnapshot = async (running: RunningSampan, test: LiveTest) => {
      await running.before(
        within(timeout, "making a snapshot", async () => (await volumes()).includes("sampan-")),
      );
      await running.before(test.proxy.after(16 * MiB));
    };

    it("ends in HOST_SNAPSHOT_FULL when more is written than the snapshot holds, which goes with its lease", {
      timeout: 3 * timeout,
    }, async () => {
      const test = live();
      const source = await liveSource(guest, test.folder, { port: test.proxy.port });
      const capture = { consistency: "snapshot", snapshotBytes: 16 * MiB, leaseMs: 10_000 } as const;
      const running = await test.start(livePlan(source, "full", capture));
      await readsSnapshot(running, test);
      await guest.say(
        "dd if=/dev/urandom of=/root/much bs=1M count=48 conv=fsync status=none; rm /root/much",
      );
      const done = await running.ended;
      expect(done.exitCode).toBe(1);
      expect(errorOf(done)).toBe("HOST_SNAPSHOT_FULL");
      await within(90_000, "removing the full snapshot", async () => (await volumes()) === "root");
    });

    it("needs root's rights, and says when it does not get them", { timeout }, async () => {
      const test = live();
      const wrong = await liveSource(guest, test.folder, {
        port: test.proxy.port,
        user: "operator-01",
        passwordFrom: { env: "SUDO_PASSWORD" },
      });
      const refused = await (
        await test.start(livePlan(wrong, "wrong", { consistency: "none" }), { SUDO_PASSWORD: "not it" })
      ).ended;
      expect(errorOf(refused)).toBe("HOST_ROOT_REFUSED");
      expect(refused.exitCode).toBe(4);
      expect(refused.stdout + refused.stderr).not.toContain("not it");
      const nobody = await liveSource(guest, test.folder, { port: test.proxy.port, user: "nobody-01" });
      const none = await (await test.start(livePlan(nobody, "nobody", { consistency: "none" }))).ended;
      expect(errorOf(none)).toBe("HOST_ROOT_REFUSED");
    });

    it("leaves no snapshot behind: not after the machine started anew, nor after Sampan was killed", {
      timeout: 3 * timeout,
    }, async () => {
      const test = live();
      const source = await liveSource(guest, test.folder, { port: test.proxy.port });
      const running = await test.start(livePlan(source, "reset", { consistency: "snapshot" }));
      await readsSnapshot(running, test);
      const before = (await volumes()).split(" ");
      const resetting = guest.reset();
      // What is cut is noticed at once; silence only after a minute.
      test.proxy.cut();
      await resetting;
      const done = await running.ended;
      expect(done.exitCode).toBe(1);
      expect(["HOST_MOMENT_LOST", "HOST_CONNECTION_LOST"]).toContain(errorOf(done));
      expect(errorOf(await test.resume(runIdOf(done)))).toBe("HOST_MOMENT_LOST");

      // A snapshot outlives its machine; the next capture finds it and removes it, and its own goes without Sampan.
      const capture = { consistency: "snapshot", leaseMs: 10_000 } as const;
      const next = await test.start(livePlan(source, "left", capture));
      await readsSnapshot(next, test);
      const now = (await volumes()).split(" ");
      expect(now).toHaveLength(2);
      expect(now.filter((name) => before.includes(name))).toEqual(["root"]);
      next.kill();
      await next.ended;
      await within(90_000, "removing the snapshot without Sampan", async () => (await volumes()) === "root");
    });
  },
);
