import { KiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { viewOf } from "../../io/buffers.ts";
import { assertStored, type Mapping, type Piece } from "../mapped-source.ts";
import type { TableView } from "../part-space.ts";
import { readBytes } from "../read-bytes.ts";
import { assertTable } from "../table-pages.ts";
import { assertApart } from "../unit-places.ts";

/*
 * seSparse, the space-efficient sparse extents of ESXi 5.5 and later, little-endian, places in sectors. VMware has not published
 * the format; this follows what QEMU's block/vmdk.c reads (since QEMU 4.1): grains of 4 KiB, tables of 64 sectors, a directory and
 * tables with entries of 64 bits whose highest four tell what the entry means.
 */

export const seSparseMagic = 0xcafebaben;
const volatileMagic = 0xcafecafen;
const knownVersion = 0x200000001n;
const grainBytes = 4 * KiB;
const tableBytes = 64 * 512;
const entriesPerTable = tableBytes / 8;
const coverageBytes = grainBytes * entriesPerTable;
/** What a directory entry of a table that exists has in its upper half. */
const tableMark = 0x10000000;
/** VMware ends at 62 TiB; a little more is granted. */
const maximumSectors = 2 ** 46 / 512;

interface SeSparseHeader {
  readonly capacitySectors: number;
  readonly directoryOffset: number;
  readonly directoryBytes: number;
  readonly tablesOffset: number;
  readonly grainsOffset: number;
}

/** Reads the headers and the directory of a seSparse file; refuses one whose journal must be replayed first. */
export async function openSeSparse(
  container: BlockSource,
  tableView: TableView,
  signal: AbortSignal | undefined,
): Promise<SeSparseMapping> {
  const header = await readHeaders(container, signal);
  const tables = Math.ceil((header.capacitySectors * 512) / coverageBytes);
  if (header.directoryBytes < tables * 8) {
    throw wrong(`its directory has ${header.directoryBytes / 8} entries where ${tables} are needed`);
  }
  assertTable("the grain directory", header.directoryOffset, tables * 8, container.sizeBytes);
  const bytes = await readBytes(container, header.directoryOffset, tables * 8, "the grain directory", signal);
  const view = viewOf(bytes);
  const numbers: number[] = [];
  for (let index = 0; index < tables; index++) {
    const number = view.getUint32(index * 8, true);
    const mark = view.getUint32(index * 8 + 4, true);
    if (mark === 0 && number === 0) continue;
    if (mark !== tableMark) throw wrong(`entry ${index} of its directory is ${hex(mark)} ${hex(number)}`);
    numbers.push(number);
  }
  assertApart(Uint32Array.from(numbers), 1, "the seSparse directory");
  return new SeSparseMapping(container.sizeBytes, tableView, header);
}

async function readHeaders(container: BlockSource, signal: AbortSignal | undefined): Promise<SeSparseHeader> {
  const view = viewOf(await readBytes(container, 0, 512, "the seSparse header", signal));
  if (view.getBigUint64(0, true) !== seSparseMagic) throw wrong("its magic number is missing");
  const version = view.getBigUint64(8, true);
  if (version !== knownVersion) throw unsupported(`version ${version}`);
  const sectors = (at: number, what: string): number => {
    const value = safeInteger(view.getBigUint64(at, true), what);
    if (value > Number.MAX_SAFE_INTEGER / 512) throw wrong(`${what} is ${value} sectors`);
    return value;
  };
  const capacitySectors = sectors(16, "the capacity of a seSparse file");
  if (capacitySectors < 1 || capacitySectors > maximumSectors) {
    throw wrong(`its capacity is ${capacitySectors} sectors`);
  }
  const grainSectors = sectors(24, "the grain size of a seSparse file");
  if (grainSectors * 512 !== grainBytes) throw unsupported(`grains of ${grainSectors} sectors`);
  const tableSectors = sectors(32, "the table size of a seSparse file");
  if (tableSectors * 512 !== tableBytes) throw unsupported(`tables of ${tableSectors} sectors`);
  if (view.getBigUint64(40, true) !== 0n) throw unsupported("unknown flags");
  const volatileOffset = sectors(80, "the place of the volatile seSparse header") * 512;
  const changing = viewOf(
    await readBytes(container, volatileOffset, 512, "the volatile seSparse header", signal),
  );
  if (changing.getBigUint64(0, true) !== volatileMagic) {
    throw wrong(`no volatile header stands at ${volatileOffset}`);
  }
  if (changing.getBigUint64(24, true) !== 0n) {
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      "reading a seSparse VMDK whose journal must be replayed first",
      {
        hint: "Power the machine on and off again on its ESXi host, or consolidate its snapshots, and copy the files again.",
        details: { variant: "seSparse", journal: "dirty" },
      },
    );
  }
  return {
    capacitySectors,
    directoryOffset: sectors(128, "the place of the seSparse directory") * 512,
    directoryBytes: sectors(136, "the size of the seSparse directory") * 512,
    tablesOffset: sectors(144, "the place of the seSparse tables") * 512,
    grainsOffset: sectors(192, "the place of the seSparse grains") * 512,
  };
}

/** Where the grains of a seSparse extent are. */
export class SeSparseMapping implements Mapping {
  readonly grainBytes = grainBytes;
  readonly sizeBytes: number;
  readonly #containerBytes: number;
  readonly #tables: TableView;
  readonly #header: SeSparseHeader;

  constructor(containerBytes: number, tables: TableView, header: SeSparseHeader) {
    this.sizeBytes = header.capacitySectors * 512;
    this.#containerBytes = containerBytes;
    this.#tables = tables;
    this.#header = header;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const table = Math.floor(offset / coverageBytes);
    const last = Math.floor((end - 1) / coverageBytes);
    const entries = await this.#tables.at(this.#header.directoryOffset + table * 8, (last - table + 1) * 8);
    const number = entries.view.getUint32(entries.from, true);
    if (isAbsent(entries.view, entries.from)) {
      let count = 1;
      while ((count + 1) * 8 <= entries.length && isAbsent(entries.view, entries.from + count * 8)) count++;
      return { kind: "hole", length: Math.min(end, (table + count) * coverageBytes) - offset };
    }
    const grain = Math.floor(offset / grainBytes);
    const index = grain - table * entriesPerTable;
    const wanted = Math.min(entriesPerTable - index, Math.floor((end - 1) / grainBytes) - grain + 1);
    const tableOffset = this.#header.tablesOffset + number * tableBytes;
    assertTable("a grain table", tableOffset, tableBytes, this.#containerBytes);
    const place = tableOffset + index * 8;
    const { view, from, length } = await this.#tables.at(place, wanted * 8);
    const first = this.#entry(view, from, place);
    let count = 1;
    while ((count + 1) * 8 <= length) {
      const next = this.#entry(view, from + count * 8, place + count * 8);
      if (
        next.kind !== first.kind ||
        next.at !== (first.kind === "stored" ? first.at + count * grainBytes : 0)
      ) {
        break;
      }
      count++;
    }
    const pieceLength = Math.min(end, (grain + count) * grainBytes) - offset;
    if (first.kind !== "stored") return { kind: first.kind, length: pieceLength };
    const at = first.at + (offset - grain * grainBytes);
    assertStored(at, pieceLength, this.#containerBytes);
    return { kind: "stored", length: pieceLength, at };
  }

  #entry(view: DataView, from: number, place: number): { kind: "hole" | "zero" | "stored"; at: number } {
    const low = view.getUint32(from, true);
    const high = view.getUint32(from + 4, true);
    switch (high >>> 28) {
      case 0:
        if (low !== 0 || high !== 0) break;
        return { kind: "hole", at: 0 };
      // Unmapped by the guest, and written with zeros: both read as zeros, whatever a parent has there.
      case 1:
      case 2:
        return { kind: "zero", at: 0 };
      case 3: {
        // The grain's number: its low 12 bits stand above its other 48.
        const upper = (high & 0xffff) * 2 ** 32 + low;
        if (upper >= 2 ** 28) break;
        const number = upper * 4096 + ((high >>> 16) & 0xfff);
        return { kind: "stored", at: this.#header.grainsOffset + number * grainBytes };
      }
    }
    throw new SampanError(
      "IMAGE_CORRUPT",
      `reading the seSparse table entry at ${place}, which is ${hex(high)} ${hex(low)}`,
      { details: { place } },
    );
  }
}

/** Whether the upper half of a directory entry says that there is no table. */
function isAbsent(view: DataView, at: number): boolean {
  return view.getUint32(at + 4, true) === 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}

function wrong(what: string): SampanError {
  return new SampanError("IMAGE_CORRUPT", `reading a seSparse VMDK: ${what}`);
}

function unsupported(what: string): SampanError {
  return new SampanError("IMAGE_FORMAT_UNSUPPORTED", `reading a seSparse VMDK with ${what}`, {
    details: { variant: "seSparse" },
  });
}
