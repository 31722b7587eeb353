import { KiB, MiB } from "@sampan/core";
import { crc32c } from "../vhdx/crc32c.ts";
import {
  defaultWriteId,
  logEntry,
  makeVhdx,
  mendVhdx,
  places,
  writeHeaders,
} from "../vhdx/testing/make-vhdx.ts";
import { endless, type Field, type HostileCase, put } from "./hostile-case.ts";

const disk = new Uint8Array(3 * MiB).fill(5);
const regions = [192 * KiB, 256 * KiB] as const;
/** Where the items of the metadata stand: parameters, size, id, sector sizes, parent. */
const items = places.metadata + 64 * KiB;

function changed(fields: readonly Field[], child?: Readonly<Record<string, string>>): Uint8Array {
  const bytes = makeVhdx({
    disk,
    ...(child && { child: { present: (sector) => sector < 9, locator: child } }),
  });
  put(bytes, "little", fields);
  mendVhdx(bytes);
  return bytes;
}

/** Changes both copies of the region table alike. */
const inRegions = (offset: number, bits: 32 | 64, value: number | bigint): Field[] =>
  regions.map((at): Field => [at + offset, bits, value]);

const one = (name: string, bytes: () => Uint8Array, ends: string): HostileCase => ({
  name: `a VHDX ${name}`,
  files: () => ({ "x.vhdx": bytes() }),
  opened: "x.vhdx",
  ends,
});

/** An image with a log of one entry, changed and signed again. */
function withLog(fields: readonly Field[]): Uint8Array {
  const bytes = makeVhdx({ disk });
  const entry = logEntry(1, 0, [{ offset: places.blocks, zeros: 4096 }], bytes.length);
  put(entry, "little", fields);
  put(entry, "little", [[4, 32, 0]]);
  put(entry, "little", [[4, 32, crc32c(entry, 4)]]);
  bytes.set(entry, places.log);
  writeHeaders(bytes, defaultWriteId, true);
  return bytes;
}

/** VHDX images that lie. */
export const vhdxCases: readonly HostileCase[] = [
  one("of nearly 2^64 bytes", () => changed([[items + 8, 64, endless - 511n]]), "IMAGE_CORRUPT"),
  one(
    "of 64 TiB with a table for three blocks",
    () => changed([[items + 8, 64, 2n ** 46n]]),
    "IMAGE_CORRUPT",
  ),
  one("with blocks of 2^31 bytes", () => changed([[items, 32, 2 ** 31]]), "IMAGE_CORRUPT"),
  one("with sectors of no size", () => changed([[items + 32, 32, 0]]), "IMAGE_CORRUPT"),
  one("whose table stands at 2^64", () => changed(inRegions(16 + 16, 64, endless)), "IMAGE_CORRUPT"),
  one("with 4 Gi regions", () => changed(inRegions(8, 32, 0xffffffff)), "IMAGE_CORRUPT"),
  one("with 65,535 items of metadata", () => changed([[places.metadata + 10, 16, 0xffff]]), "IMAGE_CORRUPT"),
  one(
    "two of whose blocks are one",
    () => {
      const bytes = changed([]);
      bytes.copyWithin(places.bat + 8, places.bat, places.bat + 8);
      return bytes;
    },
    "IMAGE_CORRUPT",
  ),
  one("with a block at 2^64", () => changed([[places.bat, 64, endless - 0xfffffn + 6n]]), "IMAGE_TRUNCATED"),
  one("that is its own parent", () => changed([], { relative_path: "x.vhdx" }), "IMAGE_CORRUPT"),
  one(
    "whose parent is a file of the system",
    () => changed([], { absolute_win32_path: "/etc/shadow" }),
    "IMAGE_PARENT_REFUSED",
  ),
  one("with a log of 2^32 descriptors", () => withLog([[24, 32, 0xffffffff]]), "IMAGE_CORRUPT"),
  one("with a log entry longer than the log", () => withLog([[8, 32, 0xfffff000]]), "IMAGE_CORRUPT"),
  one("with a log entry of no length", () => withLog([[8, 32, 0]]), "IMAGE_CORRUPT"),
  one("whose log has its tail behind its end", () => withLog([[12, 32, 0xfffff000]]), "IMAGE_CORRUPT"),
  one("whose log zeroes 2^64 bytes", () => withLog([[64 + 8, 64, endless - 4095n]]), "value"),
];
