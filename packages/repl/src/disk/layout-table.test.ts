import type { DiskLayout, Volume } from "@sampan/guest";
import { describe, expect, it } from "vitest";
import { layoutTable } from "./layout-table.ts";

const volume: Volume = {
  index: 0,
  partition: null,
  logicalVolume: null,
  range: { offset: 0, length: 4 * 1024 ** 2 },
  fileSystem: {
    kind: "ext4",
    label: null,
    uuid: "f00050bb-07ee-46a3-83a6-a405ee0db51f",
    sizeBytes: null,
    usedBytes: null,
    dirty: true,
    features: [],
  },
  ambiguous: false,
};
const layout: DiskLayout = {
  sizeBytes: 4 * 1024 ** 2,
  table: { kind: "none", diskId: null, sectorBytes: 512, partitions: [], tableRanges: [] },
  volumes: [volume],
  volumeGroups: [],
  notes: [],
};
const use = { volume: 0, usedBytes: 1024, freeBytes: null, source: "map" } as const;

describe("the table of a disk's volumes", () => {
  it("leaves out columns with nothing in them", () => {
    const [head = "", row = ""] = layoutTable(layout, [use]).split("\n");
    expect(head.split(/ {2,}/)).toEqual(["volume", "start", "size", "file system", "uuid", "used"]);
    expect(row).toMatch(/^whole disk +0 B +4 MiB +ext4 \(not unmounted cleanly\) +f00050bb-\S+ +1 KiB$/);
  });

  it("gives the UUIDs a table of their own where the terminal has no room for them", () => {
    const lines = layoutTable(layout, [use], 80).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[0]).not.toContain("uuid");
    expect(lines.at(-1)).toMatch(/^whole disk +f00050bb-07ee-46a3-83a6-a405ee0db51f$/);
  });
});
