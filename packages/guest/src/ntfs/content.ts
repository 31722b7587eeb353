import { MiB, SampanError } from "@sampan/core";
import type { PagedReader } from "../files/paged-reader.ts";
import type { NtfsGeometry } from "./boot-sector.ts";
import { unpackLznt1 } from "./lznt1.ts";
import { attributeFlags, type NtfsAttribute, type NtfsRun } from "./record.ts";

/** NTFS compresses 16 clusters of at most 4 KiB together. */
const maxUnitBytes = MiB;

/** The bytes of one attribute, put together from its pieces in one or more records. */
export class NtfsContent {
  readonly sizeBytes: number;
  readonly #initializedBytes: number;
  readonly #value: Uint8Array | null;
  readonly #runs: readonly NtfsRun[];
  readonly #unitClusters: number;
  readonly #clusterBytes: number;
  readonly #reader: PagedReader;
  /** The unit unpacked last. */
  #unpacked: { readonly unit: number; readonly bytes: Uint8Array } | undefined;

  /**
   * Pieces may come in any order. Refuses with `GUEST_FS_CORRUPT` those that leave a gap, overlap or leave the volume, and
   * with `GUEST_FS_UNSUPPORTED` what is encrypted.
   */
  constructor(pieces: readonly NtfsAttribute[], geometry: NtfsGeometry, reader: PagedReader) {
    const sorted = [...pieces].sort((a, b) => a.firstVcn - b.firstVcn);
    const first = sorted[0];
    if (first === undefined || (first.value !== null && sorted.length > 1)) {
      throw corrupt("a content is told twice");
    }
    if ((first.flags & attributeFlags.encrypted) !== 0) throw unsupported("it is encrypted");
    let vcn = 0;
    for (const piece of sorted) {
      if (piece.firstVcn !== vcn) throw corrupt("a content has pieces missing");
      vcn += piece.runs.reduce((sum, run) => sum + run.count, 0);
    }
    this.#runs = sorted.flatMap((piece) => piece.runs);
    if (this.#runs.some((run) => run.cluster !== null && run.cluster + run.count > geometry.clusters)) {
      throw corrupt("a content has runs outside the volume");
    }
    this.#clusterBytes = geometry.clusterBytes;
    if (vcn * this.#clusterBytes > Number.MAX_SAFE_INTEGER)
      throw corrupt("a content is larger than any can be");
    if (first.value === null && first.sizeBytes > vcn * this.#clusterBytes) {
      throw corrupt("a content is longer than its runs");
    }
    if (first.unitClusters * this.#clusterBytes > maxUnitBytes) {
      throw unsupported(`${first.unitClusters} clusters of it are compressed together`);
    }
    this.#unitClusters = first.unitClusters;
    this.#value = first.value;
    this.sizeBytes = first.sizeBytes;
    this.#initializedBytes = first.initializedBytes;
    this.#reader = reader;
  }

  /** Bytes from a place on, fewer where the content ends; `length` is a bounded number of the caller's. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (this.#value !== null) return this.#value.slice(offset, offset + length);
    const wanted = Math.max(0, Math.min(length, this.sizeBytes - offset));
    // What was never written reads as zero, whatever its clusters hold.
    const there = Math.max(0, Math.min(wanted, this.#initializedBytes - offset));
    const bytes = this.#unitClusters > 1 ? await this.#unpack(offset, there) : await this.#raw(offset, there);
    if (there === wanted) return bytes;
    const padded = new Uint8Array(wanted);
    padded.set(bytes);
    return padded;
  }

  /** Bytes as the clusters hold them; holes are zero. */
  async #raw(offset: number, length: number): Promise<Uint8Array> {
    const first = this.#runAt(Math.floor(offset / this.#clusterBytes));
    const run = this.#runs[first];
    const within = run === undefined ? 0 : offset - run.vcn * this.#clusterBytes;
    if (run && run.cluster !== null && within + length <= run.count * this.#clusterBytes) {
      return this.#reader.read(run.cluster * this.#clusterBytes + within, length);
    }
    const bytes = new Uint8Array(length);
    for (let index = first, done = 0; done < length; index++) {
      const { vcn, count, cluster } = this.#runs[index] as NtfsRun;
      const skipped = offset + done - vcn * this.#clusterBytes;
      const part = Math.min(count * this.#clusterBytes - skipped, length - done);
      if (cluster !== null) {
        bytes.set(await this.#reader.read(cluster * this.#clusterBytes + skipped, part), done);
      }
      done += part;
    }
    return bytes;
  }

  async #unpack(offset: number, length: number): Promise<Uint8Array> {
    const unitBytes = this.#unitClusters * this.#clusterBytes;
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const unit = Math.floor((offset + done) / unitBytes);
      const skipped = offset + done - unit * unitBytes;
      const part = Math.min(unitBytes - skipped, length - done);
      bytes.set((await this.#unit(unit)).subarray(skipped, skipped + part), done);
      done += part;
    }
    return bytes;
  }

  /** A unit unpacked. As many clusters as it has: stored as it is; fewer: compressed; none: a hole. */
  async #unit(unit: number): Promise<Uint8Array> {
    if (this.#unpacked?.unit === unit) return this.#unpacked.bytes;
    const unitBytes = this.#unitClusters * this.#clusterBytes;
    const firstVcn = unit * this.#unitClusters;
    let stored = 0;
    for (let index = this.#runAt(firstVcn); index < this.#runs.length; index++) {
      const { vcn, count, cluster } = this.#runs[index] as NtfsRun;
      if (cluster === null || vcn >= firstVcn + this.#unitClusters) break;
      stored = Math.min(vcn + count - firstVcn, this.#unitClusters);
    }
    const raw = await this.#raw(firstVcn * this.#clusterBytes, stored * this.#clusterBytes);
    const bytes =
      stored === this.#unitClusters
        ? raw
        : stored === 0
          ? new Uint8Array(unitBytes)
          : unpackLznt1(raw, unitBytes);
    this.#unpacked = { unit, bytes };
    return bytes;
  }

  /** Index of the run that holds a cluster of the content. */
  #runAt(vcn: number): number {
    let low = 0;
    let high = this.#runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#runs[middle] as NtfsRun).vcn <= vcn) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading a file of NTFS: ${what}`);
}

function unsupported(what: string): SampanError {
  return new SampanError("GUEST_FS_UNSUPPORTED", `reading a file of NTFS: ${what}`);
}
