import { KiB, MiB } from "@sampan/core";
import { latin1 } from "../../io/buffers.ts";
import { endless, type Field, type HostileCase, type HostileFile, put } from "./hostile-case.ts";

/* VDI and Parallels: one table of 32-bit numbers. */

function vdi(fields: readonly Field[], fileBytes = 8 * MiB): HostileFile {
  const header = new Uint8Array(1024);
  header.set(latin1("<<< Oracle VM VirtualBox Disk Image >>>\n"));
  put(header, "little", [
    [64, 32, 0xbeda107f],
    [68, 32, 0x00010001],
    [72, 32, 0x190],
    [76, 32, 1],
    [340, 32, 512],
    [344, 32, MiB],
    [360, 32, 512],
    [368, 64, 4 * MiB],
    [376, 32, MiB],
    [384, 32, 4],
    [388, 32, 0],
    ...Array.from({ length: 4 }, (_, index): Field => [512 + index * 4, 32, 0xffffffff]),
    ...fields,
  ]);
  return { sizeBytes: fileBytes, pieces: [[0, header]] };
}

function parallels(fields: readonly Field[], fileBytes = MiB): HostileFile {
  const header = new Uint8Array(128);
  header.set(latin1("WithouFreSpacExt"));
  put(header, "little", [
    [16, 32, 2],
    [20, 32, 16],
    [24, 32, 1],
    [28, 32, 128],
    [32, 32, 4],
    [36, 64, 512],
    ...fields,
  ]);
  return { sizeBytes: fileBytes, pieces: [[0, header]] };
}

const one = (kind: string, name: string, file: () => HostileFile, ends: string): HostileCase => {
  const opened = kind === "VDI" ? "x.vdi" : "x.hdd";
  return { name: `a ${kind} image ${name}`, files: () => ({ [opened]: file() }), opened, ends };
};

/** A table of many entries that is one hole of a sparse file: every entry is zero, the first block. */
const manyBlocks: readonly Field[] = [
  [368, 64, 2n ** 53n - 256n * 1024n * 1024n],
  [376, 32, 256 * MiB],
  [384, 32, 2 ** 25],
];

/** VDI and Parallels images that lie. */
export const tableCases: readonly HostileCase[] = [
  one("VDI", "of 2^64 bytes", () => vdi([[368, 64, endless]]), "IMAGE_CORRUPT"),
  one("VDI", "of 8 PiB all of which is one block", () => vdi(manyBlocks, 512 * MiB), "IMAGE_CORRUPT"),
  one(
    "VDI",
    "with a table of a billion entries",
    () =>
      vdi(
        [
          [368, 64, 2n ** 42n],
          [376, 32, 4 * KiB],
          [384, 32, 2 ** 30],
        ],
        5 * 1024 * MiB,
      ),
    "IMAGE_CORRUPT",
  ),
  one("VDI", "whose table stands at 4 GiB", () => vdi([[340, 32, 0xfffffffc]]), "IMAGE_TRUNCATED"),
  one(
    "VDI",
    "whose data begin at 4 GiB",
    () =>
      vdi([
        [344, 32, 0xffffffff],
        [512, 32, 0],
      ]),
    "IMAGE_TRUNCATED",
  ),
  one(
    "VDI",
    "all of whose blocks are one",
    () =>
      vdi([
        [512, 32, 0],
        [516, 32, 0],
      ]),
    "IMAGE_CORRUPT",
  ),
  one("VDI", "with a block at 4 Gi", () => vdi([[512, 32, 0xfffffffd]]), "IMAGE_TRUNCATED"),
  one("VDI", "with blocks of no size", () => vdi([[376, 32, 0]]), "IMAGE_CORRUPT"),
  one("Parallels", "of 2^64 sectors", () => parallels([[36, 64, endless]]), "IMAGE_CORRUPT"),
  one("Parallels", "with clusters of 2 TiB", () => parallels([[28, 32, 0xffffffff]]), "IMAGE_CORRUPT"),
  one("Parallels", "with clusters of no size", () => parallels([[28, 32, 0]]), "IMAGE_CORRUPT"),
  one(
    "Parallels",
    "with a table behind its end",
    () =>
      parallels([
        [32, 32, 0xffffffff],
        [36, 64, 2n ** 38n],
      ]),
    "IMAGE_TRUNCATED",
  ),
  one(
    "Parallels",
    "all of whose clusters are one",
    () =>
      parallels([
        [64, 32, 1],
        [68, 32, 1],
      ]),
    "IMAGE_CORRUPT",
  ),
  one(
    "Parallels",
    "with a cluster behind its end",
    () => parallels([[64, 32, 0xfffffffe]]),
    "IMAGE_TRUNCATED",
  ),
];
