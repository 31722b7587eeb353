import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KiB, MiB } from "@sampan/core";
import { AllocationMap } from "../allocation-map.ts";
import { encodeQcow2 } from "../encoders/qcow2/encode-qcow2.ts";
import { encodeVhd } from "../encoders/vhd/encode-vhd.ts";
import { type HostileSubject, hostileImageContract } from "../testing/hostile-image-contract.ts";
import { patternSource, readAll } from "../testing/index.ts";
import { hasQemuImg, qemuImg } from "../testing/qemu-img.ts";
import { qcow2Format } from "./qcow2/qcow2-format.ts";
import { vhdFormat } from "./vhd/vhd-format.ts";
import { makeStreamOptimized } from "./vmdk/testing/make-vmdk.ts";
import { vmdkFormat } from "./vmdk/vmdk-format.ts";

const disk = patternSource(
  5 * MiB,
  AllocationMap.ofData(5 * MiB, [
    { offset: 0, length: 100 * KiB },
    { offset: 4 * MiB, length: 10_000 },
  ]),
);

interface Subject extends Omit<HostileSubject, "disk" | "absent"> {
  /** True when only qemu-img can make it. */
  readonly foreign?: boolean;
}

/** The disk as qemu-img writes it. */
async function convert(...args: readonly string[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "sampan-hostile-"));
  try {
    await writeFile(join(folder, "disk"), await readAll(disk));
    await qemuImg("convert", "-f", "raw", ...args, join(folder, "disk"), join(folder, "image"));
    return Uint8Array.from(await readFile(join(folder, "image")));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const subjects: readonly Subject[] = [
  {
    name: "QCOW2 with compressed clusters",
    reader: qcow2Format,
    foreign: true,
    make: () => convert("-c", "-O", "qcow2", "-o", "cluster_size=4096"),
    // The header, the tables before the data, and some compressed bytes.
    regions: () => [
      [0, 112],
      [4096, 6 * 4096],
    ],
  },
  {
    name: "sparse VMDK",
    reader: vmdkFormat,
    foreign: true,
    make: () => convert("-O", "vmdk"),
    regions: () => [
      [0, 80],
      [512, 300],
      [21 * 512, 512 * 10],
    ],
  },
  {
    name: "VHD",
    reader: vhdFormat,
    make: async () => readAll(await encodeVhd(disk)),
    regions: (bytes) => [
      [0, 1560],
      [bytes.length - 512, 100],
    ],
    mend(bytes) {
      sign(bytes.subarray(0, 512), 64);
      sign(bytes.subarray(512, 1536), 36);
      bytes.set(bytes.subarray(0, 512), bytes.length - 512);
    },
  },
  {
    name: "QCOW2",
    reader: qcow2Format,
    make: async () => readAll(await encodeQcow2(disk)),
    regions: () => [
      [0, 112],
      [3 * 64 * KiB, 16],
      [4 * 64 * KiB, 700],
    ],
  },
  {
    name: "streamOptimized VMDK",
    reader: vmdkFormat,
    make: async () => makeStreamOptimized(disk),
    regions: (bytes) => [
      [0, 80],
      [512, 300],
      [bytes.length - 1536, 600],
      [bytes.length - 1536 - 512 * 14, 512 * 14],
      [64 * KiB, 200],
    ],
  },
];

for (const subject of subjects) {
  const { foreign = false } = subject;
  hostileImageContract({ ...subject, disk: () => readAll(disk), absent: foreign && !hasQemuImg });
}

function sign(bytes: Uint8Array, checksumAt: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(checksumAt, 0);
  view.setUint32(checksumAt, ~bytes.reduce((sum, byte) => sum + byte, 0) >>> 0);
}
