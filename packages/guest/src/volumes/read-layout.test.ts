import { isSampanError, KiB, MiB } from "@sampan/core";
import { memorySource } from "@sampan/image/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeBootRecord, writeGpt } from "../testing/partition-tables.ts";
import { readDiskLayout } from "./read-layout.ts";
import { readUsedMap } from "./used-map.ts";

const linux = "0fc63daf-8483-4772-8e79-3d69d8477de4";
const esp = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";

function withSwap(bytes: Uint8Array, offset: number): void {
  bytes.set(new TextEncoder().encode("SWAPSPACE2"), offset + 4086);
}

describe("an MBR disk", () => {
  it("lists primary and logical partitions as Linux numbers them", async () => {
    const bytes = new Uint8Array(8 * MiB);
    writeBootRecord(bytes, 0, [
      { type: 0x83, start: 2048, sectors: 2048, active: true },
      { type: 0x05, start: 4096, sectors: 8192 },
    ]);
    new DataView(bytes.buffer).setUint32(440, 0x1b2c3d4e, true);
    writeBootRecord(bytes, 4096, [
      { type: 0x82, start: 64, sectors: 1024 },
      { type: 0x05, start: 2048, sectors: 2048 },
    ]);
    writeBootRecord(bytes, 4096 + 2048, [{ type: 0x83, start: 64, sectors: 1024 }]);
    withSwap(bytes, (4096 + 64) * 512);
    const layout = await readDiskLayout(memorySource(bytes));
    expect(layout.table).toMatchObject({ kind: "mbr", diskId: "1b2c3d4e" });
    expect(
      layout.table.partitions.map(({ number, type, partUuid, range }) => [
        number,
        type,
        partUuid,
        range.offset,
      ]),
    ).toEqual([
      [1, "83", "1b2c3d4e-01", 2048 * 512],
      [2, "05", "1b2c3d4e-02", 4096 * 512],
      [5, "82", "1b2c3d4e-05", 4160 * 512],
      [6, "83", "1b2c3d4e-06", (4096 + 2048 + 64) * 512],
    ]);
    expect(layout.volumes.map((volume) => [volume.partition?.number, volume.fileSystem?.kind])).toEqual([
      [1, undefined],
      [5, "swap"],
      [6, undefined],
    ]);
    expect(layout.notes).toEqual([]);
  });

  it("follows a chain of logical partitions that runs in a circle once", async () => {
    const bytes = new Uint8Array(4 * MiB);
    writeBootRecord(bytes, 0, [{ type: 0x0f, start: 64, sectors: 4096 }]);
    writeBootRecord(bytes, 64, [
      { type: 0x83, start: 8, sectors: 8 },
      { type: 0x05, start: 0, sectors: 8 },
    ]);
    const layout = await readDiskLayout(memorySource(bytes));
    expect(layout.table.partitions.map((one) => one.number)).toEqual([1, 5]);
    expect(layout.notes.join()).toContain("circle");
  });

  it("cuts a partition at the end of the disk and leaves out one behind it", async () => {
    const bytes = new Uint8Array(MiB);
    writeBootRecord(bytes, 0, [
      { type: 0x83, start: 1024, sectors: 1_000_000 },
      { type: 0x83, start: 9_000_000, sectors: 8 },
    ]);
    const layout = await readDiskLayout(memorySource(bytes));
    expect(layout.volumes.map((volume) => volume.range)).toEqual([{ offset: 512 * KiB, length: 512 * KiB }]);
    expect(layout.notes).toHaveLength(2);
  });

  it("does not take the boot sector of NTFS for a table", async () => {
    const bytes = new Uint8Array(MiB);
    writeBootRecord(bytes, 0, [{ type: 0x83, start: 8, sectors: 8 }]);
    bytes.set(new TextEncoder().encode("NTFS    "), 3);
    new DataView(bytes.buffer).setUint16(11, 512, true);
    const layout = await readDiskLayout(memorySource(bytes));
    expect(layout.table.kind).toBe("none");
    expect(layout.volumes[0]?.fileSystem?.kind).toBe("ntfs");
  });
});

describe.each([512, 4096])("a GPT disk in sectors of %i bytes", (sectorBytes) => {
  function disk(): Uint8Array {
    const bytes = new Uint8Array(4 * MiB);
    const sector = (offset: number) => offset / sectorBytes;
    writeGpt(bytes, sectorBytes, [
      {
        type: esp,
        guid: "aaaaaaaa-0000-0000-0000-000000000001",
        first: sector(MiB),
        last: sector(2 * MiB) - 1,
        name: "ESP",
      },
      {
        type: linux,
        guid: "aaaaaaaa-0000-0000-0000-000000000002",
        first: sector(2 * MiB),
        last: sector(3 * MiB) - 1,
      },
    ]);
    return bytes;
  }

  it("lists its partitions with names and GUIDs", async () => {
    const layout = await readDiskLayout(memorySource(disk()));
    expect(layout.table).toMatchObject({
      kind: "gpt",
      sectorBytes,
      diskId: "11111111-2222-3333-4444-555555555555",
    });
    expect(layout.table.partitions).toMatchObject([
      { number: 1, typeName: "EFI System", name: "ESP", range: { offset: MiB, length: MiB } },
      { number: 2, type: linux, name: null, partUuid: "aaaaaaaa-0000-0000-0000-000000000002" },
    ]);
    expect(layout.notes).toEqual([]);
  });

  it("uses the spare when the header or the entries at the front are broken", async () => {
    for (const at of [sectorBytes + 60, sectorBytes * 2 + 5]) {
      const bytes = disk();
      bytes[at] = (bytes[at] as number) ^ 0xff;
      const layout = await readDiskLayout(memorySource(bytes));
      expect(layout.table.partitions).toHaveLength(2);
      expect(layout.notes.join()).toContain("the spare at the end of the disk was used");
    }
  });

  it("gives no partitions and keeps everything when both copies are broken", async () => {
    const bytes = disk();
    bytes[sectorBytes + 60] = 1;
    bytes[bytes.length - sectorBytes + 60] = 1;
    const layout = await readDiskLayout(memorySource(bytes));
    expect(layout.volumes).toEqual([]);
    expect(layout.notes.join()).toContain("no sound spare");
    expect((await readUsedMap(memorySource(bytes), layout)).map.dataBytes).toBe(bytes.length);
  });
});

describe("any disk", () => {
  it("gives a layout inside the disk, whatever its first sectors hold", async () => {
    const base = new Uint8Array(MiB);
    writeGpt(base, 512, [
      { type: linux, guid: "aaaaaaaa-0000-0000-0000-000000000002", first: 64, last: 999 },
    ]);
    const mbr = new Uint8Array(MiB);
    writeBootRecord(mbr, 0, [
      { type: 0x83, start: 64, sectors: 500 },
      { type: 0x05, start: 600, sectors: 500 },
    ]);
    writeBootRecord(mbr, 600, [
      { type: 0x83, start: 8, sectors: 8 },
      { type: 0x05, start: 16, sectors: 8 },
    ]);
    const mutation = fc.record({ at: fc.nat(700 * 512), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(mutation, { maxLength: 40 }), async (gpt, mutations) => {
        const bytes = (gpt ? base : mbr).slice();
        for (const { at, value } of mutations) bytes[at < 600 ? at : at % 1600] = value;
        const source = memorySource(bytes);
        const layout = await readDiskLayout(source);
        for (const { range } of layout.volumes) {
          expect(range.offset >= 0 && range.length > 0 && range.offset + range.length <= bytes.length).toBe(
            true,
          );
        }
        expect((await readUsedMap(source, layout)).map.sizeBytes).toBe(bytes.length);
      }),
      { numRuns: 150 },
    );
  });

  it("throws only what its source throws", async () => {
    const source = { ...memorySource(new Uint8Array(MiB)), sizeBytes: 2 * MiB };
    const failure = await readDiskLayout(source).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure === undefined || isSampanError(failure)).toBe(true);
  });
});
