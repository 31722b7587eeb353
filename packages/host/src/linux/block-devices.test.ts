import type { DiskLayout, Volume } from "@sampan/guest";
import { describe, expect, it } from "vitest";
import { BlockDevices, disksOf, isMirrored, isMultipath, volumeOf } from "./block-devices.ts";
import { parseProbeAnswer } from "./probe/probe-answer.ts";

/** Devices as an answer of the probe tells them. */
function devicesOf(...records: readonly (readonly string[])[]): BlockDevices {
  const fields = ["sampan-probe", "1", ...records.flat(), "end"];
  return new BlockDevices(parseProbeAnswer(Buffer.from(fields.map((one) => `${one}\0`).join("")), "a host"));
}
const partition = (disk: string, number: number, startSector: number) => [
  ["block", `${disk}${number}`, "parent", disk],
  ["block", `${disk}${number}`, "start", String(startSector)],
];

const uuid = "d69vlO-F2OI-joD8-I89e-O8S8-4qfw-mfxv22";
const lvmUuid = `LVM-${"g".repeat(32)}${uuid.replaceAll("-", "")}`;
const volumes = [
  { index: 0, partition: { number: 1 }, range: { offset: 2048 * 512, length: 1 } },
  { index: 1, partition: { number: 2 }, range: { offset: 8192 * 512, length: 1 } },
  { index: 2, partition: null, mirror: { member: 1 }, range: { offset: 9000 * 512, length: 1 } },
  { index: 3, partition: null, logicalVolume: { uuid }, range: { offset: 9999 * 512, length: 1 } },
].map((one) => ({ logicalVolume: null, ...one })) as unknown as Volume[];
const layout = { volumes } as unknown as DiskLayout;

describe("what a block device lies on", () => {
  it("is a partition of a disk, which the layout knows by where it begins", () => {
    const devices = devicesOf(...partition("sda", 2, 8192));
    expect(volumeOf(devices.stack("sda2"), "sda", layout)?.index).toBe(1);
    expect(volumeOf(devices.stack("sda2"), "sdb", layout)).toBeUndefined();
  });

  it("is a logical volume, known by its identifier", () => {
    const devices = devicesOf(
      ["block", "dm-0", "dm/uuid", lvmUuid],
      ["block", "dm-0", "slave", "sda2"],
      ...partition("sda", 2, 8192),
    );
    expect(volumeOf(devices.stack("dm-0"), "sda", layout)?.index).toBe(3);
  });

  it("is what a mirror holds, or the member itself where its content begins with it", () => {
    const mirror = (part: number, start: number) =>
      devicesOf(
        ["block", "md0", "md/level", "raid1"],
        ["block", "md0", "slave", `sda${part}`],
        ["block", "md0", "slave", "sdb1"],
        ...partition("sda", part, start),
        ...partition("sdb", 1, 2048),
      ).stack("md0");
    expect(volumeOf(mirror(2, 8192), "sda", layout)?.index).toBe(2);
    expect(volumeOf(mirror(1, 2048), "sda", layout)?.index).toBe(0);
    expect([disksOf(mirror(2, 8192)), isMirrored(mirror(2, 8192))]).toEqual([["sda", "sdb"], true]);
  });

  it("is the partition that an unknown kind of device lies in", () => {
    const devices = devicesOf(
      ["block", "dm-1", "dm/uuid", "CRYPT-LUKS2-1234-root"],
      ["block", "dm-1", "slave", "sda1"],
      ...partition("sda", 1, 2048),
    );
    expect(volumeOf(devices.stack("dm-1"), "sda", layout)?.index).toBe(0);
  });

  it("is no mirror when it needs all of several disks", () => {
    const devices = devicesOf(
      ["block", "md0", "md/level", "raid5"],
      ["block", "md0", "slave", "sda"],
      ["block", "md0", "slave", "sdb"],
      ["block", "dm-0", "dm/uuid", "mpath-1"],
      ["block", "dm-0", "slave", "md0"],
    );
    expect(isMirrored(devices.stack("md0"))).toBe(false);
    expect(isMultipath(devices.stack("dm-0"))).toBe(true);
  });

  it("ends where a host says that devices lie on each other", () => {
    const devices = devicesOf(["block", "dm-0", "slave", "dm-1"], ["block", "dm-1", "slave", "dm-0"]);
    expect(disksOf(devices.stack("dm-0")).length).toBeLessThanOrEqual(2);
    const names = Array.from({ length: 40 }, (_, n) => `dm-${n}`);
    const all = devicesOf(...names.flatMap((one) => names.map((other) => ["block", one, "slave", other])));
    expect(disksOf(all.stack("dm-0")).length).toBeLessThanOrEqual(40);
  });
});
