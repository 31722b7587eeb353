import type { BlobStore } from "../state/blob-store.ts";
import { isContent } from "../state/content.ts";
import type { JsonFiles } from "../state/json-files.ts";
import { KeyedQueue } from "../state/keyed-queue.ts";
import type { PartRecord, UploadRecord } from "./records.ts";

interface Upload {
  readonly record: UploadRecord;
  readonly parts: Map<number, PartRecord>;
}

/** Multipart uploads in progress: in memory for reading, on disk before any change is acknowledged. */
export class UploadStore {
  readonly blobs: BlobStore;
  readonly #files: JsonFiles;
  readonly #now: () => number;
  readonly #uploads = new Map<string, Upload>();
  readonly #queue = new KeyedQueue();

  /** `now` tells simulated time. */
  constructor(blobs: BlobStore, files: JsonFiles, now: () => number) {
    this.blobs = blobs;
    this.#files = files;
    this.#now = now;
  }

  /** Reads the uploads back; those not wanted any more, and what is left of others, are removed. */
  protected async loadUploads(isWanted: (upload: UploadRecord) => boolean): Promise<void> {
    for (const record of await this.#files.readAll<UploadRecord>("uploads", {
      nameOf: ({ uploadId }) => uploadId,
    })) {
      if (!isWanted(record)) {
        await this.#removeFiles(record.uploadId);
        continue;
      }
      const parts = await this.#files.readAll<PartRecord>(`parts/${record.uploadId}`, {
        nameOf: ({ number }) => partName(number),
        isSound: ({ content }) => isContent(content),
      });
      for (const part of parts) this.blobs.retain(part.content);
      this.#uploads.set(record.uploadId, {
        record: { ...record, tags: record.tags ?? [] },
        parts: new Map(parts.map((part) => [part.number, part])),
      });
    }
    // What a removal that was cut off has left.
    for (const uploadId of await this.#files.collections("parts")) {
      if (!this.#uploads.has(uploadId)) await this.#files.removeAll(`parts/${uploadId}`);
    }
  }

  /** The latest simulated moment an upload was begun; 0 when there is none. */
  protected latestUploadMs(): number {
    let latest = 0;
    for (const { record } of this.#uploads.values()) latest = Math.max(latest, record.simulatedAtMs ?? 0);
    return latest;
  }

  upload(uploadId: string): UploadRecord | undefined {
    return this.#uploads.get(uploadId)?.record;
  }

  /** Uploads of a bucket, ordered by key, then by id. */
  uploads(bucket: string): readonly UploadRecord[] {
    return [...this.#uploads.values()]
      .map(({ record }) => record)
      .filter((record) => record.bucket === bucket)
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.uploadId < b.uploadId ? -1 : 1));
  }

  async createUpload(begun: UploadRecord): Promise<void> {
    const record = { ...begun, simulatedAtMs: this.#now() };
    await this.#files.write("uploads", record.uploadId, record);
    this.#uploads.set(record.uploadId, { record, parts: new Map() });
  }

  /** Parts of an upload, ascending. */
  parts(uploadId: string): readonly PartRecord[] {
    return [...(this.#uploads.get(uploadId)?.parts.values() ?? [])].sort((a, b) => a.number - b.number);
  }

  /** Keeps a part in place of an earlier one of its number; tells `false` when the upload is gone. */
  async putPart(uploadId: string, part: PartRecord): Promise<boolean> {
    this.blobs.retain(part.content);
    const kept = await this.#queue
      .run(uploadId, async () => {
        const upload = this.#uploads.get(uploadId);
        if (!upload) return false;
        const earlier = upload.parts.get(part.number);
        await this.#files.write(`parts/${uploadId}`, partName(part.number), part);
        upload.parts.set(part.number, part);
        if (earlier) await this.blobs.release(earlier.content);
        return true;
      })
      .catch(async (error: unknown) => {
        await this.blobs.release(part.content);
        throw error;
      });
    if (!kept) await this.blobs.release(part.content);
    return kept;
  }

  /** Ends an upload and frees its parts; tells `false` when it is gone. */
  async removeUpload(uploadId: string): Promise<boolean> {
    return this.#queue.run(uploadId, () => this.#drop(uploadId));
  }

  /**
   * Ends an upload by making something of its parts, which do not change meanwhile. When that fails the upload stays;
   * `false` when it is gone.
   */
  protected async endUpload<T>(
    uploadId: string,
    finish: (upload: UploadRecord, parts: ReadonlyMap<number, PartRecord>) => Promise<T>,
  ): Promise<T | false> {
    return this.#queue.run(uploadId, async () => {
      const upload = this.#uploads.get(uploadId);
      if (!upload) return false;
      const result = await finish(upload.record, upload.parts);
      await this.#drop(uploadId);
      return result;
    });
  }

  async #drop(uploadId: string): Promise<boolean> {
    const upload = this.#uploads.get(uploadId);
    if (!upload) return false;
    this.#uploads.delete(uploadId);
    await this.#removeFiles(uploadId);
    for (const part of upload.parts.values()) await this.blobs.release(part.content);
    return true;
  }

  async #removeFiles(uploadId: string): Promise<void> {
    await this.#files.remove("uploads", uploadId);
    await this.#files.removeAll(`parts/${uploadId}`);
  }
}

function partName(number: number): string {
  return `part-${String(number).padStart(5, "0")}`;
}
