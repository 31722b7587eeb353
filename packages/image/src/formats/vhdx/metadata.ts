import { KiB, MiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import { readBytes } from "../read-bytes.ts";
import { guidAt } from "./guid.ts";
import type { VhdxRegions } from "./headers.ts";

/* The metadata region: [MS-VHDX] section 2.6. A table of items, each named by a GUID. */

const tableBytes = 64 * KiB;
const maximumItems = 2047;
const maximumLocatorBytes = 64 * KiB;
const maximumDiskBytes = 64 * 1024 ** 4;
const win32Locator = "b04aefb7-d19e-4a81-b789-25b8e9445913";

const itemNames = {
  "caa16737-fa36-4d43-b3b6-33f0aa44e76b": "file parameters",
  "2fa54224-cd1b-4876-b211-5dbed83bf4b8": "virtual disk size",
  "beca12ab-b2e6-4523-93ef-c309e000c746": "virtual disk id",
  "8141bf1d-a96f-4709-ba47-f233a8faab5f": "logical sector size",
  "cda348c7-445d-4471-9cc9-e9885251c556": "physical sector size",
  "a8d35f2d-b30b-454d-abf7-d3d84834ab0c": "parent locator",
} as const;
type ItemName = (typeof itemNames)[keyof typeof itemNames];

/** What the metadata says of the disk. */
export interface VhdxMetadata {
  readonly blockBytes: number;
  readonly sizeBytes: number;
  readonly sectorBytes: 512 | 4096;
  readonly diskId: string;
  /** Every block is to stay allocated: a fixed disk. */
  readonly fixed: boolean;
  /** Keys and values of the parent locator, for a differencing disk. */
  readonly parent?: ReadonlyMap<string, string>;
}

export async function readMetadata(
  container: BlockSource,
  regions: VhdxRegions,
  path: string,
  signal: AbortSignal | undefined,
): Promise<VhdxMetadata> {
  const items = await readItems(container, regions, path, signal);
  const wrong = (what: string) => new SampanError("IMAGE_CORRUPT", `opening ${path}, a VHDX image: ${what}`);
  const item = async (name: ItemName, least: number, most = least) => {
    const place = items.get(name);
    if (!place || place.length < least || place.length > most)
      throw wrong(`its metadata lacks a sound ${name}`);
    return readBytes(container, place.offset, place.length, `the ${name} of a VHDX`, signal);
  };
  const parameters = viewOf(await item("file parameters", 8));
  const blockBytes = parameters.getUint32(0, true);
  const flags = parameters.getUint32(4, true);
  if (blockBytes < MiB || blockBytes > 256 * MiB || (blockBytes & (blockBytes - 1)) !== 0)
    throw wrong(`its blocks have ${blockBytes} bytes`);
  const sectorBytes = viewOf(await item("logical sector size", 4)).getUint32(0, true);
  if (sectorBytes !== 512 && sectorBytes !== 4096) throw wrong(`its sectors have ${sectorBytes} bytes`);
  const size = viewOf(await item("virtual disk size", 8)).getBigUint64(0, true);
  const sizeBytes = safeInteger(size, "the size of the VHDX disk");
  if (sizeBytes === 0 || sizeBytes > maximumDiskBytes || sizeBytes % sectorBytes !== 0)
    throw wrong(`its disk has ${sizeBytes} bytes`);
  const common = {
    blockBytes,
    sizeBytes,
    sectorBytes,
    diskId: guidAt(await item("virtual disk id", 16), 0),
    fixed: (flags & 1) !== 0,
  } as const;
  if ((flags & 2) === 0) return common;
  return { ...common, parent: parseLocator(await item("parent locator", 20, maximumLocatorBytes), path) };
}

async function readItems(
  container: BlockSource,
  { metadataOffset, metadataBytes }: VhdxRegions,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Map<ItemName, { readonly offset: number; readonly length: number }>> {
  const bytes = await readBytes(container, metadataOffset, tableBytes, "the VHDX metadata table", signal);
  const view = viewOf(bytes);
  const count = view.getUint16(10, true);
  if (textAt(bytes, 0, 8) !== "metadata" || count > maximumItems) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${path}: no VHDX metadata table stands at ${metadataOffset}`,
      {
        details: { path, offset: metadataOffset },
      },
    );
  }
  const items = new Map<ItemName, { readonly offset: number; readonly length: number }>();
  for (let at = 32; at < 32 + count * 32; at += 32) {
    const guid = guidAt(bytes, at);
    const name = (itemNames as Readonly<Record<string, ItemName>>)[guid];
    const flags = view.getUint32(at + 24, true);
    if (!name) {
      if ((flags & 4) === 0) continue;
      throw new SampanError(
        "IMAGE_FORMAT_UNSUPPORTED",
        `opening ${path}, a VHDX image with the unknown metadata ${guid}, which is said to be required`,
        { details: { path, item: guid } },
      );
    }
    const offset = view.getUint32(at + 16, true);
    const length = view.getUint32(at + 20, true);
    if (items.has(name) || offset < tableBytes || offset + length > metadataBytes) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `opening ${path}: its VHDX ${name} stands outside its region or twice`,
        {
          details: { path, offset, length },
        },
      );
    }
    items.set(name, { offset: metadataOffset + offset, length });
  }
  return items;
}

/** Keys and values in UTF-16. [MS-VHDX] section 2.6.2.6. */
function parseLocator(bytes: Uint8Array, path: string): ReadonlyMap<string, string> {
  const view = viewOf(bytes);
  const type = guidAt(bytes, 0);
  if (type !== win32Locator) {
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `opening ${path}, a VHDX image whose parent is named by ${type}`,
      {
        hint: "Merge it with its parent first, for example with Hyper-V's Merge-VHD.",
        details: { path, locator: type },
      },
    );
  }
  const count = view.getUint16(18, true);
  const text = (offset: number, length: number) => {
    if (offset + length > bytes.length) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `opening ${path}: its VHDX parent locator points outside itself`,
        {
          details: { path, offset, length },
        },
      );
    }
    return new TextDecoder("utf-16le").decode(bytes.subarray(offset, offset + length));
  };
  const pairs = new Map<string, string>();
  for (let at = 20; at < 20 + count * 12; at += 12) {
    if (at + 12 > bytes.length) text(at, 12);
    const key = text(view.getUint32(at, true), view.getUint16(at + 8, true));
    pairs.set(key, text(view.getUint32(at + 4, true), view.getUint16(at + 10, true)));
  }
  return pairs;
}
