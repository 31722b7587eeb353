import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, KiB, MiB, rangeEnd } from "@sampan/core";
import { createOverlay } from "@sampan/image";
import { blockSourceContract, memorySource, seededRandom } from "@sampan/image/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectDisk } from "../inspect-disk.ts";
import { makePatch } from "../patch/make-patch.ts";
import { type GroupToWrite, groupText, writePhysicalVolume } from "../testing/lvm-disk.ts";
import { writeBootRecord } from "../testing/partition-tables.ts";
import { debianTree, makePhonyDisk } from "../testing/phony-disk.ts";
import { hasTools, runTool } from "../testing/tools.ts";
import type { Volume } from "../volumes/layout.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { readDiskLayout } from "../volumes/read-layout.ts";
import { readUsedMap } from "../volumes/used-map.ts";
import { diskRanges, volumeSource, writableVolume } from "../volumes/volume-source.ts";
import { parseConfig } from "./config-text.ts";

const uuids = ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"] as const;
const pvBytes = 20 * MiB;
const members = uuids.map((uuid) => ({ uuid, extents: 18 }));

/** A volume of 16 MiB in two striped runs with a linear one between, and one of 2 MiB. */
const group: GroupToWrite = {
  name: "vg-one",
  members,
  logicalVolumes: [
    {
      name: "root-lv",
      segments: [
        {
          extents: 6,
          stripeSectors: 128,
          stripes: [
            ["pv0", 2],
            ["pv1", 0],
          ],
        },
        { extents: 2, stripes: [["pv1", 16]] },
        {
          extents: 8,
          stripeSectors: 8,
          stripes: [
            ["pv1", 5],
            ["pv0", 9],
          ],
        },
      ],
    },
    { name: "data", segments: [{ extents: 2, stripes: [["pv0", 13]] }] },
  ],
};

/** A disk of two physical volumes in partitions, with no file system. */
function twoVolumes(
  given: GroupToWrite = group,
  texts: readonly string[] = [groupText(given), groupText(given)],
): Uint8Array {
  const disk = new Uint8Array(2 * MiB + 2 * pvBytes);
  writeBootRecord(
    disk,
    0,
    [0, 1].map((i) => ({ type: 0x8e, start: 2048 + (i * pvBytes) / 512, sectors: pvBytes / 512 })),
  );
  disk[440] = 1;
  uuids.forEach((uuid, i) => {
    const textOffset = i === 0 ? 512 : MiB - 4 * KiB - 512;
    writePhysicalVolume(disk, MiB + i * pvBytes, {
      uuid,
      sizeBytes: pvBytes,
      text: texts[i] ?? "",
      textOffset,
    });
  });
  return disk;
}

async function logical(disk: Uint8Array, name: string): Promise<Volume> {
  const layout = await readDiskLayout(memorySource(disk));
  return layout.volumes.find((volume) => volume.logicalVolume?.name === name)!;
}

describe("logical volumes", () => {
  it("come after the partitions, with what their group leaves free", async () => {
    const layout = await readDiskLayout(memorySource(twoVolumes()));
    expect(layout.notes).toEqual([]);
    expect(
      layout.volumes.map(({ partition, logicalVolume: lv, range }) => [
        partition?.number,
        lv?.name,
        range.length,
      ]),
    ).toEqual([
      [1, undefined, pvBytes],
      [2, undefined, pvBytes],
      [undefined, "root-lv", 16 * MiB],
      [undefined, "data", 2 * MiB],
    ]);
    const first = 2 * MiB;
    const second = 2 * MiB + pvBytes;
    expect(layout.volumeGroups).toMatchObject([
      {
        name: "vg-one",
        physicalVolumes: [0, 1],
        logicalVolumes: [2, 3],
        hidden: [],
        trusted: true,
        free: [
          { offset: first, length: 2 * MiB },
          { offset: first + 5 * MiB, length: 4 * MiB },
          { offset: first + 15 * MiB, length: 3 * MiB },
          { offset: second + 3 * MiB, length: 2 * MiB },
          { offset: second + 9 * MiB, length: 7 * MiB },
        ],
      },
    ]);
  });

  it("are read and written where their stripes lie, however a range is cut", async () => {
    const disk = twoVolumes();
    const volume = await logical(disk, "root-lv");
    const overlay = createOverlay(memorySource(disk));
    const content = new Uint8Array(volume.range.length);
    for (let i = 0; i < content.length; i += 4)
      new DataView(content.buffer).setUint32(i, Math.imul(i, 2654435761));
    await writableVolume(overlay, volume).write({ offset: 0, length: content.length }, content);
    // By hand: the third piece of 64 KiB is the second of the first stripe; the linear run begins after 6 MiB.
    expect(await readBytes(overlay, 4 * MiB + 64 * KiB, 64 * KiB)).toEqual(
      content.slice(128 * KiB, 192 * KiB),
    );
    expect(await readBytes(overlay, 2 * MiB + pvBytes + 16 * MiB, 2 * MiB)).toEqual(
      content.slice(6 * MiB, 8 * MiB),
    );
    expect(await readBytes(overlay, 2 * MiB + pvBytes + 5 * MiB, 4 * KiB)).toEqual(
      content.slice(8 * MiB, 8 * MiB + 4 * KiB),
    );
    const view = volumeSource(overlay, volume);
    const empty = memorySource(new Uint8Array(disk.length));
    const range = fc
      .tuple(fc.nat(content.length), fc.nat(500_000))
      .map(([offset, length]) => ({ offset, length: Math.min(length, content.length - offset) }));
    await fc.assert(
      fc.asyncProperty(range, async ({ offset, length }) => {
        const into = new Uint8Array(length);
        await view.read({ offset, length }, into);
        expect(Buffer.compare(into, content.subarray(offset, offset + length))).toBe(0);
        // The places of a range are as long as it, apart from each other, and few.
        const places = [...diskRanges(volume, { offset, length })]
          .filter((one) => one.length > 0)
          .sort((a, b) => a.offset - b.offset);
        expect(places.reduce((sum, one) => sum + one.length, 0)).toBe(length);
        for (const [i, one] of places.entries()) {
          expect(one.offset).toBeGreaterThanOrEqual(i === 0 ? 0 : rangeEnd(places[i - 1]!));
        }
        expect(places.length).toBeLessThan(20);
        const copy = createOverlay(empty);
        await writableVolume(copy, volume).write({ offset, length }, new Uint8Array(length).fill(1));
        for (const one of places)
          expect((await readBytes(copy, one.offset, one.length)).every((byte) => byte === 1)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it("hold a guest that is found, trimmed and patched as on a partition", async () => {
    const fstab =
      "/dev/mapper/vg--one-root--lv / ext4 defaults 0 1\n/dev/vg-one/data /data ext4 defaults 0 2\n/dev/sda9 /lost ext4 defaults 0 2\n";
    const phony = await makePhonyDisk({ ...debianTree, "/etc/fstab": fstab }, { sizeBytes: 16 * MiB });
    const folder = mkdtempSync(join(tmpdir(), "sampan-lvm-"));
    try {
      const disk = twoVolumes();
      const volume = await logical(disk, "root-lv");
      const filled = createOverlay(memorySource(disk));
      const bytes = await readBytes(phony.source, 0, 16 * MiB);
      await writableVolume(filled, volume).write({ offset: 0, length: bytes.length }, bytes);
      const inspection = await inspectDisk(filled);
      expect(inspection.notes).toEqual([]);
      expect(inspection.guest).toMatchObject({ family: "debian", version: "12.4", rootVolume: 2 });
      expect(inspection.guest?.type === "linux" && inspection.guest.fstab.map((one) => one.resolved)).toEqual(
        [true, true, false],
      );
      const { record, overlay } = await makePatch(filled, inspection);
      expect(record.diff).toContain("not on the migrated disk: /dev/sda9");
      const { map, notes } = await readUsedMap(overlay, inspection.layout);
      expect(notes).toEqual(["logical volume vg-one/data is copied whole: nothing known was found on it"]);
      expect(map.dataBytes).toBeLessThan(12 * MiB);
      for (const extent of map.extents) {
        if (extent.kind === "hole") await overlay.write(extent, new Uint8Array(extent.length).fill(0xa5));
      }
      const after = await inspectDisk(overlay);
      expect(after.layout.volumeGroups).toEqual(inspection.layout.volumeGroups);
      expect(after.guest).toMatchObject({
        family: "debian",
        fstab: [{ resolved: true }, { resolved: true }],
      });
      const file = join(folder, "root.img");
      writeFileSync(file, await readBytes(volumeSource(overlay, volume), 0, 16 * MiB));
      expect(runTool("e2fsck", ["-fn", file])).toMatch(/Pass 5/);
    } finally {
      await phony.remove();
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ["raid1", [`device_count = 2`, `raids = ["a_rmeta_0", "a_rimage_0"]`]],
    ["mirror", [`mirror_count = 2`, `mirrors = ["pv0", 1, "pv1", 2]`]],
    ["thin", [`thin_pool = "pool"`, "device_id = 1"]],
    ["cache-pool+METADATA_FORMAT", [`data = "x"`]],
  ])(
    "of type %s are named and kept whole, and so are the free extents of their group",
    async (type, lines) => {
      const given = {
        ...group,
        logicalVolumes: [...group.logicalVolumes, { name: "odd", segments: [{ extents: 1, type, lines }] }],
      };
      const disk = twoVolumes(given);
      const layout = await readDiskLayout(memorySource(disk));
      expect(layout.volumeGroups[0]).toMatchObject({
        hidden: [{ name: "odd", reason: `segments of type ${type} are not read` }],
        free: [],
      });
      expect(layout.notes.join()).toContain("vg-one/odd cannot be looked into");
      expect((await readUsedMap(memorySource(disk), layout)).map.dataBytes).toBe(disk.length);
    },
  );

  it("with a snapshot are read, but neither trimmed nor patched", async () => {
    const phony = await makePhonyDisk(debianTree, { sizeBytes: 16 * MiB });
    try {
      const snapshot = {
        name: "snapshot0",
        status: ["READ"],
        segments: [{ extents: 16, type: "snapshot", lines: [`origin = "root-lv"`, `cow_store = "data"`] }],
      };
      const given = { ...group, logicalVolumes: [...group.logicalVolumes, snapshot] };
      const disk = twoVolumes(given);
      const overlay = createOverlay(memorySource(disk));
      const bytes = await readBytes(phony.source, 0, 16 * MiB);
      await writableVolume(overlay, await logical(disk, "root-lv")).write(
        { offset: 0, length: bytes.length },
        bytes,
      );
      const inspection = await inspectDisk(overlay);
      expect(inspection.guest?.version).toBe("12.4");
      const { map, notes } = await readUsedMap(overlay, inspection.layout);
      expect(map.dataBytes).toBe(disk.length);
      expect(notes.join()).toContain("shared by LVM's snapshot");
      await expect(makePatch(overlay, inspection)).rejects.toMatchObject({ code: "GUEST_FS_UNSUPPORTED" });
    } finally {
      await phony.remove();
    }
  });

  it("that lie in part on another disk are named, and what is here stays whole", async () => {
    const disk = twoVolumes();
    disk.fill(0, MiB + pvBytes, MiB + pvBytes + 2048);
    const layout = await readDiskLayout(memorySource(disk));
    expect(layout.volumeGroups[0]).toMatchObject({
      physicalVolumes: [0],
      hidden: [{ name: "root-lv", reason: "it lies in part on a disk that is not here" }],
    });
    expect(layout.volumes.at(-1)?.logicalVolume?.name).toBe("data");
    const { map } = await readUsedMap(memorySource(disk), layout);
    expect(map.dataBytes).toBe(disk.length);
    expect(layout.notes.join()).toContain("physical volumes on other disks");
  });
});

describe("a volume group in doubt is copied whole", () => {
  const newer = groupText({ ...group, sequence: 6 });
  it.each<[string, (disk: Uint8Array) => void, RegExp]>([
    [
      "when its copies differ",
      (disk) => writePhysicalVolume(disk, MiB, { uuid: uuids[0], sizeBytes: pvBytes, text: newer }),
      /copies of the metadata differ/,
    ],
    ["when a label is broken", (disk) => disk.set([0xff], MiB + 512 + 70), /no label with a sound checksum/],
    ["when an area is broken", (disk) => disk.set([0xff], MiB + 4 * KiB + 100), /no sound header/],
    ["when a text is broken", (disk) => disk.set([0x41], MiB + 4 * KiB + 512 + 10), /wrong checksum/],
    ["when two physical volumes are twins", (disk) => disk.copyWithin(MiB + pvBytes, MiB, 2 * MiB), /twin/],
    [
      "when a partition lies over it",
      (disk) =>
        writeBootRecord(disk, 0, [
          { type: 0x8e, start: 2048, sectors: pvBytes / 512 },
          { type: 0x8e, start: 2048 + pvBytes / 512, sectors: pvBytes / 512 },
          { type: 0x83, start: 30_000, sectors: 2048 },
        ]),
      /overlaps/,
    ],
  ])("%s", async (_, damage, reason) => {
    const disk = twoVolumes();
    damage(disk);
    const layout = await readDiskLayout(memorySource(disk));
    const { map, notes } = await readUsedMap(memorySource(disk), layout);
    expect([...layout.notes, ...notes].join("\n")).toMatch(reason);
    expect(map.dataBytes).toBe(disk.length);
  });

  it.each<[string, GroupToWrite, RegExp]>([
    [
      "extents that two volumes use",
      {
        ...group,
        logicalVolumes: [
          ...group.logicalVolumes,
          { name: "x", segments: [{ extents: 1, stripes: [["pv0", 14]] }] },
        ],
      },
      /used twice/,
    ],
    [
      "extents past the end",
      { ...group, logicalVolumes: [{ name: "x", segments: [{ extents: 4, stripes: [["pv0", 15]] }] }] },
      /past the end/,
    ],
    [
      "more extents than the partition holds",
      { ...group, members: members.map((one) => ({ ...one, extents: 20 })) },
      /smaller than the extents/,
    ],
    [
      "stripes that do not divide",
      {
        ...group,
        logicalVolumes: [
          {
            name: "x",
            segments: [
              {
                extents: 3,
                stripeSectors: 128,
                stripes: [
                  ["pv0", 0],
                  ["pv1", 0],
                ],
              },
            ],
          },
        ],
      },
      /cannot be divided/,
    ],
  ])("with %s is refused", async (_, given, reason) => {
    const disk = twoVolumes(given);
    const layout = await readDiskLayout(memorySource(disk));
    expect(layout.notes.join()).toMatch(reason);
    expect(layout.volumeGroups).toEqual([]);
    expect((await readUsedMap(memorySource(disk), layout)).map.dataBytes).toBe(disk.length);
  });

  it("whatever its text says, in bounded time", async () => {
    const text = groupText(group);
    const edit = fc.record({
      at: fc.nat(text.length - 1),
      cut: fc.nat(12),
      put: fc.oneof(
        fc.constantFrom("{", "}", "[", "]", '"', "\\", "=", "99999999999999999999", "-1", "pv0", "1e9", "#"),
        fc.string({ maxLength: 6 }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        const changed = edits.reduce(
          (whole, { at, cut, put }) => whole.slice(0, at) + put + whole.slice(at + cut),
          text,
        );
        const disk = twoVolumes(group, [changed, changed]);
        const source = memorySource(disk);
        const layout = await readDiskLayout(source);
        for (const volume of layout.volumes) {
          for (const place of diskRanges(volume, { offset: 0, length: volume.range.length })) {
            expect(place.offset >= 0 && rangeEnd(place) <= disk.length).toBe(true);
          }
        }
        await readUsedMap(source, layout);
      }),
      { numRuns: 120 },
    );
  });

  it("however deep its text nests", () => {
    for (const text of [
      "a {".repeat(100_000),
      "a = [".repeat(100_000),
      `a = "${"\\".repeat(100_001)}`,
      "#".repeat(1_000_000),
    ]) {
      try {
        parseConfig(text);
      } catch (error) {
        expect(isSampanError(error)).toBe(true);
      }
    }
  });
});

describe.skipIf(!hasTools("lvm"))("pvck (needs lvm2)", () => {
  it("reads the phony volumes of these tests as Sampan does", () => {
    const folder = mkdtempSync(join(tmpdir(), "sampan-lvm-"));
    try {
      const file = join(folder, "pv");
      writeFileSync(file, twoVolumes().subarray(MiB + pvBytes, MiB + 2 * pvBytes));
      const dumped = runTool("lvm", ["pvck", "--driverloaded", "n", "--dump", "metadata", file]);
      expect(dumped.replaceAll(/^ {2}|\s+$/gm, "")).toContain(
        groupText(group)
          .split("\n")
          .find((line: string) => line.startsWith("id = "))!,
      );
      expect(runTool("lvm", ["pvck", "--driverloaded", "n", "--dump", "headers", file])).not.toMatch(
        /bad|invalid|incorrect|mismatch/i,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

blockSourceContract("a striped logical volume", async () => {
  const disk = twoVolumes();
  const random = seededRandom(7);
  for (let at = 2 * MiB; at < disk.length; at += 512) disk[at] = Math.floor(random() * 256);
  // The second physical volume's label was overwritten: put it back.
  writePhysicalVolume(disk, MiB + pvBytes, { uuid: uuids[1], sizeBytes: pvBytes, text: groupText(group) });
  return { source: volumeSource(memorySource(disk), await logical(disk, "root-lv")) };
});
