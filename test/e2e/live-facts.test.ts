import type { DiskInspection } from "@sampan/guest";
import { inspectDisk } from "@sampan/guest";
import { openLinuxHost, openSshShell, type Shell } from "@sampan/host";
import { openDiskImage } from "@sampan/image";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LvmGuest, lvmGuestTools, startLvmGuest } from "../helpers/live-host/lvm-guest.ts";
import {
  type NamespaceHost,
  namespaceHostTools,
  startNamespaceHost,
} from "../helpers/live-host/namespace-host.ts";
import type { SshAccess } from "../helpers/live-host/ssh-access.ts";
import { lacks, lacksMachine } from "../helpers/requires.ts";

/** Facts of a bed by SSH, and how many commands that took. */
async function inspectLive({ configFile }: SshAccess, user = "root") {
  const shell = await openSshShell({ host: "bed", user, configFile });
  let commands = 0;
  const counted: Shell = {
    ...bound(shell),
    run: (argv, options) => {
      commands++;
      return shell.run(argv, options);
    },
    script: (script, args, options) => {
      commands++;
      return shell.script(script, args, options);
    },
  };
  const host = await openLinuxHost(counted);
  try {
    return { name: host.name, disks: await host.disks(), inspection: await host.live.inspect(), commands };
  } finally {
    await host.close();
  }
}

/** The methods of a shell as functions of their own. */
function bound(shell: Shell): Shell {
  return {
    title: shell.title,
    run: (argv, options) => shell.run(argv, options),
    script: (script, args, options) => shell.script(script, args, options),
    start: (argv, options) => shell.start(argv, options),
    startScript: (script, args, options) => shell.startScript(script, args, options),
    close: () => shell.close(),
  };
}

async function inspectOffline(path: string): Promise<DiskInspection> {
  const { source } = await openDiskImage(path);
  try {
    return await inspectDisk(source);
  } finally {
    await source.close();
  }
}

/** What both can know: not how full a file system is now, nor whether one in use was unmounted. */
function comparable({ guest, layout }: DiskInspection) {
  const volumes = layout.volumes.map((volume) => ({
    ...volume,
    fileSystem: volume.fileSystem && { ...volume.fileSystem, dirty: null, usedBytes: null, features: [] },
  }));
  const use = guest?.type === "linux" ? guest.use.map(({ mountPoint, volume }) => [mountPoint, volume]) : [];
  return { guest: guest && { ...guest, use }, layout: { ...layout, volumes } };
}

describe.skipIf(lacks("root", ...namespaceHostTools))("the facts of a host in namespaces, by SSH", () => {
  let bed: NamespaceHost;
  beforeAll(async () => {
    bed = await startNamespaceHost();
  });
  afterAll(() => bed?.stop());

  it("are those that an inspection of its disk gives, and change nothing there", async () => {
    const { name, disks, inspection, commands } = await inspectLive(bed);
    expect(name).toBe("web-01");
    expect(disks).toEqual([
      {
        name: "/dev/vda",
        sizeBytes: bed.disk.sizeBytes,
        system: true,
        identity: { sizeBytes: bed.disk.sizeBytes, serial: "bed-system" },
      },
    ]);
    await bed.say("sync");
    expect(comparable(inspection)).toEqual(comparable(await inspectOffline(bed.disk.path)));
    expect(inspection.guest).toMatchObject({ family: "debian", major: 12, hostname: "web-01" });
    expect(inspection.notes).toEqual([]);
    // The name, the disks, the first look, and the pieces of an initramfs.
    expect(commands).toBeLessThan(20);
  });

  it("come from a host that also gives the bytes of its disk", async () => {
    const { configFile } = bed;
    const host = await openLinuxHost(await openSshShell({ host: "bed", user: "root", configFile }));
    try {
      const source = await host.openDisk("/dev/vda");
      const { source: file } = await openDiskImage(bed.disk.path);
      const [read, known] = [new Uint8Array(65_536), new Uint8Array(65_536)];
      await source.read({ offset: 0, length: read.length }, read);
      await file.read({ offset: 0, length: known.length }, known);
      expect(Buffer.compare(read, known)).toBe(0);
      await Promise.all([source.close(), file.close()]);
      await expect(host.openDisk("/dev/vdb")).rejects.toMatchObject({ code: "HOST_DISK_UNKNOWN" });
    } finally {
      await host.close();
    }
  });
});

describe.skipIf(lacksMachine("root", ...lvmGuestTools))(
  "the facts of a machine with its root on LVM, by SSH",
  () => {
    let bed: LvmGuest;
    beforeAll(async () => {
      bed = await startLvmGuest();
    }, 900_000);
    afterAll(() => bed?.stop());

    it("are those that an inspection of its disk gives", async () => {
      const { disks, inspection, commands } = await inspectLive(bed);
      expect(disks.map(({ name, system, identity }) => [name, system, identity.serial])).toEqual([
        ["/dev/vda", true, "bed-system"],
      ]);
      expect(comparable(inspection)).toEqual(comparable(await inspectOffline(bed.disk.path)));
      const { guest, layout } = inspection;
      const root = guest?.type === "linux" ? layout.volumes[guest.rootVolume] : undefined;
      expect(root?.logicalVolume).toMatchObject({ group: "vg0", name: "root" });
      expect(commands).toBeLessThan(30);
    }, 300_000);

    it("are refused to who gets no root's rights, saying for what they are needed", async () => {
      await expect(inspectLive(bed, "nobody-01")).rejects.toMatchObject({
        code: "HOST_ROOT_REFUSED",
        message: expect.stringContaining("root's rights are needed for the beginnings of its disks"),
      });
    });
  },
);
