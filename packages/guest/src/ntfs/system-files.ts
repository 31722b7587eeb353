import { SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { readBytes } from "../volumes/read-bytes.ts";
import type { NtfsGeometry } from "./boot-sector.ts";
import { attributeFlags, attributeType, type NtfsAttribute, parseRecord } from "./record.ts";

/** Numbers of the system files in the master file table. */
export const systemFile = {
  mft: 0,
  mirror: 1,
  logFile: 2,
  volume: 3,
  root: 5,
  bitmap: 6,
  upperCase: 10,
} as const;

const special = attributeFlags.compressed | attributeFlags.encrypted | attributeFlags.sparse;

/** How many records the spare of the master file table repeats at least. */
const mirroredRecords = 4;

/** The system files of one NTFS volume. */
export class NtfsSystemFiles {
  readonly geometry: NtfsGeometry;
  readonly #volume: BlockSource;
  readonly #signal: AbortSignal | undefined;
  #mft: NtfsAttribute | undefined;

  constructor(volume: BlockSource, geometry: NtfsGeometry, signal?: AbortSignal) {
    this.geometry = geometry;
    this.#volume = volume;
    this.#signal = signal;
  }

  /** The unnamed content of the master file table itself. */
  async mft(): Promise<NtfsAttribute> {
    if (this.#mft !== undefined) return this.#mft;
    const { mftCluster, clusterBytes, recordBytes } = this.geometry;
    const offset = mftCluster * clusterBytes;
    const data = unnamedData(systemRecord(await readBytes(this.#volume, offset, recordBytes, this.#signal)));
    if (
      data === undefined ||
      data.value !== null ||
      data.firstVcn !== 0 ||
      data.runs[0]?.cluster !== mftCluster
    ) {
      throw corrupt("its master file table does not describe itself");
    }
    this.#checkRuns(data);
    this.#mft = data;
    return data;
  }

  async attributes(number: number): Promise<readonly NtfsAttribute[]> {
    const { recordBytes } = this.geometry;
    const mft = await this.mft();
    return systemRecord(await this.#readRuns(mft, number * recordBytes, recordBytes));
  }

  /** The unnamed content of a system file, all of whose runs its first record must tell. */
  async data(number: number): Promise<NtfsAttribute> {
    const data = unnamedData(await this.attributes(number));
    if (data === undefined) throw corrupt(`system file ${number} has no content, or it is told elsewhere`);
    if ((data.flags & special) !== 0 || data.firstVcn !== 0) {
      throw new SampanError("GUEST_FS_UNSUPPORTED", `reading NTFS: system file ${number} is not plain`);
    }
    if (data.value === null) {
      this.#checkRuns(data);
      const reach = data.runs.reduce((sum, run) => sum + run.count, 0) * this.geometry.clusterBytes;
      if (reach < data.sizeBytes) throw corrupt(`system file ${number} is longer than its runs`);
    }
    return data;
  }

  /** Bytes of a content; `length` must be a bounded number of the caller's. */
  async read(data: NtfsAttribute, offset: number, length: number): Promise<Uint8Array> {
    if (data.value !== null) return data.value.slice(offset, offset + length);
    return this.#readRuns(data, offset, length);
  }

  /** Refuses a volume whose spare of the first records is not the same as they are. */
  async checkMirror(): Promise<void> {
    const { mirrorCluster, clusterBytes, recordBytes } = this.geometry;
    const length = recordBytes * mirroredRecords;
    const first = await this.#readRuns(await this.mft(), 0, length);
    const spare = await readBytes(this.#volume, mirrorCluster * clusterBytes, length, this.#signal);
    if (Buffer.compare(first, spare) !== 0) throw corrupt("the spare of its master file table differs");
  }

  async #readRuns(data: NtfsAttribute, offset: number, length: number): Promise<Uint8Array> {
    const { clusterBytes } = this.geometry;
    const bytes = new Uint8Array(length);
    let done = 0;
    for (const run of data.runs) {
      const start = run.vcn * clusterBytes;
      const end = start + run.count * clusterBytes;
      const from = Math.max(offset + done, start);
      if (from >= end || run.cluster === null) continue;
      if (from !== offset + done) break;
      const part = Math.min(end - from, length - done);
      if (part <= 0) break;
      const place = run.cluster * clusterBytes + from - start;
      bytes.set(await readBytes(this.#volume, place, part, this.#signal), done);
      done += part;
    }
    if (done < length) throw corrupt("a system file ends too early");
    return bytes;
  }

  #checkRuns(data: NtfsAttribute): void {
    for (const { cluster, count } of data.runs) {
      if (cluster === null || cluster + count > this.geometry.clusters) {
        throw corrupt("a system file has runs outside the volume");
      }
    }
  }
}

/** The attributes of a system file's first record. */
function systemRecord(bytes: Uint8Array): readonly NtfsAttribute[] {
  const record = parseRecord(bytes);
  if (!record.inUse || record.base !== null) {
    throw corrupt("a system file's record is not in use or not its first");
  }
  return record.attributes;
}

function unnamedData(attributes: readonly NtfsAttribute[]): NtfsAttribute | undefined {
  return attributes.find((one) => one.type === attributeType.data && one.name === "");
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading NTFS: ${what}`);
}
