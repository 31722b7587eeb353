import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { GiB, isSampanError, KiB, MiB } from "@sampan/core";
import { processorMs } from "@sampan/core/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AllocationMap } from "../../allocation-map.ts";
import { encodeQcow2 } from "../../encoders/qcow2/encode-qcow2.ts";
import { encodeVhd } from "../../encoders/vhd/encode-vhd.ts";
import { openDiskImage } from "../../open-disk-image.ts";
import { hostileRuns, hostileTimeoutMs } from "../../testing/hostile-runs.ts";
import { blockSourceContract, firstDifference, patternSource, readAll } from "../../testing/index.ts";
import { makeBgzf, makeSkippableFrame, makeXz, makeZstdFrame } from "./testing/make-packed.ts";

const sizeBytes = 3 * MiB + 700;
const disk = patternSource(
  sizeBytes,
  AllocationMap.ofData(sizeBytes, [
    { offset: 0, length: 100 * KiB },
    { offset: 2 * MiB - 9000, length: 20_000 },
    { offset: sizeBytes - 50, length: 50 },
  ]),
);
let folder: string;
let scratchFolder: string;
let expected: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-packed-"));
  scratchFolder = join(folder, "scratch");
  await mkdir(scratchFolder);
  expected = await readAll(disk);
  expected.set([0x55, 0xaa], 510);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const put = async (name: string, content: Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const contentOf = async (path: string, options = {}): Promise<Uint8Array> => {
  const { source } = await openDiskImage(path, { unpacking: { scratchFolder }, ...options });
  return readAll(source).finally(() => source.close());
};
const cut = (bytes: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
const concatenated = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

const kinds = [
  { name: "disk.raw.gz", format: "gzip", access: "unpacked", make: () => gzipSync(expected) },
  {
    name: "members.gz",
    format: "gzip",
    access: "unpacked",
    make: () => concatenated(cut(expected, MiB).map((part) => gzipSync(part))),
  },
  { name: "blocked.gz", format: "gzip", access: "indexed", make: () => makeBgzf(expected) },
  {
    name: "one.zst",
    format: "zstd",
    access: "unpacked",
    make: () => makeZstdFrame(expected, { withoutSize: true }),
  },
  {
    name: "frames.zst",
    format: "zstd",
    access: "indexed",
    make: () =>
      concatenated([
        makeSkippableFrame(Uint8Array.of(1, 2, 3)),
        ...cut(expected, 400_000).map((part) => makeZstdFrame(part)),
        makeSkippableFrame(new Uint8Array(9)),
      ]),
  },
  {
    name: "disk.raw.xz",
    format: "xz",
    access: "unpacked",
    make: () => makeXz(expected, { blockBytes: MiB }),
  },
] as const;

for (const { name, format, access, make } of kinds) {
  blockSourceContract(name, async () => {
    const path = await put(name, make());
    const { source, info } = await openDiskImage(path, { unpacking: { scratchFolder } });
    expect(info).toMatchObject({
      format,
      compressed: true,
      virtualSizeBytes: sizeBytes,
      files: [path],
      details: { access, unpackedBytes: sizeBytes, image: { format: "raw" } },
    });
    return { source, expected };
  });

  test(`${name} leaves nothing behind, open or closed`, async () => {
    const { source } = await openDiskImage(await put(name, make()), { unpacking: { scratchFolder } });
    if (process.platform !== "win32") expect(await readdir(scratchFolder)).toEqual([]);
    if (access === "unpacked") expect((await AllocationMap.read(source)).dataBytes).toBeLessThan(MiB);
    await source.close();
    expect(await readdir(scratchFolder)).toEqual([]);
  });

  test(`${name} cut short, or damaged, is refused and never read as less`, async () => {
    const sound = make();
    for (const share of [0.3, 0.9]) {
      const path = await put(`cut-${name}`, sound.subarray(0, Math.floor(sound.length * share)));
      await expect(contentOf(path)).rejects.toMatchObject({
        code: expect.stringMatching(/^IMAGE_(TRUNCATED|CORRUPT)$/),
      });
    }
    expect(await readdir(scratchFolder)).toEqual([]);
  });

  test(`how far ${name} is unpacked is told to its end, and nothing of what is read in place`, async () => {
    const path = await put(`told-${name}`, await make());
    const told: number[] = [];
    let total = 0;
    const onProgress = (doneBytes: number, totalBytes: number) => {
      told.push(doneBytes);
      total = totalBytes;
    };
    const { source, info } = await openDiskImage(path, { unpacking: { scratchFolder, onProgress } });
    await source.close();
    expect([told.at(-1) ?? 0, total]).toEqual(
      access === "unpacked" ? [info.fileSizeBytes, info.fileSizeBytes] : [0, 0],
    );
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  test(`a hostile ${name} gives a value or a SampanError`, { timeout: hostileTimeoutMs }, async () => {
    const sound = make();
    const place = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: sound.length - 1 }));
    const change = fc.tuple(place, fc.nat({ max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Uint8Array.from(sound);
        for (const [at, value] of changes) bytes[at] = value;
        const path = await put(`hostile-${name}`, bytes);
        await contentOf(path, { format }).catch((error: unknown) => {
          if (!isSampanError(error) || error.code === "CORE_INTERNAL") throw error;
        });
      }),
      hostileRuns(60),
    );
    expect(await readdir(scratchFolder)).toEqual([]);
  });
}

const isInstalled = (program: string): boolean => {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

for (const [program, ways] of [
  ["zstd", [[], ["-19", "--check"], ["--no-content-size", "-1"]]],
  [
    "xz",
    [
      ["-0"],
      ["-9e"],
      ["-T2", "--block-size=262144", "--check=sha256"],
      ["--check=none", "--lzma2=lc=0,lp=4,pb=0"],
    ],
  ],
] as const) {
  describe.skipIf(!isInstalled(program))(`files written by ${program}`, () => {
    for (const args of ways) {
      test(`are read when they are packed by ${args.join(" ") || "its defaults"}`, async () => {
        const raw = await put("source.raw", expected);
        const packed = execFileSync(program, ["-q", "-c", ...args, raw], { maxBuffer: 16 * MiB });
        const path = await put(`source.raw.${program}`, packed);
        expect(firstDifference(await contentOf(path), expected)).toBe(-1);
      });
    }
  });
}

test("a compressed image of any format is opened by what is inside", async () => {
  const even = patternSource(4 * MiB, AllocationMap.ofData(4 * MiB, [{ offset: 0, length: MiB }]));
  const wanted = await readAll(even);
  for (const [name, image, variant] of [
    ["a.vhd.gz", await encodeVhd(even), "vhd dynamic"],
    ["a.qcow2.gz", await encodeQcow2(even), "qcow2 v3"],
  ] as const) {
    const path = await put(name, gzipSync(await readAll(image)));
    const { source, info } = await openDiskImage(path);
    expect(info.variant).toBe(variant);
    expect(firstDifference(await readAll(source), wanted)).toBe(-1);
    await source.close();
  }
});

test("packing again and again ends in a refusal", async () => {
  const twice = gzipSync(gzipSync(expected));
  expect(firstDifference(await contentOf(await put("twice.gz", twice)), expected)).toBe(-1);
  await expect(contentOf(await put("thrice.gz", gzipSync(twice)))).rejects.toMatchObject({
    code: "IMAGE_FORMAT_UNSUPPORTED",
  });
});

describe("a bomb", () => {
  test("in one piece is refused at the limit of size or ratio", async () => {
    const path = await put("small-bomb.gz", gzipSync(new Uint8Array(32 * MiB)));
    await expect(
      contentOf(path, { unpacking: { scratchFolder, maximumBytes: 16 * MiB } }),
    ).rejects.toMatchObject({
      code: "IMAGE_UNPACKS_TOO_LARGE",
    });
    // 3 GiB of zeros in run-length blocks of 128 KiB, four bytes each.
    const block = Uint8Array.of(0x02, 0x00, 0x10, 0);
    const blocks = Buffer.alloc(4 * 24 * 1024, block);
    const bomb = concatenated([
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38),
      blocks,
      Uint8Array.of(1, 0, 0),
    ]);
    const started = processorMs();
    await expect(contentOf(await put("bomb.zst", bomb))).rejects.toMatchObject({
      code: "IMAGE_UNPACKS_TOO_LARGE",
      details: expect.objectContaining({ limitBytes: 2 * GiB }),
    });
    expect(processorMs() - started).toBeLessThan(10_000);
    expect(await readdir(scratchFolder)).toEqual([]);
  }, 20_000);

  test("in a member that lies about its size is refused where it is read", async () => {
    const sound = makeBgzf(new Uint8Array(40_000).fill(1));
    const view = new DataView(sound.buffer);
    view.setUint32(view.getUint16(16, true) + 1 - 4, 100, true);
    await expect(contentOf(await put("liar.gz", sound), { format: "gzip" })).rejects.toMatchObject({
      code: "IMAGE_CORRUPT",
    });
  });

  test("by a huge window is refused before anything is allocated", async () => {
    const path = await put("window.zst", makeZstdFrame(expected, { withoutSize: true, window: 0xf8 }));
    await expect(openDiskImage(path)).rejects.toMatchObject({ code: "IMAGE_FORMAT_UNSUPPORTED" });
    const huge = await put("dictionary.xz", makeXz(expected, { dictionary: 40 }));
    await expect(openDiskImage(huge)).rejects.toMatchObject({
      code: "IMAGE_FORMAT_UNSUPPORTED",
      details: { dictionaryBytes: 2 ** 32 - 1 },
    });
  });
});

test("an xz file with a filter that is not read is refused by the filter's name", async () => {
  const path = await put("filtered.xz", makeXz(expected, { filter: 4 }));
  await expect(openDiskImage(path)).rejects.toMatchObject({
    code: "IMAGE_FORMAT_UNSUPPORTED",
    details: { filter: "x86" },
  });
});

test("cancelling stops the unpacking and leaves nothing behind", async () => {
  const path = await put("cancelled.gz", gzipSync(expected));
  const signal = AbortSignal.abort();
  await expect(openDiskImage(path, { unpacking: { scratchFolder }, signal })).rejects.toMatchObject({
    code: "CORE_CANCELLED",
  });
  expect(await readdir(scratchFolder)).toEqual([]);
});
