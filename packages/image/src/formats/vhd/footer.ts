import { createHash } from "node:crypto";
import { SampanError } from "@sampan/core";
import { latin1, textAt, viewOf } from "../../io/buffers.ts";

/*
 * Structures at the ends of a VHD file, big-endian: Microsoft, "Virtual Hard Disk Image Format Specification" 1.0
 * (October 11, 2006), sections "Hard Disk Footer Format" and "Dynamic Disk Header Format".
 */

export const footerBytes = 512;
export const dynamicHeaderBytes = 1024;
export const footerCookie = "conectix";
export const dynamicHeaderCookie = "cxsparse";
/** A table entry of an absent block, and a data offset that points nowhere. */
export const absentEntry = 0xffffffff;
const absentOffset = 0xffffffffffffffffn;
/** Time stamps count seconds from here. */
const epochMs = Date.UTC(2000, 0, 1);

/** Disk types of the footer that are in use. */
export const diskTypes = { fixed: 2, dynamic: 3, differencing: 4 } as const;

/** The footer's fields that matter. */
export interface Footer {
  readonly dataOffset: bigint;
  readonly createdAtMs: number;
  readonly creator: string;
  readonly originalSizeBytes: bigint;
  readonly currentSizeBytes: bigint;
  readonly geometry: { readonly cylinders: number; readonly heads: number; readonly sectors: number };
  readonly diskType: number;
  readonly uniqueId: Uint8Array;
}

/** One's complement of the sum of all bytes, the four of the checksum at `checksumAt` left out. */
export function checksumOf(bytes: Uint8Array, checksumAt: number): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  for (let index = checksumAt; index < checksumAt + 4; index++) sum -= bytes[index] as number;
  return ~sum >>> 0;
}

/** Reads a footer; a wrong cookie or checksum is refused with `IMAGE_CORRUPT`. */
export function parseFooter(bytes: Uint8Array, offset: number): Footer {
  const view = viewOf(bytes);
  const cookie = textAt(bytes, 0, 8);
  if (cookie !== footerCookie) {
    throw new SampanError("IMAGE_CORRUPT", `reading the VHD footer at ${offset}: its cookie is missing`, {
      hint: "The file may have been cut short or still be growing; compare its size with the original and copy it again.",
      details: { offset },
    });
  }
  const stored = view.getUint32(64);
  const computed = checksumOf(bytes, 64);
  if (stored !== computed) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `reading the VHD footer at ${offset}: its checksum is ${hex(stored)} and should be ${hex(computed)}`,
      { details: { offset, stored, computed } },
    );
  }
  return {
    dataOffset: view.getBigUint64(16),
    createdAtMs: epochMs + view.getUint32(24) * 1000,
    creator: textAt(bytes, 28, 4),
    originalSizeBytes: view.getBigUint64(40),
    currentSizeBytes: view.getBigUint64(48),
    geometry: { cylinders: view.getUint16(56), heads: view.getUint8(58), sectors: view.getUint8(59) },
    diskType: view.getUint32(60),
    uniqueId: bytes.slice(68, 84),
  };
}

/** What a footer to be written says. */
export interface FooterInput {
  readonly type: "fixed" | "dynamic";
  readonly sizeBytes: number;
  readonly createdAtMs: number;
  readonly uniqueId: Uint8Array;
}

/**
 * Makes a footer.
 *
 * The creator is `win `, as Hyper-V writes it: readers that believe the CHS geometry of creators they do not know (QEMU,
 * block/vpc.c) take that one at its exact current size.
 */
export function makeFooter(input: FooterInput): Uint8Array {
  const bytes = new Uint8Array(footerBytes);
  const view = viewOf(bytes);
  bytes.set(latin1(footerCookie), 0);
  view.setUint32(8, 2); // features: the reserved bit, always set
  view.setUint32(12, 0x00010000); // version of the format
  view.setBigUint64(16, input.type === "fixed" ? absentOffset : BigInt(footerBytes));
  view.setUint32(24, Math.max(0, Math.floor((input.createdAtMs - epochMs) / 1000)));
  bytes.set(latin1("win "), 28);
  view.setUint32(32, 0x000a0000); // version of the creator
  bytes.set(latin1("Wi2k"), 36);
  view.setBigUint64(40, BigInt(input.sizeBytes));
  view.setBigUint64(48, BigInt(input.sizeBytes));
  const { cylinders, heads, sectors } = geometryOf(input.sizeBytes / 512);
  view.setUint16(56, cylinders);
  view.setUint8(58, heads);
  view.setUint8(59, sectors);
  view.setUint32(60, diskTypes[input.type]);
  bytes.set(input.uniqueId, 68);
  view.setUint32(64, checksumOf(bytes, 64));
  return bytes;
}

/** Makes the header of a dynamic disk whose table stands right behind it. */
export function makeDynamicHeader(tableOffset: number, entries: number, blockBytes: number): Uint8Array {
  const bytes = new Uint8Array(dynamicHeaderBytes);
  const view = viewOf(bytes);
  bytes.set(latin1(dynamicHeaderCookie), 0);
  view.setBigUint64(8, absentOffset);
  view.setBigUint64(16, BigInt(tableOffset));
  view.setUint32(24, 0x00010000);
  view.setUint32(28, entries);
  view.setUint32(32, blockBytes);
  view.setUint32(36, checksumOf(bytes, 36));
  return bytes;
}

/** Cylinders, heads and sectors for a size, by the algorithm in the appendix of the specification. */
export function geometryOf(totalSectors: number): { cylinders: number; heads: number; sectors: number } {
  const total = Math.min(totalSectors, 65535 * 16 * 255);
  if (total >= 65535 * 16 * 63) {
    return { cylinders: Math.floor(total / 255 / 16), heads: 16, sectors: 255 };
  }
  let sectors = 17;
  let perTrack = Math.floor(total / sectors);
  let heads = Math.max(4, Math.floor((perTrack + 1023) / 1024));
  if (perTrack >= heads * 1024 || heads > 16) {
    sectors = 31;
    heads = 16;
    perTrack = Math.floor(total / sectors);
  }
  if (perTrack >= heads * 1024) {
    sectors = 63;
    heads = 16;
    perTrack = Math.floor(total / sectors);
  }
  return { cylinders: Math.floor(perTrack / heads), heads, sectors };
}

/** A unique id made of a name: the same name gives the same id. Shaped as a version 8 UUID (RFC 9562). */
export function uniqueIdOf(name: string): Uint8Array {
  const id = new Uint8Array(createHash("sha256").update(name).digest().subarray(0, 16));
  id[6] = ((id[6] as number) & 0x0f) | 0x80;
  id[8] = ((id[8] as number) & 0x3f) | 0x80;
  return id;
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
