import { KiB, MiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { inflateUnit } from "../inflate.ts";
import { assertStored, MappedSource, type Mapping, type PackedUnit, type Piece } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { assertTable, TablePages } from "../table-pages.ts";
import { assertApart } from "../unit-places.ts";
import { openBackingFile } from "./backing-file.ts";
import { qcowMagic } from "./qcow2-header.ts";

/*
 * QCOW version 1, big-endian, as QEMU's block/qcow.c reads it: magic (4), version (4), place and length of the backing file's name
 * (8, 4), time (4), size (8), bits of a cluster and of a table (1, 1), padding (2), encryption (4), place of the top table (8).
 */

const headerBytes = 48;
const maximumTopEntries = (8 * MiB) / 8;

interface Layout {
  readonly sizeBytes: number;
  readonly clusterBits: number;
  readonly tableEntries: number;
  readonly backed: boolean;
}

/** Whether a file that begins with the QCOW magic is of version 1. */
export function isVersionOne(head: Uint8Array): boolean {
  return head.length >= 8 && viewOf(head).getUint32(4) === 1;
}

/** QCOW version 1, the format before QCOW2. */
export const qcowFormat: FormatReader = {
  format: "qcow",
  recognises: (file) => textAt(file.head, 0, 4) === qcowMagic && isVersionOne(file.head),
  open: openVersionOne,
};

async function openVersionOne(container: BlockSource, context: OpenContext): Promise<OpenedFormat> {
  const { path, signal, depth } = context;
  const wrong = (what: string) =>
    new SampanError("IMAGE_CORRUPT", `opening ${path}, a QCOW image of version 1: ${what}`);
  const bytes = await readBytes(container, 0, headerBytes, "the QCOW header", signal);
  if (textAt(bytes, 0, 4) !== qcowMagic || !isVersionOne(bytes)) throw wrong("it does not begin like one");
  const view = viewOf(bytes);
  const method = view.getUint32(36);
  if (method !== 0) {
    throw new SampanError("IMAGE_ENCRYPTED", `opening ${path}, a QCOW image encrypted by method ${method}`, {
      details: { path, method },
    });
  }
  const sizeBytes = safeInteger(view.getBigUint64(24), "the size of the QCOW disk");
  const clusterBits = view.getUint8(32);
  const tableBits = view.getUint8(33);
  if (clusterBits < 9 || clusterBits > 16) throw wrong(`its clusters have 2^${clusterBits} bytes`);
  if (tableBits < 6 || tableBits > 13) throw wrong(`its tables have 2^${tableBits} entries`);
  const topEntries = Math.ceil(sizeBytes / 2 ** (clusterBits + tableBits));
  if (sizeBytes === 0 || topEntries > maximumTopEntries) throw wrong(`its disk has ${sizeBytes} bytes`);
  const topOffset = safeInteger(view.getBigUint64(40), "the place of the L1 table");
  assertTable("the L1 table", topOffset, topEntries * 8, container.sizeBytes);
  const topView = viewOf(await readBytes(container, topOffset, topEntries * 8, "the L1 table", signal));
  const top = Float64Array.from({ length: topEntries }, (_, index) =>
    Number(topView.getBigUint64(index * 8)),
  );
  if (top.some((offset) => offset % 8 !== 0)) throw wrong("its tables are not aligned");
  assertApart(
    top.filter((offset) => offset !== 0),
    2 ** tableBits * 8,
    "the L1 table of a QCOW image",
  );
  const name = await backingName(container, view, context);
  const parent = name === undefined ? undefined : await openBackingFile(context, name, undefined);
  const layout: Layout = { sizeBytes, clusterBits, tableEntries: 2 ** tableBits, backed: name !== undefined };
  const mapping = new VersionOneMapping(container, layout, top, depth);
  return {
    variant: "v1",
    source: new MappedSource(container, mapping, { depth, ...(parent && { parent: parent.source }) }),
    compressed: null,
    details: { clusterBytes: 2 ** clusterBits },
    ...(parent && { parent: parent.info }),
  };
}

async function backingName(
  container: BlockSource,
  view: DataView,
  { path, signal }: OpenContext,
): Promise<string | undefined> {
  const offset = safeInteger(view.getBigUint64(8), "the place of the backing file's name");
  if (offset === 0) return undefined;
  const length = view.getUint32(16);
  if (length === 0 || length > KiB) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${path}: the name of its backing file has ${length} bytes`,
    );
  }
  const bytes = await readBytes(container, offset, length, "the name of the backing file", signal);
  return Buffer.from(bytes).toString("utf8");
}

class VersionOneMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #containerBytes: number;
  readonly #tables: TablePages;
  readonly #layout: Layout;
  readonly #top: Float64Array;

  constructor(container: BlockSource, layout: Layout, top: Float64Array, depth: number) {
    this.sizeBytes = layout.sizeBytes;
    this.#containerBytes = container.sizeBytes;
    this.#tables = new TablePages(container, depth);
    this.#layout = layout;
    this.#top = top;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const { clusterBits, tableEntries, backed } = this.#layout;
    const clusterBytes = 2 ** clusterBits;
    const absent = backed ? "parent" : "hole";
    const cluster = Math.floor(offset / clusterBytes);
    const table = Math.floor(cluster / tableEntries);
    const tableOffset = this.#top[table] ?? 0;
    if (tableOffset === 0)
      return { kind: absent, length: Math.min(end, (table + 1) * tableEntries * clusterBytes) - offset };
    assertTable("an L2 table", tableOffset, tableEntries * 8, this.#containerBytes);
    const index = cluster - table * tableEntries;
    const { view, from } = await this.#tables.at(tableOffset + index * 8, 8);
    const entry = view.getBigUint64(from);
    const skip = offset - cluster * clusterBytes;
    const length = Math.min(end - offset, clusterBytes - skip);
    if (entry === 0n) return { kind: absent, length };
    if (entry >> 63n === 1n) {
      const offsetBits = BigInt(63 - clusterBits);
      const at = Number(entry & ((1n << offsetBits) - 1n));
      const packedBytes = Number((entry >> offsetBits) & BigInt(clusterBytes - 1));
      assertStored(at, Math.max(1, packedBytes), this.#containerBytes);
      return { kind: "packed", length, skip, unit: { at, packedBytes } };
    }
    const at = Number(entry) + skip;
    assertStored(at, length, this.#containerBytes);
    return { kind: "stored", length, at };
  }

  unpack(packed: Uint8Array, unit: PackedUnit): Promise<Uint8Array> {
    return inflateUnit(packed, 2 ** this.#layout.clusterBits, "raw", unit.at);
  }
}
