import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import type { OpenImageOptions } from "../../disk-image.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { hostileImageContract } from "../../testing/hostile-image-contract.ts";
import { blockSourceContract, firstDifference, patternSource, readAll } from "../../testing/index.ts";
import { hasQemuImg, qemuImg } from "../../testing/qemu-img.ts";
import { qcow2Format } from "./qcow2-format.ts";
import { qcowFormat } from "./version-one.ts";

const sizeBytes = 5 * MiB + 37 * 512;
let folder: string;
let disk: Uint8Array;
/** The disk with other bytes in places of all sizes, one of them zeros. */
let changed: Uint8Array;
const changes = [
  { offset: 512 * 3, length: 512 },
  { offset: 200 * KiB - 512, length: 20 * KiB },
  { offset: 3 * MiB, length: 512 * 1024 },
  { offset: sizeBytes - 512, length: 512 },
];

const inFolder = (name: string) => join(folder, name);
const open = (name: string, options?: OpenImageOptions) => openDiskImage(inFolder(name), options);
const convert = (name: string, ...args: readonly string[]) =>
  qemuImg("convert", "-f", "raw", ...args, inFolder("disk"), inFolder(name));
/** A child of a backing file that holds `changed`, whatever the options. */
const child = async (name: string, backing: string, format: string, ...args: readonly string[]) => {
  await qemuImg(
    "create",
    "-q",
    "-f",
    "qcow2",
    "-F",
    format,
    "-b",
    backing,
    ...args,
    inFolder(name),
    String(sizeBytes),
  );
  // Written through the chain: only what differs from the backing file is stored.
  const full = inFolder(`${name}.full.qcow2`);
  await qemuImg("convert", "-f", "raw", "-O", "qcow2", inFolder("changed"), full);
  await qemuImg("rebase", "-f", "qcow2", "-F", format, "-b", inFolder(backing), full);
  return full;
};
const expectDisk = async (name: string, expected: Uint8Array, options?: OpenImageOptions) => {
  const image = await open(name, options);
  const bytes = await readAll(image.source);
  await image.source.close();
  expect(firstDifference(bytes, expected)).toBe(-1);
  return image.info;
};

describe.skipIf(!hasQemuImg)("QCOW2 as qemu-img writes it", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sampan-qcow2-"));
    const map = AllocationMap.ofData(sizeBytes, [
      { offset: 0, length: 300 * KiB },
      { offset: MiB + 2 * KiB, length: 3 * KiB },
      { offset: 3 * MiB, length: MiB + 5 * KiB },
    ]);
    disk = await readAll(patternSource(sizeBytes, map));
    changed = disk.slice();
    const other = await readAll(patternSource(sizeBytes, undefined, 8));
    for (const { offset, length } of changes) changed.set(other.subarray(offset, offset + length), offset);
    changed.fill(0, 64 * KiB, 130 * KiB);
    await writeFile(inFolder("disk"), disk);
    await writeFile(inFolder("changed"), changed);
    await convert("zstd.qcow2", "-c", "-O", "qcow2", "-o", "compression_type=zstd");
    await convert("zstd-large.qcow2", "-c", "-O", "qcow2", "-o", "compression_type=zstd,cluster_size=2M");
    await convert("extended.qcow2", "-O", "qcow2", "-o", "extended_l2=on");
    await convert("extended-packed.qcow2", "-c", "-O", "qcow2", "-o", "extended_l2=on,cluster_size=16k");
    await convert("external.qcow2", "-O", "qcow2", "-o", `data_file=${inFolder("external.data")}`);
    await convert(
      "external-raw.qcow2",
      "-O",
      "qcow2",
      "-o",
      `data_file=${inFolder("raw.data")},data_file_raw=on`,
    );
    await convert("one.qcow", "-O", "qcow");
    await convert("base.vmdk", "-O", "vmdk");
    await convert("base.qcow2", "-O", "qcow2");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  for (const [name, variant] of [
    ["zstd.qcow2", "v3"],
    ["zstd-large.qcow2", "v3"],
    ["extended.qcow2", "v3"],
    ["extended-packed.qcow2", "v3"],
    ["external.qcow2", "v3"],
    ["external-raw.qcow2", "v3"],
    ["one.qcow", "v1"],
  ] as const) {
    blockSourceContract(name, async () => {
      return { source: (await open(name)).source, expected: disk };
    });
    test(`${name} tells its variant and its holes`, async () => {
      const { info, source } = await open(name);
      const map = await AllocationMap.read(source);
      await source.close();
      expect(info).toMatchObject({ format: variant === "v1" ? "qcow" : "qcow2", variant });
      // Clusters of 2 MiB, and a data file that is to be a raw disk of its own, leave none.
      const whole = /large|raw/.test(name);
      expect(map.dataBytes).toBeLessThan(whole ? sizeBytes + 1 : sizeBytes / 2);
    });
  }

  test("an external data file is one of the image's files, and is opened only beside it", async () => {
    const { info, source } = await open("external.qcow2");
    await source.close();
    expect(info.files).toEqual([inFolder("external.qcow2"), inFolder("external.data")]);
    const bytes = await readFile(inFolder("external.qcow2"));
    await mkdir(inFolder("moved"), { recursive: true });
    await writeFile(inFolder("moved/external.qcow2"), bytes);
    await expect(open("moved/external.qcow2")).rejects.toMatchObject({ code: "IMAGE_PARENT_REFUSED" });
    await expectDisk("moved/external.qcow2", disk, { allowPaths: [folder] });
    await rm(inFolder("external-raw.qcow2.gone"), { force: true });
    const lost = Buffer.from(bytes).toString("latin1").replace("external.data", "external.gone");
    await writeFile(inFolder("lost.qcow2"), Buffer.from(lost, "latin1"));
    await expect(open("lost.qcow2")).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
  });

  describe("with a backing file", () => {
    for (const [backing, format] of [
      ["disk", "raw"],
      ["base.qcow2", "qcow2"],
      ["base.vmdk", "vmdk"],
      ["extended.qcow2", "qcow2"],
      ["zstd.qcow2", "qcow2"],
    ] as const) {
      test(`${backing} is read through it`, async () => {
        const full = await child(`on-${backing}.qcow2`, backing, format);
        const image = await openDiskImage(full);
        expect(firstDifference(await readAll(image.source), changed)).toBe(-1);
        await image.source.close();
        expect(image.info.parent?.files).toEqual([inFolder(backing)]);
        expect(image.info.files).toEqual([full, inFolder(backing)]);
        const empty = await expectDisk(`on-${backing}.qcow2`, disk);
        expect(empty.parent?.virtualSizeBytes).toBe(sizeBytes);
      });
    }

    blockSourceContract("a chain of three images", async () => {
      await qemuImg(
        "create",
        "-q",
        "-f",
        "qcow2",
        "-F",
        "qcow2",
        "-b",
        "base.qcow2",
        "-o",
        "extended_l2=on",
        inFolder("middle.qcow2"),
      );
      await qemuImg(
        "create",
        "-q",
        "-f",
        "qcow2",
        "-F",
        "qcow2",
        "-b",
        "middle.qcow2",
        inFolder("top.qcow2"),
      );
      return { source: (await open("top.qcow2")).source, expected: disk };
    });

    test("that is shorter reads as zero behind its end", async () => {
      await qemuImg(
        "create",
        "-q",
        "-f",
        "qcow2",
        "-F",
        "raw",
        "-b",
        "disk",
        inFolder("longer.qcow2"),
        String(sizeBytes + MiB),
      );
      const longer = new Uint8Array(sizeBytes + MiB);
      longer.set(disk);
      await expectDisk("longer.qcow2", longer);
    });

    test("is taken for raw only where the image says so", async () => {
      await qemuImg("create", "-q", "-f", "qcow2", "-F", "raw", "-b", "disk", inFolder("told.qcow2"));
      const bytes = Buffer.from(await readFile(inFolder("told.qcow2")));
      const at = bytes.indexOf(Buffer.from("e2792aca", "hex"));
      // An unknown extension is passed over: nothing is recorded now.
      bytes.writeUInt32BE(0x12345678, at);
      const mbr = disk.slice();
      mbr.set([0x55, 0xaa], 510);
      await writeFile(inFolder("disk-like"), mbr);
      await writeFile(
        inFolder("guess.qcow2"),
        Buffer.from(bytes.toString("latin1").replace("disk", "base"), "latin1"),
      );
      await expect(open("guess.qcow2")).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
      await writeFile(inFolder("base"), mbr);
      await expect(open("guess.qcow2")).rejects.toMatchObject({ code: "IMAGE_PARENT_REFUSED" });
      // A guest that writes an image's header to its raw disk names no file that way.
      await writeFile(inFolder("disk.evil"), await readFile(inFolder("base.qcow2")));
      await qemuImg(
        "create",
        "-q",
        "-u",
        "-f",
        "qcow2",
        "-F",
        "raw",
        "-b",
        "disk.evil",
        inFolder("safe.qcow2"),
        "1M",
      );
      const { info, source } = await open("safe.qcow2");
      await source.close();
      expect(info.parent?.format).toBe("raw");
      bytes.writeUInt32BE(0xe2792aca, at);
      await writeFile(
        inFolder("odd.qcow2"),
        Buffer.from(bytes.toString("latin1").replace("raw", "nbd"), "latin1"),
      );
      await expect(open("odd.qcow2")).rejects.toMatchObject({ code: "IMAGE_FORMAT_UNSUPPORTED" });
    });

    test("that is the image itself, or in a loop, is corrupt", async () => {
      for (const [name, backing] of [
        ["self.qcow2", "self.qcow2"],
        ["a.qcow2", "b.qcow2"],
        ["b.qcow2", "a.qcow2"],
      ] as const)
        await qemuImg(
          "create",
          "-q",
          "-u",
          "-f",
          "qcow2",
          "-F",
          "qcow2",
          "-b",
          backing,
          inFolder(name),
          "1M",
        );
      for (const name of ["self.qcow2", "a.qcow2"])
        await expect(open(name)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    });

    test("at the end of too long a chain is corrupt, one of 64 images is read", async () => {
      await writeFile(inFolder("link0.qcow2"), await readFile(inFolder("base.qcow2")));
      for (let link = 1; link <= 64; link++) {
        const args = [
          "-F",
          "qcow2",
          "-b",
          `link${link - 1}.qcow2`,
          inFolder(`link${link}.qcow2`),
          String(sizeBytes),
        ];
        await qemuImg("create", "-q", "-u", "-f", "qcow2", ...args);
      }
      await expectDisk("link63.qcow2", disk);
      await expect(open("link64.qcow2")).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    }, 60_000);
  });

  test("internal snapshots are opened by name or id, and unknown ones refused with the names there are", async () => {
    await convert("snap.qcow2", "-O", "qcow2");
    await qemuImg("snapshot", "-c", "before", inFolder("snap.qcow2"));
    const other = inFolder("snap-changed.qcow2");
    await writeFile(other, await readFile(inFolder("snap.qcow2")));
    // The active disk becomes another size; the snapshot keeps its own.
    await qemuImg("snapshot", "-c", "second one", other);
    await qemuImg("resize", "-q", "-f", "qcow2", other, "7M");
    const grown = new Uint8Array(7 * MiB);
    grown.set(disk);
    await expectDisk("snap-changed.qcow2", grown);
    for (const snapshot of ["before", "second one", "1"]) {
      const info = await expectDisk("snap-changed.qcow2", disk, { snapshot });
      expect(info.details.snapshot).toBe(snapshot);
    }
    await expect(open("snap-changed.qcow2", { snapshot: "third" })).rejects.toMatchObject({
      code: "IMAGE_SNAPSHOT_UNKNOWN",
      details: { snapshots: ['"before"', '"second one"'] },
    });
    await expect(open("base.vmdk", { snapshot: "any" })).rejects.toMatchObject({
      code: "IMAGE_SNAPSHOT_UNKNOWN",
    });
  });

  const files = new Map<string, Uint8Array>();
  for (const [name, regions, options] of [
    [
      "zstd.qcow2",
      [
        [0, 200],
        [64 * KiB * 4, 100],
        [64 * KiB * 5, 300],
      ],
      {},
    ],
    [
      "extended.qcow2",
      [
        [0, 200],
        [64 * KiB * 3, 32],
        [64 * KiB * 4, 700],
      ],
      {},
    ],
    [
      "one.qcow",
      [
        [0, 120],
        [4096, 400],
      ],
      {},
    ],
    [
      "snap-hostile.qcow2",
      [
        [0, 200],
        [64 * KiB * 3, 16],
        [0x60000, 500],
      ],
      { snapshot: "s" },
    ],
    ["backed-hostile.qcow2", [[0, 400]], { missingParent: "zeros" }],
  ] as const) {
    hostileImageContract({
      name,
      reader: name === "one.qcow" ? qcowFormat : qcow2Format,
      options,
      disk: async () => (name === "backed-hostile.qcow2" ? new Uint8Array(sizeBytes) : disk),
      async make() {
        if (name === "snap-hostile.qcow2") {
          await convert(name, "-O", "qcow2");
          await qemuImg("snapshot", "-c", "s", inFolder(name));
        }
        if (name === "backed-hostile.qcow2")
          await qemuImg("create", "-q", "-f", "qcow2", "-F", "raw", "-b", "disk", inFolder(name));
        const known = files.get(name) ?? Uint8Array.from(await readFile(inFolder(name)));
        files.set(name, known);
        return known;
      },
      regions: (bytes) => regions.filter(([at, length]) => at + length <= bytes.length),
    });
  }
});
