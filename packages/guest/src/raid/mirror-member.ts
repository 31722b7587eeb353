import type { ByteRange } from "@sampan/core";
import { fieldText, le16, le32, le64, uuidText } from "../volumes/fields.ts";

/*
 * Superblock of a Linux software RAID, version 1, as `drivers/md/md_p.h` of Linux lays it out. Arrays of versions 0.90 and 1.0
 * have it at the end of a member: the content of a mirror then begins with the member and needs no looking for.
 */

const magic = 0xa92b4efc;
const versionOne = 1;
/** Version 1.1 is at the start of a member, 1.2 at 4 KiB. */
const places = [0, 4096];
const headerBytes = 256;
const mirrorLevel = 1;
/** Roles above this are no place in the array: spare, faulty, journal. */
const lastRole = 0xfff0;
const features = { recovering: 2, reshaping: 4, replacement: 16, journal: 512 } as const;

/** A member of a mirror, each of which holds everything. */
export interface MirrorMember {
  /** Name of the array without the host's: `0` of `web-01:0`; `null` when it has none. */
  readonly name: string | null;
  readonly uuid: string | null;
  /** How many members the array has when it is whole. */
  readonly devices: number;
  /** Where in the member the array's bytes lie. */
  readonly content: ByteRange;
}

/**
 * Reads the superblock of a mirror's member from the member's first bytes.
 *
 * @returns a line that says why its content cannot be shown, or `undefined` when it is no member at all.
 */
export function parseMirrorMember(bytes: Uint8Array, sizeBytes: number): MirrorMember | string | undefined {
  const at = places.find((place) => le32(bytes, place) === magic && le32(bytes, place + 4) === versionOne);
  if (at === undefined) return undefined;
  const maxDevices = le32(bytes, at + 220);
  const summed = headerBytes + maxDevices * 2;
  if (at + summed > bytes.length) return "its superblock is longer than it may be";
  if (checksum(bytes.subarray(at, at + summed)) !== le32(bytes, at + 216)) return "its superblock is damaged";
  const level = le32(bytes, at + 72) | 0;
  if (level !== mirrorLevel) return `only mirrors are read, not arrays of level ${level}`;
  const device = le32(bytes, at + 160);
  const role = device < maxDevices ? le16(bytes, at + headerBytes + device * 2) : 0xffff;
  if (role > lastRole) return "it is a spare of its array or was taken out of it";
  const { recovering, reshaping, replacement, journal } = features;
  if ((le32(bytes, at + 8) & (recovering | reshaping | replacement | journal)) !== 0)
    return "its array is being rebuilt or has a journal";
  const content = { offset: le64(bytes, at + 128) * 512, length: le64(bytes, at + 136) * 512 };
  const sharedBytes = le64(bytes, at + 80) * 512;
  if (content.length === 0 || sharedBytes > content.length || content.offset + content.length > sizeBytes)
    return "its superblock names places beyond its end";
  return {
    name: fieldText(bytes, at + 32, 32)?.replace(/^[^:]*:/, "") ?? null,
    uuid: uuidText(bytes, at + 16),
    devices: le32(bytes, at + 92),
    content: { offset: content.offset, length: sharedBytes > 0 ? sharedBytes : content.length },
  };
}

/** The sum of all 32-bit numbers but its own place, its carries added. */
function checksum(superblock: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at + 4 <= superblock.length; at += 4) if (at !== 216) sum += le32(superblock, at);
  if (superblock.length % 4 === 2) sum += le16(superblock, superblock.length - 2);
  return ((sum % 0x1_0000_0000) + Math.floor(sum / 0x1_0000_0000)) >>> 0;
}
