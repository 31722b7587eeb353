import type { JsonFiles } from "./json-files.ts";
import { KeyedQueue } from "./keyed-queue.ts";

/** Where a record belongs and what it is called there. */
export interface RecordName {
  readonly accountId: string;
  readonly name: string;
}

/**
 * Records with a name that is unique in an account without regard to case: in memory for reading, on disk before a
 * change is acknowledged. Writes of one record happen in order, and the last one stays.
 */
export class NamedRecords<T> {
  readonly #files: JsonFiles;
  readonly #collection: string;
  readonly #nameOf: (record: T) => RecordName;
  readonly #records = new Map<string, T>();
  readonly #queue = new KeyedQueue();

  constructor(files: JsonFiles, collection: string, nameOf: (record: T) => RecordName) {
    this.#files = files;
    this.#collection = collection;
    this.#nameOf = nameOf;
  }

  async load(): Promise<void> {
    for (const record of await this.#files.readAll<T>(this.#collection)) {
      this.#records.set(keyOf(this.#nameOf(record)), record);
    }
  }

  get(accountId: string, name: string): T | undefined {
    return this.#records.get(keyOf({ accountId, name }));
  }

  /** Records of an account, in the order they were made or loaded. */
  of(accountId: string): readonly T[] {
    return this.all().filter((record) => this.#nameOf(record).accountId === accountId);
  }

  all(): readonly T[] {
    return [...this.#records.values()];
  }

  async put(record: T): Promise<void> {
    const key = keyOf(this.#nameOf(record));
    this.#records.set(key, record);
    await this.#save(key);
  }

  async remove(record: T): Promise<void> {
    const key = keyOf(this.#nameOf(record));
    this.#records.delete(key);
    await this.#save(key);
  }

  async #save(key: string): Promise<void> {
    await this.#queue.run(key, async () => {
      const latest = this.#records.get(key);
      if (latest === undefined) await this.#files.remove(this.#collection, key);
      else await this.#files.write(this.#collection, key, latest);
    });
  }
}

function keyOf({ accountId, name }: RecordName): string {
  return `${accountId}-${name.toLowerCase()}`;
}
