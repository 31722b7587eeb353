import { crc32 } from "node:zlib";

/** Every checksum of LVM2 begins with this (lvm2, lib/misc/crc.h). */
const initial = 0xf597a6cf;

/** The checksum of LVM2: CRC-32 as in zlib, begun with a number of its own and not inverted at the end. */
export function lvmChecksum(bytes: Uint8Array): number {
  return ~crc32(bytes, ~initial >>> 0) >>> 0;
}
