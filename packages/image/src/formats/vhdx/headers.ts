import { KiB, MiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import { readBytes } from "../read-bytes.ts";
import { crc32c } from "./crc32c.ts";
import { guidAt } from "./guid.ts";

/*
 * Headers and region tables, little-endian: Microsoft, [MS-VHDX] "Virtual Hard Disk v2 (VHDX) File Format", sections 2.2.2
 * "Headers" and 2.2.3 "Region Table". There are two of each, so that one is sound whenever the writer stops.
 */

export const vhdxMark = "vhdxfile";
export const headerPlaces = [64 * KiB, 128 * KiB] as const;
export const regionTablePlaces = [192 * KiB, 256 * KiB] as const;
export const headerBytes = 4 * KiB;
export const regionTableBytes = 64 * KiB;
const maximumRegions = 2047;

const regionNames: Readonly<Record<string, "bat" | "metadata">> = {
  "2dc27766-f623-4200-9d64-115e9bfd4a08": "bat",
  "8b7ca206-4790-4b9a-b8fe-575f050f886e": "metadata",
};

/** The fields of a header that matter. */
export interface VhdxHeader {
  readonly sequence: bigint;
  readonly dataWriteGuid: string;
  readonly logGuid: string;
  readonly logOffset: number;
  readonly logBytes: number;
}

/** Reads both headers and gives the current one: sound, and with the higher sequence number. */
export async function readHeader(
  container: BlockSource,
  path: string,
  signal: AbortSignal | undefined,
): Promise<VhdxHeader> {
  let current: VhdxHeader | undefined;
  for (const place of headerPlaces) {
    const bytes = await readBytes(container, place, headerBytes, "a VHDX header", signal);
    const view = viewOf(bytes);
    if (textAt(bytes, 0, 4) !== "head" || view.getUint32(4, true) !== crc32c(bytes, 4)) continue;
    const sequence = view.getBigUint64(8, true);
    if (current && current.sequence >= sequence) continue;
    const version = view.getUint16(66, true);
    const logVersion = view.getUint16(64, true);
    if (version !== 1 || logVersion !== 0) {
      throw new SampanError(
        "IMAGE_FORMAT_UNSUPPORTED",
        `opening ${path}, a VHDX image of version ${version} with a log of version ${logVersion}`,
        { hint: "Version 1 with a log of version 0 is read.", details: { path, version, logVersion } },
      );
    }
    current = {
      sequence,
      dataWriteGuid: guidAt(bytes, 32),
      logGuid: guidAt(bytes, 48),
      logBytes: view.getUint32(68, true),
      logOffset: safeInteger(view.getBigUint64(72, true), "the place of the VHDX log"),
    };
  }
  if (current) return current;
  throw new SampanError(
    "IMAGE_CORRUPT",
    `opening ${path}: neither of its VHDX headers has a right checksum`,
    {
      details: { path },
    },
  );
}

/** Where the two regions of a VHDX file are. */
export interface VhdxRegions {
  readonly batOffset: number;
  readonly batBytes: number;
  readonly metadataOffset: number;
  readonly metadataBytes: number;
}

/** Reads the first sound region table. Unknown regions that are required are refused with `IMAGE_FORMAT_UNSUPPORTED`. */
export async function readRegions(
  container: BlockSource,
  path: string,
  signal: AbortSignal | undefined,
): Promise<VhdxRegions> {
  for (const place of regionTablePlaces) {
    const bytes = await readBytes(container, place, regionTableBytes, "a VHDX region table", signal);
    const view = viewOf(bytes);
    const entries = view.getUint32(8, true);
    const sound = textAt(bytes, 0, 4) === "regi" && view.getUint32(4, true) === crc32c(bytes, 4);
    if (sound && entries <= maximumRegions) return parseRegions(bytes, entries, container, path);
  }
  throw new SampanError("IMAGE_CORRUPT", `opening ${path}: neither of its VHDX region tables is sound`, {
    details: { path },
  });
}

function parseRegions(bytes: Uint8Array, entries: number, container: BlockSource, path: string): VhdxRegions {
  const view = viewOf(bytes);
  const found: { bat?: readonly [number, number]; metadata?: readonly [number, number] } = {};
  for (let at = 16; at < 16 + entries * 32; at += 32) {
    const guid = guidAt(bytes, at);
    const name = regionNames[guid];
    if (!name) {
      if ((view.getUint32(at + 28, true) & 1) === 0) continue;
      throw new SampanError(
        "IMAGE_FORMAT_UNSUPPORTED",
        `opening ${path}, a VHDX image with the unknown region ${guid}, which is said to be required`,
        { details: { path, region: guid } },
      );
    }
    const offset = safeInteger(view.getBigUint64(at + 16, true), "the place of a VHDX region");
    const length = view.getUint32(at + 24, true);
    if (found[name] || offset < MiB || offset % MiB !== 0) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `opening ${path}: its VHDX region ${name} is named twice or stands at ${offset}`,
        { details: { path, offset } },
      );
    }
    if (offset + length > container.sizeBytes) {
      throw new SampanError(
        "IMAGE_TRUNCATED",
        `opening ${path}: its VHDX region ${name} of ${length} bytes at ${offset} reaches past its ${container.sizeBytes} bytes`,
        { details: { path, offset, length, fileSizeBytes: container.sizeBytes } },
      );
    }
    found[name] = [offset, length];
  }
  if (!found.bat || !found.metadata) {
    throw new SampanError("IMAGE_CORRUPT", `opening ${path}: its VHDX region table lacks a region`, {
      details: { path },
    });
  }
  const [batOffset, batBytes] = found.bat;
  const [metadataOffset, metadataBytes] = found.metadata;
  return { batOffset, batBytes, metadataOffset, metadataBytes };
}
