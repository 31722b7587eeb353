import type { BlobStore } from "../state/blob-store.ts";
import { isContent } from "../state/content.ts";
import type { JsonFiles } from "../state/json-files.ts";
import { KeyedQueue } from "../state/keyed-queue.ts";
import type { BucketConfiguration } from "./configuration/records.ts";
import type { BucketRecord, ObjectRecord, PartRecord, UploadRecord } from "./records.ts";

interface Upload {
  readonly record: UploadRecord;
  readonly parts: Map<number, PartRecord>;
}

interface Bucket {
  record: BucketRecord;
  readonly objects: Map<string, ObjectRecord>;
  /** Keys in order; made when asked for. */
  sortedKeys: readonly string[] | undefined;
}

/**
 * Buckets, objects and uploads: in memory for reading, on disk before any change is acknowledged.
 *
 * Bytes are written first (to a blob), then the record that refers to them; a crash in between leaves a blob nobody
 * refers to, which the next start sweeps away.
 */
export class OssStore {
  readonly blobs: BlobStore;
  readonly #files: JsonFiles;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #uploads = new Map<string, Upload>();
  readonly #queue = new KeyedQueue();

  /** `now` tells simulated time. */
  constructor(blobs: BlobStore, files: JsonFiles, now: () => number) {
    this.blobs = blobs;
    this.#files = files;
    this.#now = now;
  }

  async load(): Promise<void> {
    const completed = new Set<string>();
    for (const record of await this.#files.readAll<BucketRecord>("buckets", {
      nameOf: ({ name }) => name,
    })) {
      const objects = new Map<string, ObjectRecord>();
      for (const object of await this.#files.readAll<ObjectRecord>(`objects/${record.name}`, {
        nameOf: ({ key }) => key,
        isSound: ({ content, bucket }) => isContent(content) && bucket === record.name,
      })) {
        objects.set(object.key, object);
        this.blobs.retain(object.content);
        if (object.uploadId) completed.add(object.uploadId);
      }
      this.#buckets.set(record.name, { record, objects, sortedKeys: undefined });
    }
    for (const record of await this.#files.readAll<UploadRecord>("uploads", {
      nameOf: ({ uploadId }) => uploadId,
    })) {
      if (completed.has(record.uploadId) || !this.#buckets.has(record.bucket)) {
        await this.#removeUploadFiles(record.uploadId);
        continue;
      }
      const parts = await this.#files.readAll<PartRecord>(`parts/${record.uploadId}`, {
        nameOf: ({ number }) => partName(number),
        isSound: ({ content }) => isContent(content),
      });
      for (const part of parts) this.blobs.retain(part.content);
      this.#uploads.set(record.uploadId, {
        record,
        parts: new Map(parts.map((part) => [part.number, part])),
      });
    }
    // What a removal that was cut off has left.
    for (const uploadId of await this.#files.collections("parts")) {
      if (!this.#uploads.has(uploadId)) await this.#files.removeAll(`parts/${uploadId}`);
    }
    for (const bucket of await this.#files.collections("objects")) {
      if (!this.#buckets.has(bucket)) await this.#files.removeAll(`objects/${bucket}`);
    }
  }

  bucket(name: string): BucketRecord | undefined {
    return this.#buckets.get(name)?.record;
  }

  buckets(): readonly BucketRecord[] {
    return [...this.#buckets.values()].map(({ record }) => record).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async putBucket(record: BucketRecord): Promise<void> {
    await this.#queue.run(`bucket ${record.name}`, async () => {
      await this.#files.write("buckets", record.name, record);
      const known = this.#buckets.get(record.name);
      if (known) known.record = record;
      else this.#buckets.set(record.name, { record, objects: new Map(), sortedKeys: undefined });
    });
  }

  /** Changes a bucket that exists, with no other change of it in between. What `change` throws prevents it. */
  async changeBucket(name: string, change: (bucket: BucketRecord) => BucketRecord): Promise<void> {
    await this.#queue.run(`bucket ${name}`, async () => {
      const known = this.#buckets.get(name);
      if (!known) return;
      const record = change(known.record);
      await this.#files.write("buckets", name, record);
      known.record = record;
    });
  }

  /** Sets parts of a bucket's configuration; `undefined` takes one away. */
  async configureBucket(
    name: string,
    change: { readonly [Part in keyof BucketConfiguration]: BucketConfiguration[Part] | undefined },
  ): Promise<void> {
    await this.changeBucket(name, (bucket) => {
      const configuration = Object.entries({ ...bucket.configuration, ...change }).filter(
        ([, value]) => value !== undefined,
      );
      return { ...bucket, configuration: Object.fromEntries(configuration) as BucketConfiguration };
    });
  }

  /** The latest simulated moment on record; 0 when there is none. */
  latestMs(): number {
    let latest = 0;
    for (const { record, objects } of this.#buckets.values()) {
      latest = Math.max(latest, record.configuration?.worm?.createdAtMs ?? 0);
      for (const object of objects.values()) latest = Math.max(latest, object.simulatedAtMs ?? 0);
    }
    for (const { record } of this.#uploads.values()) latest = Math.max(latest, record.simulatedAtMs ?? 0);
    return latest;
  }

  /** Removes a bucket; tells `false` when it still holds something. */
  async removeBucket(name: string): Promise<boolean> {
    return this.#queue.run(`bucket ${name}`, async () => {
      if ((this.#buckets.get(name)?.objects.size ?? 0) > 0 || this.uploads(name).length > 0) return false;
      await this.#files.remove("buckets", name);
      await this.#files.removeAll(`objects/${name}`);
      this.#buckets.delete(name);
      return true;
    });
  }

  object(bucket: string, key: string): ObjectRecord | undefined {
    return this.#buckets.get(bucket)?.objects.get(key);
  }

  /** Keys of a bucket, ascending. */
  keys(bucket: string): readonly string[] {
    const known = this.#buckets.get(bucket);
    if (!known) return [];
    known.sortedKeys ??= [...known.objects.keys()].sort();
    return known.sortedKeys;
  }

  /**
   * Publishes an object in place of an earlier one. `guard` runs when no other change of the key can come between, and
   * may throw to prevent it.
   */
  async putObject(written: ObjectRecord, guard?: (earlier: ObjectRecord | undefined) => void): Promise<void> {
    const record = { ...written, simulatedAtMs: written.simulatedAtMs ?? this.#now() };
    this.blobs.retain(record.content);
    try {
      await this.#queue.run(`object ${record.bucket}/${record.key}`, async () => {
        const earlier = this.object(record.bucket, record.key);
        guard?.(earlier);
        await this.#files.write(`objects/${record.bucket}`, record.key, record);
        const bucket = this.#buckets.get(record.bucket);
        bucket?.objects.set(record.key, record);
        if (bucket && !earlier) bucket.sortedKeys = undefined;
        if (earlier) await this.blobs.release(earlier.content);
      });
    } catch (error) {
      await this.blobs.release(record.content);
      throw error;
    }
  }

  /** Changes what is known of an object, but not its content; nothing happens when it is gone. */
  async changeObject(
    bucket: string,
    key: string,
    change: (object: ObjectRecord) => ObjectRecord,
  ): Promise<void> {
    await this.#queue.run(`object ${bucket}/${key}`, async () => {
      const current = this.object(bucket, key);
      const changed = current && change(current);
      if (!changed || changed === current) return;
      await this.#files.write(`objects/${bucket}`, key, changed);
      this.#buckets.get(bucket)?.objects.set(key, changed);
    });
  }

  /** Removes an object, if it is one `when` wants gone; tells whether it did. */
  async removeObject(
    bucket: string,
    key: string,
    when: (object: ObjectRecord) => boolean = () => true,
  ): Promise<boolean> {
    return this.#queue.run(`object ${bucket}/${key}`, async () => {
      const record = this.object(bucket, key);
      if (!record || !when(record)) return false;
      await this.#files.remove(`objects/${bucket}`, key);
      const known = this.#buckets.get(bucket);
      known?.objects.delete(key);
      if (known) known.sortedKeys = undefined;
      await this.blobs.release(record.content);
      return true;
    });
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
      .run(`upload ${uploadId}`, async () => {
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
    return this.#queue.run(`upload ${uploadId}`, () => this.#dropUpload(uploadId));
  }

  /**
   * Turns an upload into an object. `assemble` gets the parts while no part can change, and returns the object or
   * throws; `false` when the upload is gone.
   */
  async completeUpload(
    uploadId: string,
    assemble: (upload: UploadRecord, parts: ReadonlyMap<number, PartRecord>) => ObjectRecord,
    guard: (earlier: ObjectRecord | undefined) => void,
  ): Promise<ObjectRecord | false> {
    return this.#queue.run(`upload ${uploadId}`, async () => {
      const upload = this.#uploads.get(uploadId);
      if (!upload) return false;
      const record = assemble(upload.record, upload.parts);
      await this.putObject(record, guard);
      await this.#dropUpload(uploadId);
      return record;
    });
  }

  async #dropUpload(uploadId: string): Promise<boolean> {
    const upload = this.#uploads.get(uploadId);
    if (!upload) return false;
    this.#uploads.delete(uploadId);
    await this.#removeUploadFiles(uploadId);
    for (const part of upload.parts.values()) await this.blobs.release(part.content);
    return true;
  }

  async #removeUploadFiles(uploadId: string): Promise<void> {
    await this.#files.remove("uploads", uploadId);
    await this.#files.removeAll(`parts/${uploadId}`);
  }
}

function partName(number: number): string {
  return `part-${String(number).padStart(5, "0")}`;
}
