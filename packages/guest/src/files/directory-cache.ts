/** Names kept of all directories together; about 30 MB. */
const maxKeptNames = 200_000;

/** Remembers what directories hold, within bounds: a file system may have directories of hundreds of thousands of names. */
export class DirectoryCache<Entry> {
  readonly #directories = new Map<number, ReadonlyMap<string, Entry>>();
  #names = 0;

  get(directory: number): ReadonlyMap<string, Entry> | undefined {
    return this.#directories.get(directory);
  }

  /** Keeps what a directory holds; all others are forgotten when they become too many. */
  set(directory: number, names: ReadonlyMap<string, Entry>): void {
    // An empty directory takes memory too.
    this.#names += names.size + 1;
    if (this.#names > maxKeptNames) {
      this.#directories.clear();
      this.#names = names.size + 1;
    }
    this.#directories.set(directory, names);
  }
}
