import { GiB, KiB, MiB } from "@sampan/core";
import { checksumOf, makeDynamicHeader, makeFooter, uniqueIdOf } from "../vhd/footer.ts";
import { makeDifferencing } from "../vhd/testing/make-differencing.ts";
import {
  endless,
  endlessSectors,
  type Field,
  type HostileCase,
  type HostileFile,
  put,
} from "./hostile-case.ts";

interface DynamicInput {
  readonly sizeBytes?: number;
  readonly blockBytes?: number;
  readonly entries?: number;
  readonly fileBytes?: number;
  /** Entries of the table, from the first on; the file has zeros where there is none. */
  readonly table?: readonly number[];
  readonly footer?: readonly Field[];
  readonly header?: readonly Field[];
}

function sign(bytes: Uint8Array, at: number): Uint8Array {
  return put(bytes, "big", [[at, 32, checksumOf(bytes, at)]]);
}

function dynamic(input: DynamicInput): HostileFile {
  const { sizeBytes = 8 * MiB, blockBytes = 2 * MiB, fileBytes = MiB } = input;
  const entries = input.entries ?? Math.ceil(sizeBytes / blockBytes);
  const made = makeFooter({ type: "dynamic", sizeBytes, createdAtMs: 0, uniqueId: uniqueIdOf("hostile") });
  const footer = sign(put(made, "big", input.footer ?? []), 64);
  const header = sign(put(makeDynamicHeader(1536, entries, blockBytes), "big", input.header ?? []), 36);
  const table = new Uint8Array((input.table ?? []).length * 4);
  put(
    table,
    "big",
    (input.table ?? []).map((entry, index): Field => [index * 4, 32, entry]),
  );
  return {
    sizeBytes: fileBytes,
    pieces: [
      [0, footer],
      [512, header],
      [1536, table],
      [fileBytes - 512, footer],
    ],
  };
}

const disk = new Uint8Array(256 * KiB).fill(7);
const link = (name: string, parent: string, locator = "W2ru") =>
  makeDifferencing({
    disk,
    present: (sector) => sector === 1,
    uniqueId: uniqueIdOf(name),
    parentId: uniqueIdOf(parent),
    locators: { [locator]: parent },
  });

function chain(links: number): Record<string, Uint8Array> {
  return Object.fromEntries(
    Array.from({ length: links }, (_, index) => [`${index}.vhd`, link(`${index}.vhd`, `${index + 1}.vhd`)]),
  );
}

/** Sectors held and not held in turn: the most extents a byte of a file can claim. */
function comb(): Record<string, HostileFile> {
  const blocks = 128;
  const perBlock = 2 * MiB + 512;
  const dataAt = 4096;
  const sizeBytes = blocks * 2 * MiB;
  const parent = makeFooter({ type: "fixed", sizeBytes, createdAtMs: 0, uniqueId: uniqueIdOf("parent") });
  const small = link("comb", "parent");
  const header = small.slice(512, 1536);
  // The one locator stands elsewhere now; the name in the header stays.
  put(header, "big", [
    [16, 64, 1536],
    [28, 32, blocks],
    [32, 32, 2 * MiB],
    [576, 32, 0],
  ]);
  header.set(Buffer.from("parent.vhd", "utf16le").swap16(), 64);
  sign(header, 36);
  const footer = sign(
    put(small.slice(0, 512), "big", [
      [40, 64, sizeBytes],
      [48, 64, sizeBytes],
    ]),
    64,
  );
  const table = put(
    new Uint8Array(blocks * 4),
    "big",
    Array.from({ length: blocks }, (_, index): Field => [index * 4, 32, (dataAt + index * perBlock) / 512]),
  );
  const fileBytes = dataAt + blocks * perBlock + 512;
  return {
    "parent.vhd": { sizeBytes: sizeBytes + 512, pieces: [[sizeBytes, parent]] },
    "comb.vhd": {
      sizeBytes: fileBytes,
      pieces: [
        [0, footer],
        [512, header],
        [1536, table],
        ...Array.from(
          { length: blocks },
          (_, index) => [dataAt + index * perBlock, new Uint8Array(512).fill(0x55)] as const,
        ),
        [fileBytes - 512, footer],
      ],
    },
  };
}

const one = (name: string, input: DynamicInput, ends: string): HostileCase => ({
  name: `a VHD ${name}`,
  files: () => ({ "x.vhd": dynamic(input) }),
  opened: "x.vhd",
  ends,
});

/** VHD images that lie. */
export const vhdCases: readonly HostileCase[] = [
  one("of nearly 2^64 bytes", { footer: [[48, 64, endlessSectors]] }, "IMAGE_CORRUPT"),
  one("whose header stands at 2^64", { footer: [[16, 64, endless - 1n]] }, "IMAGE_CORRUPT"),
  one("whose table stands at 2^64", { header: [[16, 64, endless]] }, "IMAGE_CORRUPT"),
  one("whose table stands behind its end", { header: [[16, 64, 2 ** 40]] }, "IMAGE_TRUNCATED"),
  one(
    "of 16 TiB in blocks of 4 KiB, whose table is one hole of 16 GiB",
    { sizeBytes: 2 ** 44 - 4096, blockBytes: 4096, fileBytes: 17 * GiB },
    "IMAGE_CORRUPT",
  ),
  one("all of whose blocks are one", { table: [8, 8, 8, 8], fileBytes: 4 * MiB }, "IMAGE_CORRUPT"),
  one(
    "two of whose blocks overlap",
    { table: [8, 9, 0xffffffff, 0xffffffff], fileBytes: 8 * MiB },
    "IMAGE_CORRUPT",
  ),
  one(
    "with blocks behind its end",
    { table: [0x7fffffff, 0xfffffffe, 0xffffffff, 0xffffffff] },
    "IMAGE_TRUNCATED",
  ),
  one("with blocks of no size", { header: [[32, 32, 0]], entries: 0xffffffff }, "IMAGE_CORRUPT"),
  {
    name: "a VHD that is its own parent",
    files: () => ({ "x.vhd": link("x.vhd", "x.vhd") }),
    opened: "x.vhd",
    ends: "IMAGE_CORRUPT",
  },
  {
    name: "two VHDs that are each other's parent",
    files: () => ({ "a.vhd": link("a.vhd", "b.vhd"), "b.vhd": link("b.vhd", "a.vhd") }),
    opened: "a.vhd",
    ends: "IMAGE_CORRUPT",
  },
  {
    name: "a VHD at the end of a chain of 80",
    files: () => chain(80),
    opened: "0.vhd",
    ends: "IMAGE_CORRUPT",
  },
  {
    name: "a VHD whose parent is a file of the system",
    files: () => ({ "x.vhd": link("x", "/etc/shadow") }),
    opened: "x.vhd",
    ends: "IMAGE_PARENT_REFUSED",
  },
  {
    name: "a VHD whose parent's locator has 4 GiB",
    files: () => {
      const bytes = link("x", "y");
      sign(put(bytes.subarray(512, 1536), "big", [[576 + 8, 32, 0xffffffff]]), 36);
      return { "x.vhd": bytes };
    },
    opened: "x.vhd",
    ends: "IMAGE_PART_MISSING",
  },
  {
    name: "a VHD whose parent's locator stands at 2^64",
    files: () => {
      const bytes = link("x", "y");
      sign(put(bytes.subarray(512, 1536), "big", [[576 + 16, 64, endless]]), 36);
      return { "x.vhd": bytes };
    },
    opened: "x.vhd",
    ends: "IMAGE_TRUNCATED",
  },
  { name: "a VHD that holds every second sector of 256 MiB", files: comb, opened: "comb.vhd", ends: "value" },
];
