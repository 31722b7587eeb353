import type { BlobStore } from "../state/blob-store.ts";
import type { Content } from "../state/content.ts";
import type { JsonFiles } from "../state/json-files.ts";
import { KeyedQueue } from "../state/keyed-queue.ts";
import type { BucketConfiguration } from "./configuration/records.ts";
import { ossError } from "./errors.ts";
import {
  type BucketRecord,
  type DeleteMarker,
  isObject,
  type ObjectDraft,
  type ObjectRecord,
  type PartRecord,
  type UploadRecord,
  type VersionRecord,
} from "./records.ts";
import { UploadStore } from "./upload-store.ts";
import {
  fromStored,
  isSoundKey,
  keyOf,
  markDeleted,
  publish,
  type StoredKey,
  toStored,
  type Versions,
  withoutVersion,
} from "./versions.ts";

interface Bucket {
  record: BucketRecord;
  readonly keys: Map<string, Versions>;
  /** Keys in order; made when asked for. */
  sortedKeys: readonly string[] | undefined;
}

/** Looks at the latest version before it is replaced, and may throw to keep it. */
export type PublishGuard = (earlier: ObjectRecord | undefined) => void;

/** What the deletion of a key did. */
export interface Deletion {
  /** The version that went, when one was named and there. */
  readonly removed: VersionRecord | undefined;
  /** The marker that was put instead, in a bucket with versions. */
  readonly marker: DeleteMarker | undefined;
}

/**
 * Buckets, objects and uploads: in memory for reading, on disk before any change is acknowledged.
 *
 * Bytes are written first (to a blob), then the record that refers to them; a crash in between leaves a blob nobody
 * refers to, which the next start sweeps away.
 */
export class OssStore extends UploadStore {
  readonly #files: JsonFiles;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #queue = new KeyedQueue();

  /** `now` tells simulated time. */
  constructor(blobs: BlobStore, files: JsonFiles, now: () => number) {
    super(blobs, files, now);
    this.#files = files;
    this.#now = now;
  }

  async load(): Promise<void> {
    const completed = new Set<string>();
    for (const record of await this.#files.readAll<BucketRecord>("buckets", {
      nameOf: ({ name }) => name,
    })) {
      const keys = new Map<string, Versions>();
      for (const stored of await this.#files.readAll<StoredKey>(`objects/${record.name}`, {
        nameOf: (key) => keyOf(key) ?? "",
        isSound: (key) => isSoundKey(key, record.name),
      })) {
        const versions = fromStored(stored);
        for (const version of versions) {
          if (!isObject(version)) continue;
          this.blobs.retain(version.content);
          if (version.uploadId) completed.add(version.uploadId);
        }
        const [first] = versions;
        if (first) keys.set(first.key, versions);
      }
      this.#buckets.set(record.name, { record, keys, sortedKeys: undefined });
    }
    await this.loadUploads((upload) => !completed.has(upload.uploadId) && this.#buckets.has(upload.bucket));
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
      else this.#buckets.set(record.name, { record, keys: new Map(), sortedKeys: undefined });
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
    for (const { record, keys } of this.#buckets.values()) {
      latest = Math.max(latest, record.configuration?.worm?.createdAtMs ?? 0);
      for (const version of [...keys.values()].flat()) {
        const thawedAtMs = isObject(version) ? (version.thawing?.askedAtMs ?? 0) : 0;
        latest = Math.max(latest, version.simulatedAtMs ?? 0, thawedAtMs);
      }
    }
    return Math.max(latest, this.latestUploadMs());
  }

  /** Removes a bucket; tells `false` when it still holds something. */
  async removeBucket(name: string): Promise<boolean> {
    return this.#queue.run(`bucket ${name}`, async () => {
      if ((this.#buckets.get(name)?.keys.size ?? 0) > 0 || this.uploads(name).length > 0) return false;
      await this.#files.remove("buckets", name);
      await this.#files.removeAll(`objects/${name}`);
      this.#buckets.delete(name);
      return true;
    });
  }

  /** The object a key stands for now; `undefined` also where the latest version marks a deletion. */
  object(bucket: string, key: string): ObjectRecord | undefined {
    const [latest] = this.versions(bucket, key);
    return isObject(latest) ? latest : undefined;
  }

  /** The versions of a key, the latest first. */
  versions(bucket: string, key: string): Versions {
    return this.#buckets.get(bucket)?.keys.get(key) ?? [];
  }

  /** Keys of a bucket that stand for an object now, ascending. */
  keys(bucket: string): readonly string[] {
    return this.allKeys(bucket).filter((key) => this.object(bucket, key) !== undefined);
  }

  /** Keys of a bucket, ascending, those with nothing but earlier versions included. */
  allKeys(bucket: string): readonly string[] {
    const known = this.#buckets.get(bucket);
    if (!known) return [];
    known.sortedKeys ??= [...known.keys.keys()].sort();
    return known.sortedKeys;
  }

  /**
   * Publishes an object as the latest version of its key, and returns it with the version it got. `guard` runs when no
   * other change of the key can come between.
   */
  async putObject(draft: ObjectDraft, guard?: PublishGuard): Promise<ObjectRecord> {
    return this.withContent(draft.content, () =>
      this.#changeKey(draft.bucket, draft.key, (versions, versioning) => {
        guard?.(isObject(versions[0]) ? versions[0] : undefined);
        const dated = { ...draft, simulatedAtMs: draft.simulatedAtMs ?? this.#now() };
        const published = publish(versions, dated, versioning);
        return { next: published.versions, result: published.record };
      }),
    );
  }

  /** Holds new bytes while `use` decides whether to keep them; those it did not keep are freed. */
  async withContent<T>(content: Content, use: () => Promise<T>): Promise<T> {
    this.blobs.retain(content);
    try {
      return await use();
    } finally {
      await this.blobs.release(content);
    }
  }

  /**
   * Replaces a version in its place: its permissions, tags, thawing, or what was appended to it. `change` gets the version
   * as it is then; `undefined` when it is gone.
   */
  async changeVersion(
    target: ObjectRecord,
    change: (current: ObjectRecord) => ObjectRecord,
  ): Promise<ObjectRecord | undefined> {
    return this.#changeKey(target.bucket, target.key, (versions) => {
      const index = versions.findIndex((version) => version.versionId === target.versionId);
      const current = versions[index];
      if (!isObject(current)) return { next: versions, result: undefined };
      const changed = change(current);
      return { next: versions.with(index, changed), result: changed };
    });
  }

  /** Deletes a key: the version named, or else what the bucket's versioning makes of it. */
  async removeObject(
    bucket: string,
    key: string,
    options: {
      readonly versionId?: string | undefined;
      readonly atMs: number;
      /** Tells whether the latest version may still go. */
      readonly when?: (latest: VersionRecord | undefined) => boolean;
    },
  ): Promise<Deletion> {
    return this.#changeKey<Deletion>(bucket, key, (versions, versioning) => {
      const { versionId, atMs, when } = options;
      if (when && !when(versions[0]))
        return { next: versions, result: { removed: undefined, marker: undefined } };
      if (versionId !== undefined) {
        const removed = versions.find((version) => version.versionId === versionId);
        const next = removed ? withoutVersion(versions, versionId) : versions;
        return { next, result: { removed, marker: undefined } };
      }
      const marked = markDeleted(
        versions,
        { bucket, key, modifiedAtMs: atMs, simulatedAtMs: this.#now() },
        versioning,
      );
      return { next: marked.versions, result: { removed: undefined, marker: marked.marker } };
    });
  }

  /**
   * Turns an upload into an object. `assemble` gets the parts while no part can change, and returns the object or
   * throws; `false` when the upload is gone.
   */
  async completeUpload(
    uploadId: string,
    assemble: (upload: UploadRecord, parts: ReadonlyMap<number, PartRecord>) => ObjectDraft,
    guard: PublishGuard,
  ): Promise<ObjectRecord | false> {
    return this.endUpload(uploadId, (upload, parts) => this.putObject(assemble(upload, parts), guard));
  }

  /** Changes the versions of one key: on disk first, then in memory; bytes of versions that went are let go. */
  async #changeKey<T>(
    bucketName: string,
    key: string,
    change: (
      versions: Versions,
      versioning: BucketRecord["versioning"],
    ) => { readonly next: Versions; readonly result: T },
  ): Promise<T> {
    return this.#queue.run(`object ${bucketName}/${key}`, async () => {
      const bucket = this.#buckets.get(bucketName);
      if (!bucket) throw ossError("NoSuchBucket", { elements: { BucketName: bucketName } });
      const before = bucket.keys.get(key) ?? [];
      const { next, result } = change(before, bucket.record.versioning);
      if (next === before || (next.length === 0 && before.length === 0)) return result;
      const [old, kept] = [new Set(before), new Set(next)];
      const added = next.filter((version) => !old.has(version));
      for (const version of added) this.#retain(version);
      try {
        if (next.length > 0) await this.#files.write(`objects/${bucketName}`, key, toStored(next));
        else await this.#files.remove(`objects/${bucketName}`, key);
      } catch (error) {
        for (const version of added) await this.#release(version);
        throw error;
      }
      if (next.length > 0) bucket.keys.set(key, next);
      else bucket.keys.delete(key);
      if (before.length === 0 || next.length === 0) bucket.sortedKeys = undefined;
      for (const version of before) if (!kept.has(version)) await this.#release(version);
      return result;
    });
  }

  #retain(version: VersionRecord): void {
    if (isObject(version)) this.blobs.retain(version.content);
  }

  async #release(version: VersionRecord): Promise<void> {
    if (isObject(version)) await this.blobs.release(version.content);
  }
}
