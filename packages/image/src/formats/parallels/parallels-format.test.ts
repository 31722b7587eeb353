import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import { latin1 } from "../../io/buffers.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { hostileImageContract } from "../../testing/hostile-image-contract.ts";
import { blockSourceContract, patternSource, readAll } from "../../testing/index.ts";
import { hasQemuImg, qemuCompare, qemuImg } from "../../testing/qemu-img.ts";
import { parallelsFormat } from "./parallels-format.ts";

const sizeBytes = 5 * MiB + 63 * 512;
let folder: string;
let disk: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-parallels-"));
  const map = AllocationMap.ofData(sizeBytes, [
    { offset: 0, length: 100 * KiB },
    { offset: 3 * MiB + 512, length: MiB },
    { offset: sizeBytes - 512, length: 512 },
  ]);
  disk = await readAll(patternSource(sizeBytes, map));
  await writeFile(join(folder, "disk"), disk);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An image of the older kind: places in sectors, clusters of 63 sectors, out of order. */
function makePlain(): Uint8Array {
  const clusterBytes = 63 * 512;
  const clusters = Math.ceil(sizeBytes / clusterBytes);
  const dataAt = Math.ceil((64 + clusters * 4) / 512) * 512;
  const file = new Uint8Array(dataAt + clusters * clusterBytes);
  const view = new DataView(file.buffer);
  file.set(latin1("WithoutFreeSpace"));
  view.setUint32(16, 2, true);
  view.setUint32(28, 63, true);
  view.setUint32(32, clusters, true);
  view.setUint32(36, sizeBytes / 512, true);
  // What is not part of the size in this kind.
  view.setUint32(40, 0xdeadbeef, true);
  view.setUint32(48, dataAt / 512, true);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const bytes = disk.subarray(cluster * clusterBytes, (cluster + 1) * clusterBytes);
    if (bytes.every((byte) => byte === 0)) continue;
    const at = dataAt + (clusters - 1 - cluster) * clusterBytes;
    view.setUint32(64 + cluster * 4, at / 512, true);
    file.set(bytes, at);
  }
  return file;
}

const write = async (name: string, bytes: Uint8Array) => {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
};

blockSourceContract("a Parallels image with places in sectors", async () => {
  const { source, info } = await openDiskImage(await write("plain.hdd", makePlain()));
  expect(info).toMatchObject({ format: "parallels", variant: "plain" });
  return { source, expected: disk };
});

test.skipIf(!hasQemuImg)(
  "a Parallels image with places in sectors is the same disk for qemu-img",
  async () => {
    const path = await write("oracle.hdd", makePlain());
    await qemuCompare([join(folder, "disk"), "raw"], [path, "parallels"]);
  },
);

describe.skipIf(!hasQemuImg)("Parallels as qemu-img writes it", () => {
  blockSourceContract("a Parallels image with places in clusters", async () => {
    const path = join(folder, "extended.hdd");
    await qemuImg("convert", "-f", "raw", "-O", "parallels", join(folder, "disk"), path);
    const { source, info } = await openDiskImage(path);
    expect(info).toMatchObject({ format: "parallels", variant: "extended" });
    return { source, expected: disk };
  });

  hostileImageContract({
    name: "extended Parallels image",
    reader: parallelsFormat,
    disk: async () => disk,
    async make() {
      const path = join(folder, "hostile.hdd");
      await qemuImg("convert", "-f", "raw", "-O", "parallels", join(folder, "disk"), path);
      return Uint8Array.from(await readFile(path));
    },
    regions: () => [[0, 96]],
  });
});

hostileImageContract({
  name: "plain Parallels image",
  reader: parallelsFormat,
  disk: async () => disk,
  make: async () => makePlain(),
  regions: () => [[0, 700]],
});

test("a Parallels image among several of a bundle is refused by name, alone in its bundle it is read", async () => {
  const bundle = await mkdtemp(join(folder, "bundle-"));
  const path = join(bundle, "disk.hds");
  await writeFile(path, makePlain());
  await writeFile(join(bundle, "DiskDescriptor.xml"), "<Storage><Image></Image></Storage>");
  await (await openDiskImage(path)).source.close();
  await writeFile(join(bundle, "DiskDescriptor.xml"), "<Storage><Image></Image><Image></Image></Storage>");
  await expect(openDiskImage(path)).rejects.toMatchObject({ code: "IMAGE_FORMAT_UNSUPPORTED" });
});

test("a cluster named twice, and a table that is too short, are corrupt", async () => {
  const twice = makePlain();
  twice.copyWithin(68, 64, 68);
  await expect(openDiskImage(await write("twice.hdd", twice))).rejects.toMatchObject({
    code: "IMAGE_CORRUPT",
  });
  const short = makePlain();
  new DataView(short.buffer).setUint32(32, 2, true);
  await expect(openDiskImage(await write("short.hdd", short))).rejects.toMatchObject({
    code: "IMAGE_CORRUPT",
  });
});
