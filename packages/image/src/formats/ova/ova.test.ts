import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isSampanError, KiB, MiB } from "@sampan/core";
import { processorMs } from "@sampan/core/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import { listPackagedDisks } from "../../list-packaged-disks.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { hostileRuns, hostileTimeoutMs } from "../../testing/hostile-runs.ts";
import { blockSourceContract, firstDifference, patternSource, readAll } from "../../testing/index.ts";
import { makeStreamOptimized } from "../vmdk/testing/make-vmdk.ts";
import { type DescribedDisk, makeOvf, makeTar, signTar, type TarMember } from "./testing/make-ova.ts";

const map = AllocationMap.ofData(3 * MiB, [
  { offset: 0, length: 300 * KiB },
  { offset: 2 * MiB, length: 70 * KiB },
]);
const [system, data] = [patternSource(3 * MiB, map), patternSource(2 * MiB, undefined, 5)];

let folder: string;
let expected: Uint8Array;
let systemVmdk: Uint8Array;
let dataVmdk: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-ova-"));
  expected = await readAll(system);
  systemVmdk = await makeStreamOptimized(system);
  dataVmdk = await makeStreamOptimized(data);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const put = async (name: string, content: Uint8Array | string): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const ova = (disks: readonly DescribedDisk[], ...members: readonly TarMember[]): Uint8Array =>
  makeTar([
    { name: "shop.ovf", content: makeOvf(disks) },
    { name: "shop.mf", content: "SHA256(x)= 0" },
    ...members,
  ]);
const one = () =>
  ova([{ href: "shop-disk1.vmdk", capacity: 3 }], { name: "shop-disk1.vmdk", content: systemVmdk });
const contentOf = async (path: string, options = {}): Promise<Uint8Array> => {
  const { source } = await openDiskImage(path, options);
  return readAll(source).finally(() => source.close());
};

blockSourceContract("the disk of an OVA", async () => {
  const path = await put("one.ova", one());
  const { source, info } = await openDiskImage(path);
  expect(info).toMatchObject({
    format: "ova",
    variant: "vmdk streamOptimized",
    virtualSizeBytes: 3 * MiB,
    compressed: true,
    files: [path],
    details: { product: "shop", disks: 1, disk: { file: "shop-disk1.vmdk", capacityBytes: 3 * MiB } },
  });
  return { source, expected };
});

describe("a package of several disks", () => {
  const several = () =>
    ova(
      [
        { href: "a.vmdk", capacity: 3 },
        { href: null, capacity: 9 },
        { href: "b%20c.vmdk", capacity: 2 },
      ],
      { name: "b c.vmdk", content: dataVmdk, binarySize: true },
      { name: "./a.vmdk", content: systemVmdk },
    );

  test("is listed in its own order", async () => {
    expect(await listPackagedDisks(await put("several.ova", several()))).toMatchObject([
      { index: 0, id: "vmdisk1", file: "a.vmdk", capacityBytes: 3 * MiB },
      { index: 1, id: "vmdisk2", file: null, capacityBytes: 9 * MiB },
      { index: 2, id: "vmdisk3", file: "b%20c.vmdk", capacityBytes: 2 * MiB },
    ]);
  });

  test("opens the disk that is chosen by place, file or id, and no other", async () => {
    const path = await put("several.ova", several());
    for (const disk of [0, "0", "a.vmdk", "vmdisk1"]) {
      expect(firstDifference(await contentOf(path, { disk }), expected)).toBe(-1);
    }
    for (const disk of [2, "b%20c.vmdk", "vmdisk3"]) {
      expect(firstDifference(await contentOf(path, { disk }), await readAll(data))).toBe(-1);
    }
    for (const disk of [undefined, 1, 3, "c.vmdk"]) {
      await expect(openDiskImage(path, disk === undefined ? {} : { disk })).rejects.toMatchObject({
        code: "IMAGE_DISK_CHOICE",
        hint: expect.stringContaining("0: a.vmdk"),
      });
    }
  });
});

test("a package whose description comes later in the archive is known by its name", async () => {
  const members = [
    { name: "._shop.ovf", content: "attributes of macOS" },
    { name: "shop-disk1.vmdk", content: systemVmdk },
    { name: "shop.ovf", content: makeOvf([{ href: "shop-disk1.vmdk", capacity: 3 }]) },
  ];
  const path = await put("late.ova", makeTar(members));
  expect(firstDifference(await contentOf(path), expected)).toBe(-1);
  await expect(openDiskImage(await put("late.tar", makeTar(members)))).rejects.toMatchObject({
    code: "IMAGE_FORMAT_UNSUPPORTED",
  });
  await expect(openDiskImage(await put("none.ova", makeTar(members.slice(0, 2))))).rejects.toMatchObject({
    code: "IMAGE_FORMAT_UNSUPPORTED",
  });
});

describe("a manifest", () => {
  const ovf = makeOvf([{ href: "shop-disk1.vmdk", capacity: 3 }]);
  const line = (algorithm: string, name: string, content: string | Uint8Array) =>
    `${algorithm.toUpperCase()}(${name})= ${createHash(algorithm).update(content).digest("hex")}\r\n`;
  const manifest = (algorithm: string) =>
    line(algorithm, "shop.ovf", ovf) + line(algorithm, "shop-disk1.vmdk", systemVmdk);
  const packed = (mf: string | undefined, disk = systemVmdk) =>
    makeTar([
      { name: "shop.ovf", content: ovf },
      ...(mf === undefined ? [] : [{ name: "shop.mf", content: mf }]),
      { name: "./shop-disk1.vmdk", content: disk },
    ]);

  test("that agrees lets the disk be opened, with each digest that packages have", async () => {
    for (const algorithm of ["sha1", "sha256", "sha512"]) {
      const path = await put("sound.ova", packed(manifest(algorithm)));
      expect(firstDifference(await contentOf(path, { checkManifest: true }), expected)).toBe(-1);
    }
  });

  test("that differs, lacks a file or is missing is said when it is asked about, and not else", async () => {
    const changed = Uint8Array.from(systemVmdk);
    changed[changed.length - 1] = 1;
    for (const [bytes, code] of [
      [packed(manifest("sha256"), changed), "IMAGE_CORRUPT"],
      [packed(line("sha256", "shop.ovf", ovf)), "IMAGE_CORRUPT"],
      [
        packed(line("sha256", "shop.ovf", "edited") + line("sha256", "shop-disk1.vmdk", systemVmdk)),
        "IMAGE_CORRUPT",
      ],
      [packed(undefined), "IMAGE_PART_MISSING"],
    ] as const) {
      const path = await put("doubtful.ova", bytes);
      await expect(openDiskImage(path, { checkManifest: true })).rejects.toMatchObject({ code });
      await (await openDiskImage(path)).source.close();
    }
  });

  test("is looked for in a package inside a wrapping, and never passed over for an image that has none", async () => {
    const bytes = packed(manifest("sha256"));
    const wrapped = await put("shop.ova.gz", gzipSync(bytes));
    expect(firstDifference(await contentOf(wrapped, { checkManifest: true }), expected)).toBe(-1);
    const lone = await put("lone.vmdk", systemVmdk);
    const lonePacked = await put("lone.vmdk.gz", gzipSync(systemVmdk));
    for (const path of [lone, lonePacked]) {
      await expect(openDiskImage(path, { checkManifest: true })).rejects.toMatchObject({
        code: "IMAGE_PART_MISSING",
        hint: expect.stringContaining("--check-manifest"),
      });
    }
  });

  test("of files side by side is found by the description's name", async () => {
    const path = await put("shop.ovf", ovf);
    await put("shop-disk1.vmdk", systemVmdk);
    await expect(openDiskImage(path, { checkManifest: true })).rejects.toMatchObject({
      code: "IMAGE_PART_MISSING",
    });
    await put("shop.mf", manifest("sha256"));
    expect(firstDifference(await contentOf(path, { checkManifest: true }), expected)).toBe(-1);
    await put("shop.mf", manifest("sha256").replace(/[0-9a-f]{8}\r\n$/, "00000000\r\n"));
    await expect(openDiskImage(path, { checkManifest: true })).rejects.toMatchObject({
      code: "IMAGE_CORRUPT",
    });
  });
});

test("long names of pax and GNU tar, and a disk in pieces, are understood", async () => {
  const long = `${"x".repeat(150)}.vmdk`;
  const record = `path=${long}\n`;
  const pax = `${record.length + 4} ${record}`;
  const gnu = await put(
    "gnu.ova",
    ova(
      [{ href: long, capacity: 3 }],
      { name: "././@LongLink", content: `${long}\0`, type: "L" },
      { name: long.slice(0, 99), content: systemVmdk },
    ),
  );
  const posix = await put(
    "pax.ova",
    ova(
      [{ href: long, capacity: 3 }],
      { name: "PaxHeaders/x", content: pax, type: "x" },
      { name: "short", content: systemVmdk },
    ),
  );
  const piece = 100_000;
  const count = Math.ceil(systemVmdk.length / piece);
  const chunked = [
    { href: "d.vmdk", capacity: 3, attributes: `ovf:size="${systemVmdk.length}" ovf:chunkSize="${piece}"` },
  ];
  const pieces = Array.from({ length: count }, (_, index) => ({
    name: `d.vmdk.${String(index).padStart(9, "0")}`,
    content: systemVmdk.subarray(index * piece, (index + 1) * piece),
  }));
  const cut = await put("cut.ova", ova(chunked, ...pieces));
  for (const { name, content } of pieces) await put(name, content);
  const beside = await put("cut.ovf", makeOvf(chunked));
  for (const path of [gnu, posix, cut, beside]) {
    expect(firstDifference(await contentOf(path), expected)).toBe(-1);
  }
});

test("an OVF opens the disks beside it, and none elsewhere", async () => {
  await put("disk-1.vmdk", systemVmdk);
  const path = await put("machine.ovf", makeOvf([{ href: "disk-1.vmdk", capacity: 3 }]));
  const { source, info } = await openDiskImage(path);
  expect(info).toMatchObject({ format: "ovf", variant: "vmdk streamOptimized" });
  expect(info.files).toHaveLength(2);
  expect(firstDifference(await readAll(source), expected)).toBe(-1);
  await source.close();
  for (const [href, code] of [
    ["../disk-1.vmdk", "IMAGE_PARENT_REFUSED"],
    ["http://example.com/d.vmdk", "IMAGE_PARENT_REFUSED"],
    ["none.vmdk", "IMAGE_PART_MISSING"],
    ["machine.ovf", "IMAGE_CORRUPT"],
  ] as const) {
    await put("machine.ovf", makeOvf([{ href, capacity: 3 }]));
    await expect(openDiskImage(path)).rejects.toMatchObject({ code });
  }
});

test("a disk that names files cannot reach out of the package", async () => {
  const text =
    '# Disk DescriptorFile\nCID=1\nparentCID=ffffffff\ncreateType="vmfs"\nRW 8 VMFS "disk-1.vmdk"\n';
  const path = await put(
    "thief.ova",
    ova([{ href: "t.vmdk", capacity: 1 }], { name: "t.vmdk", content: text }),
  );
  await expect(openDiskImage(path)).rejects.toMatchObject({
    code: expect.stringMatching(/^IMAGE_(PART_MISSING|PARENT_REFUSED)$/),
  });
});

test("what is wrong with a package is said", async () => {
  const disk = [{ href: "a.vmdk", capacity: 3 }];
  const entry = { name: "a.vmdk", content: systemVmdk };
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa">]>${makeOvf(disk)}`;
  const deep = makeOvf(disk).replace("<References>", `${"<a>".repeat(100_000)}<References>`);
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [ova(disk), "IMAGE_PART_MISSING"],
    [ova(disk, entry, entry), "IMAGE_CORRUPT"],
    [ova([], entry), "IMAGE_CORRUPT"],
    [ova(disk, entry).subarray(0, 20_000), "IMAGE_TRUNCATED"],
    [makeTar([{ name: "a.ovf", content: bomb }, entry]), "IMAGE_CORRUPT"],
    [makeTar([{ name: "a.ovf", content: deep }, entry]), "IMAGE_CORRUPT"],
    [makeTar([{ name: "a.ovf", content: "<Envelope>" }, entry]), "IMAGE_CORRUPT"],
    [makeTar([{ name: "a.txt", content: "no package" }, entry]), "IMAGE_FORMAT_UNSUPPORTED"],
    [
      ova(disk, { name: "a.vmdk", content: ova(disk, { name: "a.vmdk", content: one() }) }),
      "IMAGE_FORMAT_UNSUPPORTED",
    ],
  ];
  for (const [bytes, code] of cases) {
    await expect(openDiskImage(await put("wrong.ova", bytes))).rejects.toMatchObject({ code });
  }
});

test("a hostile package gives a value or a SampanError", { timeout: hostileTimeoutMs }, async () => {
  const sound = one();
  // The headers, the description, and the start of the disk.
  const header = fc.integer({ min: 0, max: 511 });
  const place = fc.oneof(
    header,
    fc.integer({ min: 512, max: 3 * KiB }),
    header.map((at) => 3 * 1024 + at),
  );
  const change = fc.tuple(place, fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat({ max: sound.length })),
      async (changes, length) => {
        const bytes = sound.slice(0, length ?? sound.length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        signTar(bytes);
        const path = await put("hostile.ova", bytes);
        const started = processorMs();
        for (const format of ["ova", undefined] as const) {
          await contentOf(path, format ? { format } : {}).catch((error: unknown) => {
            if (!isSampanError(error) || error.code === "CORE_INTERNAL") throw error;
          });
        }
        expect(processorMs() - started).toBeLessThan(5000);
      },
    ),
    hostileRuns(250),
  );
});
