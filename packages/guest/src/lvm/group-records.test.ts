import { KiB, MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import { type GroupToWrite, groupText, writePhysicalVolume } from "../testing/lvm-disk.ts";
import { writeBootRecord } from "../testing/partition-tables.ts";
import { readDiskLayout } from "../volumes/read-layout.ts";
import { readGroupRecords } from "./group-records.ts";

const uuid = "a".repeat(32);
const start = MiB;
const group: GroupToWrite = {
  name: "vg0",
  members: [{ uuid, extents: 6 }],
  logicalVolumes: [{ name: "root", segments: [{ extents: 4, stripes: [["pv0", 1]] }] }],
};

function diskWith(textOffset: number): Uint8Array {
  const disk = new Uint8Array(8 * MiB);
  writeBootRecord(disk, 0, [{ type: 0x8e, start: start / 512, sectors: (7 * MiB) / 512 }]);
  writePhysicalVolume(disk, start, { uuid, sizeBytes: 7 * MiB, text: groupText(group), textOffset });
  return disk;
}

describe("the records of a volume group", () => {
  const areaBytes = MiB - 4 * KiB;
  for (const [where, textOffset] of [
    ["in one run", 4096],
    ["going on at the front of their ring", areaBytes - 512],
  ] as const) {
    it(`are all that LVM needs, with the text ${where}`, async () => {
      const disk = diskWith(textOffset);
      // Texts of before, which fill the area in time.
      const history = start + 4 * KiB + 300 * KiB;
      disk.set(new TextEncoder().encode('sampan-1 {\nid = "x"\n}'), history);
      const source = memorySource(disk);
      const layout = await readDiskLayout(source);
      const records = await readGroupRecords(source, layout, layout.volumeGroups[0] as never);
      const bare = disk.slice();
      for (const { offset, length } of records.areas) bare.fill(0, offset, offset + length);
      for (const { offset, bytes } of records.pieces) bare.set(bytes, offset);
      const again = await readDiskLayout(memorySource(bare));
      expect(again).toEqual(layout);
      expect(again.volumeGroups).toMatchObject([{ name: "vg0", trusted: true }]);
      expect(Buffer.from(bare).includes("sampan-1")).toBe(false);
      expect(records.areas.map(({ offset }) => offset)).toEqual([start, start + 4 * KiB]);
      const kept = records.pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(kept).toBeLessThan(8 * KiB);
    });
  }
});
