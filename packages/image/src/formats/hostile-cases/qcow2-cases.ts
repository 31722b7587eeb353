import { KiB } from "@sampan/core";
import { latin1 } from "../../io/buffers.ts";
import { endless, type Field, type HostileCase, type HostileFile, put } from "./hostile-case.ts";

/** Clusters of 64 KiB: header, top table, second table, data. */
const clusterBytes = 64 * KiB;
const top = clusterBytes;
const second = 2 * clusterBytes;
const data = 3 * clusterBytes;

/** An image of one GiB with two second tables' worth of disk; only the first of them is there. */
function image(fields: readonly Field[] = [], backing?: string): Uint8Array {
  const bytes = new Uint8Array(5 * clusterBytes);
  bytes.set(latin1("QFI\xfb"));
  put(bytes, "big", [
    [4, 32, 3],
    [20, 32, 16],
    [24, 64, 2n ** 30n],
    [36, 32, 2],
    [40, 64, top],
    [96, 32, 4],
    [100, 32, 104],
    [top, 64, second],
    [second, 64, data],
  ]);
  if (backing !== undefined) {
    bytes.set(latin1(backing), 1024);
    put(bytes, "big", [
      [8, 64, 1024],
      [16, 32, backing.length],
      // Its format: an extension of five bytes.
      [104, 32, 0xe2792aca],
      [108, 32, 5],
    ]);
    bytes.set(latin1("qcow2"), 112);
  }
  return put(bytes, "big", fields);
}

const one = (name: string, fields: readonly Field[], ends: string, backing?: string): HostileCase => ({
  name: `a QCOW2 image ${name}`,
  files: () => ({ "x.qcow2": image(fields, backing) }),
  opened: "x.qcow2",
  ends,
});

function chain(links: number): Record<string, HostileFile> {
  return Object.fromEntries(
    Array.from({ length: links }, (_, index) => [`${index}.qcow2`, image([], `${index + 1}.qcow2`)]),
  );
}

const compressed = 2n ** 62n;

/** QCOW2 images that lie. */
export const qcow2Cases: readonly HostileCase[] = [
  one("of nearly 2^64 bytes", [[24, 64, endless - 511n]], "IMAGE_CORRUPT"),
  one("of 2^53 - 512 bytes with two tables", [[24, 64, 2n ** 53n - 512n]], "IMAGE_CORRUPT"),
  one("with 2^32 tables", [[36, 32, 0xffffffff]], "IMAGE_CORRUPT"),
  one("whose top table stands at 2^63", [[40, 64, 2n ** 63n]], "IMAGE_CORRUPT"),
  one("whose top table is its header", [[40, 64, 0]], "IMAGE_TRUNCATED"),
  one("with clusters of 2^255 bytes", [[20, 32, 255]], "IMAGE_CORRUPT"),
  one("with a header of 4 GiB", [[100, 32, 0xfffffff8]], "IMAGE_TRUNCATED"),
  one("that names one table twice", [[top + 8, 64, second]], "IMAGE_CORRUPT"),
  one("whose second table is its top table", [[top, 64, top]], "value"),
  one("with a table behind its end", [[top, 64, 2n ** 40n]], "IMAGE_TRUNCATED"),
  one("with a cluster behind its end", [[second, 64, 2n ** 50n]], "IMAGE_TRUNCATED"),
  one(
    "with a packed cluster that is itself no stream",
    [[second, 64, compressed + BigInt(data)]],
    "IMAGE_CORRUPT",
  ),
  one("with a packed cluster behind its end", [[second, 64, compressed + 2n ** 40n]], "IMAGE_TRUNCATED"),
  one(
    "with 2^32 snapshots at 2^63",
    [
      [60, 32, 0xffffffff],
      [64, 64, 2n ** 63n],
    ],
    "IMAGE_CORRUPT",
  ),
  one(
    "with a header extension of 4 GiB",
    [
      [104, 32, 0x12345678],
      [108, 32, 0xffffffff],
    ],
    "IMAGE_CORRUPT",
  ),
  {
    name: "a QCOW2 image with eight thousand header extensions",
    files: () => ({
      "x.qcow2": image(Array.from({ length: 8000 }, (_, index): Field => [104 + index * 8, 32, 0x12345678])),
    }),
    opened: "x.qcow2",
    ends: "value",
  },
  one(
    "with a name of its backing file that is too long",
    [
      [8, 64, 4 * clusterBytes],
      [16, 32, 0xffffffff],
    ],
    "IMAGE_CORRUPT",
  ),
  one("that is its own backing file", [], "IMAGE_CORRUPT", "x.qcow2"),
  one("on a file of the system", [], "IMAGE_PARENT_REFUSED", "/etc/shadow"),
  one("on a network block device", [], "IMAGE_PARENT_REFUSED", "nbd:localhost:1"),
  one(
    "on a description in JSON",
    [],
    "IMAGE_PARENT_REFUSED",
    'json:{"driver":"file","filename":"/etc/shadow"}',
  ),
  {
    name: "a QCOW2 image on a chain of 80",
    files: () => chain(80),
    opened: "0.qcow2",
    ends: "IMAGE_CORRUPT",
  },
  {
    name: "two QCOW2 images on each other",
    files: () => ({ "a.qcow2": image([], "b.qcow2"), "b.qcow2": image([], "a.qcow2") }),
    opened: "a.qcow2",
    ends: "IMAGE_CORRUPT",
  },
];
