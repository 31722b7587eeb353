import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { openFileSource } from "../../sources/file-source.ts";
import {
  blockSourceContract,
  firstDifference,
  memorySource,
  patternSource,
  readAll,
} from "../../testing/index.ts";
import { hasQemuImg, qemuCompare, qemuImg } from "../../testing/qemu-img.ts";
import { makeCowd, makeDescriptor, makeSeSparse } from "./testing/make-esx.ts";

const sizeBytes = 37 * MiB + 64 * KiB;
const map = AllocationMap.ofData(sizeBytes, [
  { offset: 0, length: 300 * KiB },
  { offset: 15 * MiB + 512, length: 3 * MiB },
  { offset: sizeBytes - 70 * KiB, length: 70 * KiB },
]);
const disk = patternSource(sizeBytes, map);
const sectors = sizeBytes / 512;

let folder: string;
let expected: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-vmdk-"));
  expected = await readAll(disk);
  await writeFile(join(folder, "disk.raw"), expected);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const put = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const contentOf = async (path: string, options = {}): Promise<Uint8Array> => {
  const { source } = await openDiskImage(path, options);
  return readAll(source).finally(() => source.close());
};

describe.skipIf(!hasQemuImg)("VMDK sets written by qemu-img", () => {
  const subformats = ["monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat"] as const;
  for (const subformat of subformats) {
    const name = `${subformat}.vmdk`;
    beforeAll(async () => {
      const target = join(folder, name);
      await qemuImg(
        "convert",
        "-f",
        "raw",
        "-O",
        "vmdk",
        "-o",
        `subformat=${subformat}`,
        join(folder, "disk.raw"),
        target,
      );
    });

    blockSourceContract(subformat, async () => {
      const image = await openDiskImage(join(folder, name));
      expect(image.info).toMatchObject({ format: "vmdk", variant: subformat, virtualSizeBytes: sizeBytes });
      expect(image.info.files).toHaveLength(2);
      return { source: image.source, expected };
    });

    test(`${subformat} knows its holes`, async () => {
      const { source } = await openDiskImage(join(folder, name));
      expect((await AllocationMap.read(source)).dataBytes).toBeLessThan(8 * MiB);
      await source.close();
    });
  }

  test("a split disk of more than one part is one disk, and a missing part is named", async () => {
    // Data on both sides of the border between two parts of 2 GiB.
    const big = join(folder, "big.raw");
    const border = 2047 * MiB;
    const file = await open(big, "w");
    await file.truncate(4200 * MiB);
    for (const offset of [border - 65536, 2 * border - 512, 4200 * MiB - 512]) {
      const bytes = expected.subarray(0, Math.min(131072, 4200 * MiB - offset));
      await file.write(bytes, 0, bytes.length, offset);
    }
    await file.close();
    for (const subformat of ["twoGbMaxExtentSparse", "twoGbMaxExtentFlat"]) {
      const path = join(folder, `big-${subformat}.vmdk`);
      await qemuImg("convert", "-f", "raw", "-O", "vmdk", "-o", `subformat=${subformat}`, big, path);
      const [{ source, info }, raw] = [await openDiskImage(path), await openFileSource(big)];
      expect(info.files.length).toBeGreaterThan(3);
      expect(source.sizeBytes).toBe(4200 * MiB);
      for (const offset of [border - 65536, border - 512, border, 2 * border - MiB, 4200 * MiB - 2 * MiB]) {
        const [into, wanted] = [new Uint8Array(2 * MiB).fill(1), new Uint8Array(2 * MiB)];
        await source.read({ offset, length: into.length }, into);
        await raw.read({ offset, length: into.length }, wanted);
        expect(firstDifference(into, wanted)).toBe(-1);
      }
      const listed = await AllocationMap.read(source);
      const used = await AllocationMap.read(raw);
      expect(used.intersect(listed).dataBytes).toBe(used.dataBytes);
      expect(listed.dataBytes).toBeLessThan(MiB);
      await Promise.all([source.close(), raw.close()]);
      const letter = subformat.endsWith("Sparse") ? "s" : "f";
      const part = join(folder, `big-${subformat}-${letter}002.vmdk`);
      await rename(part, `${part}.gone`);
      const opening = openDiskImage(path);
      await expect(opening).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
      await expect(opening).rejects.toThrow(`-${letter}002.vmdk`);
      await writeFile(part, "short");
      await expect(openDiskImage(path)).rejects.toMatchObject({
        code: expect.stringMatching(/^IMAGE_(TRUNCATED|CORRUPT)$/),
      });
    }
  });

  test("a part alone is refused with a hint that names the descriptor", async () => {
    for (const [part, descriptor] of [
      ["twoGbMaxExtentSparse-s001.vmdk", "twoGbMaxExtentSparse.vmdk"],
      ["twoGbMaxExtentFlat-f001.vmdk", "twoGbMaxExtentFlat.vmdk"],
    ] as const) {
      await expect(openDiskImage(join(folder, part))).rejects.toMatchObject({
        code: "IMAGE_FORMAT_UNSUPPORTED",
        hint: expect.stringContaining(descriptor),
      });
    }
  });

  test("a chain of delta links is read through to its base, and a changed parent is refused", async () => {
    const base = join(folder, "base.vmdk");
    await qemuImg("convert", "-f", "raw", "-O", "vmdk", join(folder, "disk.raw"), base);
    const [one, two] = [join(folder, "link1.vmdk"), join(folder, "link2.vmdk")];
    await qemuImg("create", "-q", "-f", "vmdk", "-F", "vmdk", "-b", "base.vmdk", one);
    await qemuImg("create", "-q", "-f", "vmdk", "-F", "vmdk", "-b", "link1.vmdk", two);
    const { source, info } = await openDiskImage(two);
    expect(info.files.map((file) => file.split("/").at(-1))).toEqual([
      "link2.vmdk",
      "link1.vmdk",
      "base.vmdk",
    ]);
    expect(firstDifference(await readAll(source), expected)).toBe(-1);
    expect((await AllocationMap.read(source)).dataBytes).toBeLessThan(8 * MiB);
    await source.close();
    const bytes = await readFile(base);
    const at = bytes.indexOf("CID=");
    bytes.write("CID=deadbeef", at, "latin1");
    await writeFile(base, bytes);
    await expect(openDiskImage(two)).rejects.toMatchObject({ code: "IMAGE_PARENT_MISMATCH" });
    await rm(base);
    await expect(openDiskImage(two)).rejects.toMatchObject({ code: "IMAGE_PART_MISSING" });
    const zeros = await contentOf(two, { missingParent: "zeros" });
    expect(zeros.every((byte) => byte === 0)).toBe(true);
  });

  test("the redundant directory is read when the first one is broken", async () => {
    const path = join(folder, "redundant.vmdk");
    await qemuImg("convert", "-f", "raw", "-O", "vmdk", join(folder, "disk.raw"), path);
    const bytes = await readFile(path);
    const directory = Number(bytes.readBigUInt64LE(56)) * 512;
    bytes.writeUInt32LE(0xfffffff0, directory);
    await writeFile(path, bytes);
    const { source, info } = await openDiskImage(path);
    expect(info.details.redundantDirectories).toBe(1);
    expect(firstDifference(await readAll(source), expected)).toBe(-1);
    await source.close();
    // Without the flag there is no second directory to believe.
    bytes.writeUInt32LE(bytes.readUInt32LE(8) & ~2, 8);
    await writeFile(path, bytes);
    await expect(openDiskImage(path)).rejects.toMatchObject({ code: "IMAGE_TRUNCATED" });
  });
});

const parts = [
  { type: "VMFSSPARSE", createType: "vmfsSparse", file: "cow-delta.vmdk", make: () => makeCowd(disk) },
  { type: "VMFSSPARSE", createType: "vmfsSparse", file: "wide-delta.vmdk", make: () => makeCowd(disk, 128) },
  { type: "SESPARSE", createType: "seSparse", file: "se-sesparse.vmdk", make: () => makeSeSparse(disk) },
  {
    type: "SESPARSE",
    createType: "seSparse",
    file: "zeroed-sesparse.vmdk",
    make: () => makeSeSparse(disk, { zeroGrains: true }),
  },
  { type: "VMFS", createType: "vmfs", file: "esx-flat.vmdk", make: () => readAll(disk) },
] as const;

for (const { type, createType, file, make } of parts) {
  describe(`${createType} with ${file}`, () => {
    const descriptor = file.replace(/-[a-z]+(\.vmdk)$/, "$1");
    beforeAll(async () => {
      await put(file, await make());
      await put(descriptor, makeDescriptor(createType, [`RW ${sectors} ${type} "${file}"`]));
    });

    blockSourceContract(createType, async () => {
      const { source, info } = await openDiskImage(join(folder, descriptor));
      expect(info).toMatchObject({ format: "vmdk", variant: createType });
      return { source, expected };
    });

    test.skipIf(!hasQemuImg)("is the same disk to qemu-img", () =>
      qemuCompare([join(folder, descriptor), "vmdk"], [join(folder, "disk.raw"), "raw"]),
    );

    if (type === "VMFS") return;
    test("is refused without its descriptor, which the hint names", async () => {
      await expect(openDiskImage(join(folder, file))).rejects.toMatchObject({
        code: "IMAGE_FORMAT_UNSUPPORTED",
        hint: expect.stringContaining(descriptor),
      });
    });
  });
}

for (const [name, type, make] of [
  ["vmfsSparse", "VMFSSPARSE", makeCowd] as const,
  ["seSparse", "SESPARSE", makeSeSparse] as const,
]) {
  test(`a ${name} delta link reads its parent where it holds nothing, and its own zeros where it holds them`, async () => {
    const changed = expected.slice();
    changed.fill(7, 20 * KiB, 28 * KiB);
    changed.fill(0, 15 * MiB + 512 * KiB, 16 * MiB);
    const own = (offset: number) =>
      (offset >= 20 * KiB && offset < 28 * KiB) || (offset >= 15.5 * MiB && offset < 16 * MiB);
    const leaveOut = (offset: number) => !own(offset);
    const child = memorySource(changed);
    const delta =
      make === makeCowd
        ? await makeCowd(child, 8, { leaveOut })
        : await makeSeSparse(child, { leaveOut, zeroGrains: true });
    // COWD has no way to say "zero"; what it leaves out is the parent's.
    if (make === makeCowd) changed.set(expected.subarray(15.5 * MiB, 16 * MiB), 15.5 * MiB);
    await put(`${name}-parent.vmdk`, makeDescriptor("vmfs", [`RW ${sectors} VMFS "disk.raw"`]));
    await put(`${name}-child-delta.vmdk`, delta);
    const path = await put(
      `${name}-child.vmdk`,
      makeDescriptor(name, [`RW ${sectors} ${type} "${name}-child-delta.vmdk"`], {
        CID: "0abc0def",
        parentCID: "12345678",
        // As ESXi records it: where it was there.
        parentFileNameHint: `"/vmfs/volumes/5f00/web/${name}-parent.vmdk"`,
      }),
    );
    expect(firstDifference(await contentOf(path), changed)).toBe(-1);
  });
}

test("a seSparse file with a journal to replay is refused", async () => {
  const bytes = await makeSeSparse(disk);
  bytes[512 + 24] = 1;
  await put("dirty-sesparse.vmdk", bytes);
  const path = await put(
    "dirty.vmdk",
    makeDescriptor("seSparse", [`RW ${sectors} SESPARSE "dirty-sesparse.vmdk"`]),
  );
  await expect(openDiskImage(path)).rejects.toMatchObject({ code: "IMAGE_FORMAT_UNSUPPORTED" });
});

describe("a descriptor", () => {
  test("puts parts of many types together, several of them in one file", async () => {
    await put("first part ü.bin", expected.subarray(0, 20 * MiB));
    await put("mixed-s001.vmdk", await makeSeSparse(memorySource(expected.slice(16 * MiB))));
    const path = await put(
      "mixed.vmdk",
      makeDescriptor("custom", [
        `RDONLY ${(8 * MiB) / 512} FLAT "first part ü.bin" 0`,
        "RW 2048 ZERO\r",
        `rw ${(7 * MiB) / 512} flat "first part ü.bin" ${(9 * MiB) / 512}`,
        `RW ${(sizeBytes - 16 * MiB) / 512} SESPARSE "mixed-s001.vmdk"`,
      ]),
    );
    const content = expected.slice();
    content.fill(0, 8 * MiB, 9 * MiB);
    expect(firstDifference(await contentOf(path), content)).toBe(-1);
  });

  test("is read in the encoding it names", async () => {
    const text = `# Disk DescriptorFile\nversion=1\nencoding="GBK"\nCID=1\nparentCID=ffffffff\ncreateType="vmfs"\nRW ${sectors} VMFS "\xb4\xc5\xc5\xcc.raw"\n`;
    await put("磁盘.raw", expected);
    const path = await put(
      "gbk.vmdk",
      Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
    );
    expect(firstDifference(await contentOf(path), expected)).toBe(-1);
  });

  test("may name files below an allowed folder and nowhere else", async () => {
    const other = join(folder, "elsewhere");
    await mkdir(other);
    await writeFile(join(other, "far.raw"), expected);
    for (const name of [
      "../disk.raw",
      "elsewhere/far.raw",
      "/etc/passwd",
      "..\\disk.raw",
      join(other, "far.raw"),
    ]) {
      const path = await put("thief.vmdk", makeDescriptor("vmfs", [`RW ${sectors} VMFS "${name}"`]));
      await expect(openDiskImage(path)).rejects.toMatchObject({ code: "IMAGE_PARENT_REFUSED" });
    }
    expect(
      firstDifference(await contentOf(join(folder, "thief.vmdk"), { allowPaths: [other] }), expected),
    ).toBe(-1);
  });

  const wrong: readonly (readonly [string, readonly string[], string, Record<string, string>?])[] = [
    ["no parts", [], "IMAGE_CORRUPT"],
    ["a line that makes no sense", ["RW many FLAT"], "IMAGE_CORRUPT"],
    ["a part of no sectors", ['RW 0 FLAT "disk.raw" 0'], "IMAGE_CORRUPT"],
    ["a part that is larger than its file", ['RW 9999999 FLAT "disk.raw" 0'], "IMAGE_TRUNCATED"],
    ["a part that begins behind its file", ['RW 8 FLAT "disk.raw" 99999999'], "IMAGE_TRUNCATED"],
    ["a sparse part that is none", ['RW 8 SPARSE "disk.raw"'], "IMAGE_CORRUPT"],
    ["a sparse part of another size", ['RW 8 SESPARSE "se-sesparse.vmdk"'], "IMAGE_CORRUPT"],
    [
      "one sparse file twice",
      [`RW ${sectors} SESPARSE "se-sesparse.vmdk"`, `RW ${sectors} SESPARSE "./se-sesparse.vmdk"`],
      "IMAGE_CORRUPT",
    ],
    ["itself as a part", ['RW 1 FLAT "wrong.vmdk" 0'], "IMAGE_CORRUPT"],
    ["sizes beyond any disk", ["RW 17592186044415 ZERO", "RW 17592186044415 ZERO"], "IMAGE_CORRUPT"],
    ["a device", ['RW 8 VMFSRDM "disk-rdm.vmdk"'], "IMAGE_FORMAT_UNSUPPORTED"],
    ["a part nobody may read", ['NOACCESS 8 FLAT "disk.raw" 0'], "IMAGE_FORMAT_UNSUPPORTED"],
    ["a parent without a name", ["RW 8 ZERO"], "IMAGE_CORRUPT", { parentCID: "00000001" }],
    [
      "itself as its parent",
      ["RW 8 ZERO"],
      "IMAGE_CORRUPT",
      { parentCID: "00000001", parentFileNameHint: '"wrong.vmdk"' },
    ],
    ["a key twice", ["RW 8 ZERO"], "IMAGE_CORRUPT", { createtype: "vmfs" }],
  ];
  for (const [what, lines, code, keys] of wrong) {
    test(`with ${what} is refused`, async () => {
      const path = await put("wrong.vmdk", makeDescriptor("custom", lines, keys));
      await expect(openDiskImage(path)).rejects.toMatchObject({ code });
    });
  }

  test("of blank lines alone is read in one pass", async () => {
    const path = await put("blank.vmdk", `# Disk DescriptorFile\n${"\n".repeat(1_000_000)}encoding`);
    await expect(openDiskImage(path)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
  });

  test("that is too long, or names too many parts, is refused", async () => {
    const lines = Array.from({ length: 4097 }, () => "RW 8 ZERO");
    const many = await put("many.vmdk", makeDescriptor("custom", lines));
    await expect(openDiskImage(many)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    const long = await put("long.vmdk", `${makeDescriptor("custom", ["RW 8 ZERO"])}${"\n".repeat(2 * MiB)}`);
    await expect(openDiskImage(long)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
  });
});
