import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import { encodeVhd } from "../encoders/vhd/encode-vhd.ts";
import { openDiskImage } from "../open-disk-image.ts";
import { blockSourceContract, firstDifference, patternSource, readAll } from "../testing/index.ts";
import { hasQemuImg, qemuCompare, qemuImg } from "../testing/qemu-img.ts";
import { writeImage } from "../write-image.ts";

/** One disk, and the ways qemu-img is asked to write it. */
const variants = [
  { name: "monolithicSparse.vmdk", format: "vmdk", variant: "monolithicSparse", args: ["-O", "vmdk"] },
  {
    name: "streamOptimized.vmdk",
    format: "vmdk",
    variant: "streamOptimized",
    args: ["-O", "vmdk", "-o", "subformat=streamOptimized"],
  },
  { name: "v3.qcow2", format: "qcow2", variant: "v3", args: ["-O", "qcow2"] },
  { name: "v2.qcow2", format: "qcow2", variant: "v2", args: ["-O", "qcow2", "-o", "compat=0.10"] },
  { name: "deflate.qcow2", format: "qcow2", variant: "v3", args: ["-c", "-O", "qcow2"] },
  { name: "small.qcow2", format: "qcow2", variant: "v3", args: ["-O", "qcow2", "-o", "cluster_size=512"] },
  {
    name: "large.qcow2",
    format: "qcow2",
    variant: "v3",
    args: ["-c", "-O", "qcow2", "-o", "cluster_size=2M"],
  },
  { name: "dynamic.vhd", format: "vhd", variant: "dynamic", args: ["-O", "vpc", "-o", "force_size=on"] },
  {
    name: "fixed.vhd",
    format: "vhd",
    variant: "fixed",
    args: ["-O", "vpc", "-o", "subformat=fixed,force_size=on"],
  },
  { name: "plain.raw", format: "raw", variant: "sparse", args: ["-O", "raw"] },
] as const;

let folder: string;
let disk: Uint8Array;

describe.skipIf(!hasQemuImg)("images written by qemu-img", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sampan-readers-"));
    disk = await makeDisk();
    await writeFile(join(folder, "disk"), disk);
    for (const { name, args } of variants) {
      await qemuImg("convert", "-f", "raw", ...args, join(folder, "disk"), join(folder, name));
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  for (const { name, format, variant } of variants) {
    blockSourceContract(name, async () => {
      const { source } = await openDiskImage(join(folder, name));
      return { source, expected: disk };
    });

    test(`${name} is recognised by its bytes, whatever its name`, async () => {
      const path = join(folder, `${name}.bin`);
      await writeFile(path, await readFile(join(folder, name)));
      const { info, source } = await openDiskImage(path);
      await source.close();
      expect(info).toMatchObject({ format, virtualSizeBytes: disk.length, files: [path] });
      if (format !== "raw") expect(info.variant).toBe(variant);
    });

    test(`${name} becomes the same VHD as every other image of that disk`, async () => {
      const image = await openDiskImage(join(folder, name));
      const path = join(folder, `${name}.out.vhd`);
      await writeImage(await encodeVhd(image.source), path);
      await image.source.close();
      await qemuCompare([join(folder, "disk"), "raw"], [path, "vpc"]);
    });

    if (format === "raw") continue;
    test(`${name} lists holes where qemu-img does`, async () => {
      const { source } = await openDiskImage(join(folder, name));
      const map = await AllocationMap.read(source);
      await source.close();
      const listed = JSON.parse(
        await qemuImg("map", "--output=json", "-f", format === "vhd" ? "vpc" : format, join(folder, name)),
      ) as { start: number; length: number; data: boolean; zero: boolean }[];
      for (const { start, length, zero } of listed) {
        // QEMU looks for holes in the file below too, so it may know more zeros, never fewer.
        if (!zero)
          expect(
            AllocationMap.ofData(map.sizeBytes, [{ offset: start, length }]).intersect(map).dataBytes,
          ).toBe(length);
      }
      expect(map.dataBytes).toBeLessThan(map.sizeBytes);
    });
  }

  test("QED is refused by name", async () => {
    const path = join(folder, "other.qed");
    await qemuImg("convert", "-f", "raw", "-O", "qed", join(folder, "disk"), path);
    const opening = openDiskImage(path);
    await expect(opening).rejects.toMatchObject({ code: "IMAGE_FORMAT_UNSUPPORTED" });
    await expect(opening).rejects.toThrow("QED");
  });

  test("an image that names a file elsewhere is refused with IMAGE_PARENT_REFUSED", async () => {
    const path = join(folder, "thief.qcow2");
    for (const name of ["/etc/hosts", "../disk", "sub/disk", "nbd://localhost/disk", "json:{}", "C:\\disk"]) {
      await qemuImg("create", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b", name, path, "1M");
      await expect(openDiskImage(path)).rejects.toMatchObject({ code: "IMAGE_PARENT_REFUSED" });
    }
    const descriptor = join(folder, "thief.vmdk");
    const text =
      '# Disk DescriptorFile\ncreateType="monolithicFlat"\nparentCID=ffffffff\nRW 1 FLAT "NAME" 0\n';
    for (const [name, code] of [
      ["/etc/shadow", "IMAGE_PARENT_REFUSED"],
      ["disk-flat.vmdk", "IMAGE_PART_MISSING"],
    ] as const) {
      await writeFile(descriptor, text.replace("NAME", name));
      await expect(openDiskImage(descriptor)).rejects.toMatchObject({ code });
    }
  });

  test("an encrypted QCOW2 image is refused with IMAGE_ENCRYPTED, whatever the method", async () => {
    const path = join(folder, "encrypted.qcow2");
    const bytes = await readFile(join(folder, "v3.qcow2"));
    for (const method of [1, 2]) {
      bytes[35] = method;
      await writeFile(path, bytes);
      await expect(openDiskImage(path)).rejects.toMatchObject({ code: "IMAGE_ENCRYPTED" });
    }
  });

  test("a QCOW2 image marked dirty is read, one marked corrupt is refused", async () => {
    const path = join(folder, "marked.qcow2");
    const bytes = await readFile(join(folder, "v3.qcow2"));
    bytes[79] = 1;
    await writeFile(path, bytes);
    const { source, info } = await openDiskImage(path);
    expect(info.details.dirty).toBe(true);
    expect(firstDifference(await readAll(source), disk)).toBe(-1);
    await source.close();
    bytes[79] = 2;
    await writeFile(path, bytes);
    await expect(openDiskImage(path)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
  });

  for (const { name, format } of variants) {
    if (format === "raw") continue;
    test(`${name} cut short is refused with IMAGE_TRUNCATED or IMAGE_CORRUPT, never read as less`, async () => {
      const bytes = await readFile(join(folder, name));
      for (const share of [0.2, 0.6, 0.95]) {
        const path = join(folder, `cut-${name}`);
        await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * share)));
        const reading = (async () => {
          const { source } = await openDiskImage(path);
          await readAll(source).finally(() => source.close());
        })();
        await expect(reading).rejects.toMatchObject({
          code: expect.stringMatching(/^IMAGE_(TRUNCATED|CORRUPT)$/),
        });
      }
    });
  }
});

/** A disk with an MBR, text, noise, explicit zeros and holes, and an end in the middle of every unit. */
async function makeDisk(): Promise<Uint8Array> {
  const bytes = new Uint8Array(11 * MiB + 192 * KiB);
  const noise = await readAll(patternSource(bytes.length));
  const put = (offset: number, length: number) => bytes.set(noise.subarray(offset, offset + length), offset);
  put(0, 440);
  bytes[510] = 0x55;
  bytes[511] = 0xaa;
  put(MiB, 700 * KiB);
  put(3 * MiB - 1024, 2048);
  for (let offset = 4 * MiB; offset < 4 * MiB + 300 * KiB; offset += 8)
    bytes.set([115, 97, 109, 112, 97, 110, 33, 10], offset);
  put(bytes.length - 70 * KiB, 70 * KiB);
  return bytes;
}
