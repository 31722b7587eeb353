import type { JsonFiles } from "../../state/json-files.ts";
import { KeyedQueue } from "../../state/keyed-queue.ts";

/**
 * Records of one kind, in memory and on disk.
 *
 * Memory changes at once; the file is written in turn, from what is in memory then, so that it never goes back.
 */
export class RecordTable<T> {
  readonly #files: JsonFiles;
  readonly #collection: string;
  readonly #idOf: (record: T) => string;
  readonly #records = new Map<string, T>();
  readonly #queue = new KeyedQueue();

  constructor(files: JsonFiles, collection: string, idOf: (record: T) => string) {
    this.#files = files;
    this.#collection = collection;
    this.#idOf = idOf;
  }

  async load(): Promise<void> {
    for (const record of await this.#files.readAll<T>(this.#collection, { nameOf: this.#idOf })) {
      this.#records.set(this.#idOf(record), record);
    }
  }

  get(id: string): T | undefined {
    return this.#records.get(id);
  }

  values(): readonly T[] {
    return [...this.#records.values()];
  }

  /** Keeps a record, new or changed. On disk when the promise resolves. */
  async put(record: T): Promise<void> {
    const id = this.#idOf(record);
    this.#records.set(id, record);
    await this.#queue.run(id, async () => {
      const latest = this.#records.get(id);
      if (latest !== undefined) await this.#files.write(this.#collection, id, latest);
    });
  }

  /** Removes a record; tells whether there was one. */
  async remove(id: string): Promise<boolean> {
    if (!this.#records.delete(id)) return false;
    await this.#queue.run(id, () => this.#files.remove(this.#collection, id));
    return true;
  }
}
