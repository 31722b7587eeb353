import { KiB, SampanError } from "@sampan/core";
import type { PagedReader } from "../files/paged-reader.ts";
import { le16, le32, u8 } from "../volumes/fields.ts";
import type { NtfsGeometry } from "./boot-sector.ts";
import { NtfsContent } from "./content.ts";
import {
  attributeType,
  type NtfsAttribute,
  type NtfsRecord,
  parseRecord,
  recordNumber,
  wideText,
} from "./record.ts";
import { systemFile } from "./system-files.ts";

/** All attributes of a file, from every record it takes. */
export interface NtfsFile {
  readonly directory: boolean;
  readonly sequence: number;
  /** One in several pieces stands here several times. */
  readonly attributes: readonly NtfsAttribute[];
}

/** NTFS allows no longer list. */
const maxListBytes = 256 * KiB;
/** A file of so many records has a hundred thousand runs. */
const maxRecords = 1024;
const listEntryHead = 26;

/** The master file table of one volume. */
export class NtfsFileTable {
  readonly #geometry: NtfsGeometry;
  readonly #reader: PagedReader;
  #content: NtfsContent;

  private constructor(geometry: NtfsGeometry, reader: PagedReader, content: NtfsContent) {
    this.#geometry = geometry;
    this.#reader = reader;
    this.#content = content;
  }

  /** Finds the table, all its pieces included; `GUEST_FS_CORRUPT` when it does not describe itself. */
  static async open(geometry: NtfsGeometry, reader: PagedReader): Promise<NtfsFileTable> {
    const { mftCluster, clusterBytes, recordBytes } = geometry;
    const bytes = (await reader.read(mftCluster * clusterBytes, recordBytes)).slice();
    const record = parseRecord(bytes);
    const first = record.attributes.filter(isTable);
    if (!record.inUse || record.base !== null || first[0]?.runs[0]?.cluster !== mftCluster) {
      throw corrupt("its master file table does not describe itself");
    }
    // The first piece holds the records that tell where the others are.
    const reach = first[0].runs.reduce((sum, run) => sum + run.count, 0) * clusterBytes;
    const known = { ...first[0], sizeBytes: Math.min(first[0].sizeBytes, reach) };
    const table = new NtfsFileTable(geometry, reader, new NtfsContent([known], geometry, reader));
    const whole = await table.file(systemFile.mft);
    const pieces = whole?.attributes.filter(isTable) ?? [];
    table.#content = new NtfsContent(pieces, geometry, reader);
    return table;
  }

  /** The file that begins in a record; `undefined` when none does. */
  async file(number: number): Promise<NtfsFile | undefined> {
    const record = await this.#record(number);
    if (record === undefined || !record.inUse || record.base !== null) return undefined;
    const { directory, sequence } = record;
    const list = record.attributes.filter((one) => one.type === attributeType.list);
    if (list.length === 0) return { directory, sequence, attributes: record.attributes };
    const content = new NtfsContent(list, this.#geometry, this.#reader);
    if (content.sizeBytes > maxListBytes) throw corrupt("a list of attributes is too long");
    const others = recordsInList(await content.read(0, maxListBytes));
    others.delete(number);
    if (others.size > maxRecords) {
      throw new SampanError("GUEST_FS_UNSUPPORTED", `reading NTFS: a file has ${others.size} records`);
    }
    const attributes = [...record.attributes];
    for (const other of others) {
      const further = await this.#record(other);
      if (further === undefined || !further.inUse || further.base !== number) {
        throw corrupt(`record ${other} does not belong to the file that names it`);
      }
      attributes.push(...further.attributes);
    }
    return { directory, sequence, attributes };
  }

  async #record(number: number): Promise<NtfsRecord | undefined> {
    const { recordBytes } = this.#geometry;
    const bytes = await this.#content.read(number * recordBytes, recordBytes);
    return bytes.length < recordBytes ? undefined : parseRecord(bytes.slice());
  }
}

/** What is read of a file; the rest of a list need not be followed. */
const wantedTypes: ReadonlySet<number> = new Set([
  attributeType.data,
  attributeType.indexRoot,
  attributeType.indexAllocation,
  attributeType.bitmap,
  attributeType.reparsePoint,
]);

/** The records a list of attributes names for what is read of a file. */
function recordsInList(bytes: Uint8Array): Set<number> {
  const records = new Set<number>();
  for (let at = 0; at + listEntryHead <= bytes.length; ) {
    const type = le32(bytes, at);
    const length = le16(bytes, at + 4);
    if (length < listEntryHead || at + length > bytes.length) throw corrupt("a list of attributes is broken");
    const name = wideText(bytes, at + u8(bytes, at + 7), u8(bytes, at + 6));
    if (wantedTypes.has(type) && (name === "" || name === "$I30")) records.add(recordNumber(bytes, at + 16));
    at += length;
  }
  return records;
}

function isTable(attribute: NtfsAttribute): boolean {
  return attribute.type === attributeType.data && attribute.name === "";
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading NTFS: ${what}`);
}
