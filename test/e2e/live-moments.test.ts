import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { assertRangeWithin, isSampanError, MiB } from "@sampan/core";
import { readDiskLayout, readUsedMap, volumeSource } from "@sampan/guest";
import { type LinuxMoments, linuxMoments, openSshShell, type Shell } from "@sampan/host";
import { type BlockSource, withUsedExtents } from "@sampan/image";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LvmGuest, lvmGuestTools, startLvmGuest } from "../helpers/live-host/lvm-guest.ts";
import { lacksMachine } from "../helpers/requires.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

/** A shell on the guest that `close` ends for good, as killing this program would: nothing is said to the host any more. */
async function shellOf(guest: LvmGuest): Promise<Shell> {
  const shell = await openSshShell({ host: "bed", user: "root", configFile: guest.configFile });
  let killed = false;
  const alive = () => {
    if (killed) throw new Error("this program was killed");
  };
  return {
    title: shell.title,
    async run(argv, options) {
      alive();
      return shell.run(argv, options);
    },
    async script(script, args, options) {
      alive();
      return shell.script(script, args, options);
    },
    async start(argv, options) {
      alive();
      return shell.start(argv, options);
    },
    async startScript(script, args, options) {
      alive();
      return shell.startScript(script, args, options);
    },
    async close() {
      killed = true;
      await shell.close();
    },
  };
}

function deviceOf(shell: Shell, path: string, sizeBytes: number): BlockSource {
  return {
    sizeBytes,
    features: { extents: "none", stable: false },
    async read({ offset, length }, into) {
      assertRangeWithin({ offset, length }, sizeBytes, into.length);
      const which = ["iflag=skip_bytes,count_bytes,fullblock", `skip=${offset}`, `count=${length}`];
      const { exitCode, stdout, stderr } = await shell.run(["dd", `if=${path}`, "bs=1M", ...which]);
      if (exitCode !== 0 || stdout.length !== length) throw new Error(`reading ${path}: ${stderr}`);
      into.set(stdout);
    },
    async *extents(range = { offset: 0, length: sizeBytes }) {
      yield { ...range, kind: "data" as const };
    },
    async close() {},
  };
}

/** Writes what is used of a logical volume to a file of its size. */
async function extract(source: BlockSource, name: string, path: string): Promise<void> {
  const layout = await readDiskLayout(source);
  const volume = layout.volumes.find((one) => one.logicalVolume?.name === name);
  if (volume === undefined) throw new Error(`no volume ${name}`);
  const { map } = await readUsedMap(source, layout);
  const view = volumeSource(withUsedExtents(source, map), volume);
  const file = await open(path, "w");
  await file.truncate(view.sizeBytes);
  for await (const extent of view.extents()) {
    if (extent.kind !== "data") continue;
    for (let done = 0; done < extent.length; done += 4 * MiB) {
      const range = { offset: extent.offset + done, length: Math.min(4 * MiB, extent.length - done) };
      const bytes = new Uint8Array(range.length);
      await view.read(range, bytes);
      await file.write(bytes, 0, range.length, range.offset);
    }
  }
  await file.close();
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

const momentsOver = (shell: Shell) =>
  linuxMoments({ shell, openDevice: async ({ path, sizeBytes }) => deviceOf(shell, path, sizeBytes) });

describe.skipIf(lacksMachine("root", "e2fsck", "debugfs", ...lvmGuestTools))(
  "a moment of a host with LVM",
  () => {
    let folder: string;
    let guest: LvmGuest;
    let shell: Shell;
    let moments: LinuxMoments;
    let disk: { name: string; sizeBytes: number };
    let count = 0;

    const hold = (more: { snapshotBytes?: number; leaseMs?: number } = {}) =>
      moments.hold(disk, { id: `run-${++count}`, consistency: "snapshot", leaseMs: 60_000, ...more });
    /** What there is of ours on the guest. */
    const traces = () =>
      guest.say(
        "lvs --config 'backup { backup = 0 archive = 0 }' --noheadings -o lv_name @sampan; ls /run/sampan 2>/dev/null; ps axo args | grep -c '^sh -c.*[s]ampan-watchdog'; true",
      );
    const goneIn = async (ms: number) => {
      const from = Date.now();
      while ((await traces()) !== "0") {
        if (Date.now() - from > ms) throw new Error(`still there: ${await traces()}`);
        await pause(1_000);
      }
    };

    beforeAll(async () => {
      folder = await makeFolder();
      guest = await startLvmGuest();
      disk = { name: "/dev/vda", sizeBytes: guest.disk.sizeBytes };
      await guest.say(
        "lvcreate -qq -L 48M -n data vg0 && mkfs.ext4 -q /dev/vg0/data && mount /dev/vg0/data /srv",
      );
    });
    beforeEach(async () => {
      shell = await shellOf(guest);
      moments = momentsOver(shell);
    });
    afterEach(async () => {
      await moments.close();
      await shell.close();
    });
    afterAll(async () => {
      await guest?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it("is whole though the host goes on writing, and bears no trace of the snapshot", {
      timeout: 900_000,
    }, async () => {
      // Pairs of files that say the same, but for the one that is being written.
      await guest.run(
        "(i=0; while [ ! -e /run/stop ]; do i=$((i+1)); echo $i > /srv/a$((i%20)); echo $i > /srv/b$((i%20)); done) >/dev/null 2>&1 &",
      );
      await guest.say("lvs; vgs");
      const before = await guest.say("cksum /etc/lvm/archive/* /etc/lvm/backup/*");
      const moment = await hold();
      expect(moment.made).toEqual([
        expect.stringMatching(/^LVM snapshot vg0\/sampan-[0-9a-f]{12}-0 of root$/),
        expect.stringMatching(/^LVM snapshot vg0\/sampan-[0-9a-f]{12}-1 of data$/),
      ]);
      expect(moment.notes).toEqual([
        expect.stringMatching(/^\/boot \(ext4\) lies outside of LVM: it was whole at the moment/),
        expect.stringMatching(/^2 logical volumes were taken one after the other within \d+\.\d\d s/),
      ]);
      const options = { consistency: "snapshot", leaseMs: 60_000 } as const;
      expect(await moments.hold(disk, { id: moment.id, ...options })).toEqual(moment);
      const other = await failure(moments.hold(disk, { id: "other", ...options }));
      expect(isSampanError(other, "HOST_SNAPSHOT_IMPOSSIBLE")).toBe(true);
      expect(await guest.say("cksum /etc/lvm/archive/* /etc/lvm/backup/*")).toBe(before);
      const source = await moments.openMoment(moment);
      const layout = await readDiskLayout(source);
      expect(layout.volumes.map(({ logicalVolume: lv, fileSystem }) => [lv?.name, fileSystem?.kind])).toEqual(
        [
          [undefined, "ext4"],
          [undefined, "lvm2"],
          ["root", "ext4"],
          ["data", "ext4"],
        ],
      );
      expect(
        layout.volumes
          .filter(({ logicalVolume }) => logicalVolume !== null)
          .map((one) => one.fileSystem?.dirty),
      ).toEqual([false, false]);
      const records = new Uint8Array(MiB);
      await source.read({ offset: layout.volumes[1]?.range.offset ?? 0, length: MiB }, records);
      expect(Buffer.from(records).includes("seqno")).toBe(true);
      expect(Buffer.from(records).includes("sampan")).toBe(false);
      const copy = join(folder, "data.raw");
      await extract(source, "data", copy);
      await source.close();
      await guest.say("touch /run/stop");
      const { exitCode, stdout } = await execa("e2fsck", ["-fn", copy], { reject: false });
      expect([exitCode, stdout]).toEqual([0, expect.not.stringMatching(/recover|replay/)]);
      const numbers = async (letter: string) => {
        const found: string[] = [];
        for (let i = 0; i < 20; i++)
          found.push((await execa("debugfs", ["-R", `cat /${letter}${i}`, copy])).stdout);
        return found;
      };
      const [first, second] = [await numbers("a"), await numbers("b")];
      expect(first.filter((text, index) => text !== second[index]).length).toBeLessThanOrEqual(1);
      await moments.release(moment);
      expect(await traces()).toBe("0");
    });

    it("ends by itself when nothing is heard of us any more", { timeout: 900_000 }, async () => {
      const moment = await hold({ leaseMs: 45_000 });
      const source = await moments.openMoment(moment);
      await source.read({ offset: 0, length: 512 }, new Uint8Array(512));
      await shell.close();
      await goneIn(200_000);
      const other = await shellOf(guest);
      const later = momentsOver(other);
      expect(isSampanError(await failure(later.openMoment(moment)), "HOST_MOMENT_LOST")).toBe(true);
      await later.release(moment);
      await other.close();
      await source.close().catch(() => undefined);
    });

    it("is void when more is written than the snapshot holds, and no read says otherwise", {
      timeout: 900_000,
    }, async () => {
      const moment = await hold({ snapshotBytes: 4 * MiB });
      const source = await moments.openMoment(moment);
      const layout = await readDiskLayout(source);
      const data = layout.volumes.find((one) => one.logicalVolume?.name === "data");
      if (data === undefined) throw new Error("no data");
      await guest.say("dd if=/dev/urandom of=/srv/big bs=1M count=12 2>/dev/null; sync");
      const read = volumeSource(source, data).read({ offset: 20 * MiB, length: MiB }, new Uint8Array(MiB));
      expect(isSampanError(await failure(read), "HOST_SNAPSHOT_FULL")).toBe(true);
      expect(isSampanError(await failure(source.close()), "HOST_SNAPSHOT_FULL")).toBe(true);
      await moments.release(moment);
      expect(await traces()).toBe("0");
    });

    it("freezes the root too, is reached by a new connection, and thaws by itself", {
      timeout: 900_000,
    }, async () => {
      const moment = await moments.hold(disk, {
        id: `run-${++count}`,
        consistency: "freeze",
        leaseMs: 20_000,
      });
      expect(moment.made).toEqual(["freeze of /boot", "freeze of /srv", "freeze of /"]);
      const source = await moments.openMoment(moment);
      await source.read({ offset: 0, length: 512 }, new Uint8Array(512));
      await source.close();
      // Another process, over a connection of its own.
      const other = await shellOf(guest);
      const again = momentsOver(other);
      const reopened = await again.openMoment(moment);
      const layout = await readDiskLayout(reopened);
      expect(
        layout.volumes
          .filter(({ logicalVolume }) => logicalVolume !== null)
          .map((one) => one.fileSystem?.dirty),
      ).toEqual([false, false]);
      await reopened.close();
      await other.close();
      await goneIn(90_000);
      await guest.say("touch /written && sync");
    });

    it("leaves snapshots when the host restarts, which are found and removed", {
      timeout: 900_000,
    }, async () => {
      const moment = await hold();
      expect(await moments.findLeftovers()).toEqual([]);
      await shell.close();
      await guest.reset();
      const after = await shellOf(guest);
      const anew = momentsOver(after);
      expect(isSampanError(await failure(anew.openMoment(moment)), "HOST_MOMENT_LOST")).toBe(true);
      const left = await anew.findLeftovers();
      expect(left).toEqual([
        { id: moment.id, snapshots: [expect.stringMatching(/-0$/), expect.stringMatching(/-1$/)] },
      ]);
      for (const one of left) await anew.removeLeftover(one);
      expect(await traces()).toBe("0");
      await after.close();
    });
  },
);
