import { isSampanError } from "@sampan/core";
import { hasTools } from "@sampan/guest/testing";
import { afterEach, describe, expect, it } from "vitest";
import { listLinuxDisks } from "./list-disks.ts";
import { makePhonyHost, type PhonyBlock, type PhonyHost, shellOf } from "./testing/phony-host.ts";

const GiB = 1024 ** 3;
const hosts: PhonyHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

/** A disk of so many GiB, with further files. */
function block(gib: number, dev: string, files: Record<string, string> = {}): PhonyBlock {
  return { files: { size: String((gib * GiB) / 512), dev, ...files }, content: new Uint8Array(0) };
}

/** Files of a partition. */
function part(name: string, dev: string, start = 2048) {
  return { [`${name}/start`]: String(start), [`${name}/size`]: "4096", [`${name}/dev`]: dev };
}

async function list(blocks: Record<string, PhonyBlock>, mounts: readonly string[], tree = {}) {
  const host = makePhonyHost({ tree, blocks, mounts });
  hosts.push(host);
  return listLinuxDisks({ shell: shellOf(["dash"]), root: host.root });
}

const names = (disks: readonly { name: string; system: boolean }[]) =>
  disks.map(({ name, system }) => (system ? `${name}*` : name));

describe.skipIf(!hasTools("dash"))("the disks of a running Linux", () => {
  it("are those with a medium of their own, the system disk first", async () => {
    const disks = await list(
      {
        loop0: block(1, "7:0"),
        ram0: block(1, "1:0"),
        zram0: block(1, "252:0"),
        sr0: block(1, "11:0"),
        fd0: block(1, "2:0"),
        sda: block(100, "8:0"),
        sdb: { ...block(40, "8:16", part("sdb1", "8:17")), nodes: ["sdb1"] },
        sdc: block(0, "8:32"),
      },
      ["/dev/sdb1 / ext4 rw 0 0"],
    );
    expect(names(disks)).toEqual(["/dev/sdb*", "/dev/sda"]);
    expect(disks[0]?.sizeBytes).toBe(40 * GiB);
  });

  it.each([
    ["vda", "/dev/vda1", "vda1", "/dev/vda"],
    ["xvda", "/dev/xvda1", "xvda1", "/dev/xvda"],
    ["nvme0n1", "/dev/nvme0n1p1", "nvme0n1p1", "/dev/nvme0n1"],
    ["mmcblk0", "/dev/mmcblk0p1", "mmcblk0p1", "/dev/mmcblk0"],
    ["hda", "/dev/hda1", "hda1", "/dev/hda"],
    ["cciss!c0d0", "/dev/cciss/c0d0p1", "cciss!c0d0p1", "/dev/cciss/c0d0"],
  ])("may be called %s", async (name, root, partition, path) => {
    const disks = await list({ [name]: block(10, "104:0", part(partition, "104:1")) }, [
      `${root} / ext3 rw 0 0`,
    ]);
    expect(names(disks)).toEqual([`${path}*`]);
  });

  it("are told apart by serial number, world-wide name, or the link udev makes of them", async () => {
    const disks = await list(
      {
        vda: block(1, "254:0", { serial: "bp1abc" }),
        nvme0n1: block(1, "259:0", {
          wwid: "eui.0025385b71b0a1c2",
          "device/serial": "S3EV NX0 ",
          "device/model": "SAMSUNG\u001b[2J  MZ",
        }),
        sda: block(1, "8:0", {
          "device/wwid": "naa.5000c500a1b2c3d4",
          "device/vpd_pg80": "\u0000\u0080\u0000\u0008  Z1F2G3",
        }),
        sdb: block(1, "8:16"),
        sdc: block(1, "8:32"),
      },
      ["/dev/vda / ext4 rw 0 0"],
      {
        "/dev/disk/by-id/ata-OLD_123": { link: "../../sdb" },
        "/dev/disk/by-id/lvm-pv-uuid-x": { link: "../../sdc" },
      },
    );
    const known = Object.fromEntries(disks.map(({ name, identity }) => [name, identity]));
    expect(known).toEqual({
      "/dev/vda": { sizeBytes: GiB, serial: "bp1abc" },
      "/dev/nvme0n1": {
        sizeBytes: GiB,
        serial: "S3EV NX0",
        wwn: "eui.0025385b71b0a1c2",
        model: "SAMSUNG[2J MZ",
      },
      "/dev/sda": { sizeBytes: GiB, serial: "Z1F2G3", wwn: "naa.5000c500a1b2c3d4" },
      "/dev/sdb": { sizeBytes: GiB, id: "ata-OLD_123" },
      "/dev/sdc": { sizeBytes: GiB },
    });
  });

  const layered = (slaves: readonly string[], files: Record<string, string>) => ({
    sda: {
      ...block(10, "8:0", { ...part("sda1", "8:1"), ...part("sda2", "8:2", 8192) }),
      nodes: ["sda1", "sda2"],
    },
    sdb: { ...block(10, "8:16", part("sdb1", "8:17")), nodes: ["sdb1"] },
    "dm-0": { ...block(5, "253:0", files), slaves },
    md0: { ...block(5, "9:0", files), slaves },
  });

  it.each([
    [
      "a logical volume over two disks, of which one has /boot",
      "dm-0",
      ["sda2", "sdb1"],
      { "dm/uuid": "LVM-x" },
      "sdb1",
      "/dev/sdb*",
    ],
    ["a mirror", "md0", ["sdb1", "sda1"], { "md/level": "raid1" }, "sda2", "/dev/sda*"],
    ["an encrypted partition", "dm-0", ["sdb1"], { "dm/uuid": "CRYPT-LUKS2-x" }, "sdb1", "/dev/sdb*"],
  ])("have the system disk below %s", async (_, root, slaves, files, boot, first) => {
    const disks = await list(layered(slaves, files), [
      `/dev/${root} / ext4 rw 0 0`,
      `/dev/${boot} /boot ext4 rw 0 0`,
    ]);
    expect(names(disks)[0]).toBe(first);
    expect(disks).toHaveLength(2);
  });

  const refused = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return isSampanError(error) ? [error.code, error.message] : error;
  };

  it("are refused where several paths lead to the system disk", async () => {
    const blocks = layered(["sda", "sdb"], { "dm/uuid": "mpath-3600508b400105e21" });
    const [code, message] = (await refused(list(blocks, ["/dev/dm-0 / ext4 rw 0 0"]))) as string[];
    expect(code).toBe("HOST_KIND_UNSUPPORTED");
    expect(message).toContain("multipath");
  });

  it("leave out the single paths to a disk that holds data only", async () => {
    const blocks = {
      ...layered(["sdb"], { "dm/uuid": "mpath-3600508b400105e21" }),
      md0: block(1, "9:0"),
    };
    expect(names(await list(blocks, ["/dev/sda1 / ext4 rw 0 0"]))).toEqual(["/dev/sda*"]);
  });

  it("are none in a container, which sees those of its host in /sys only", async () => {
    const { content: _, ...unseen } = block(10, "8:0");
    const [code, message] = (await refused(list({ sda: unseen }, ["overlay / overlay rw 0 0"]))) as string[];
    expect(code).toBe("HOST_KIND_UNSUPPORTED");
    expect(message).toContain("container");
  });

  it("are refused where none can be told to hold /, saying on what it lies", async () => {
    const [code, message] = (await refused(
      list({ sda: block(10, "8:0") }, ["rpool/ROOT / zfs rw 0 0"]),
    )) as string[];
    expect(code).toBe("HOST_ROOT_DISK_UNKNOWN");
    expect(message).toContain("rpool/ROOT (zfs)");
    expect(message).toContain("/dev/sda");
  });
});
