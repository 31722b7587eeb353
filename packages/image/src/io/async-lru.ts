/**
 * Keeps the values used last, up to a total weight, and loads each only once however many ask at the same time.
 *
 * A load that fails is forgotten, and everyone waiting for it gets the error.
 */
export class AsyncLru<V> {
  readonly #maximumWeight: number;
  readonly #weigh: (value: V) => number;
  /** In order of use: a Map keeps insertion order, and an entry is put in again when used. */
  readonly #values = new Map<number, V>();
  readonly #loading = new Map<number, Promise<V>>();
  #weight = 0;

  constructor(maximumWeight: number, weigh: (value: V) => number) {
    this.#maximumWeight = maximumWeight;
    this.#weigh = weigh;
  }

  /** The value if it is here already; counts as a use. */
  peek(key: number): V | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, value);
    }
    return value;
  }

  /** The value, loaded if need be. `load` must not depend on the cancelling of one caller: others may wait for it too. */
  get(key: number, load: () => Promise<V>): Promise<V> {
    const value = this.peek(key);
    if (value !== undefined) return Promise.resolve(value);
    const known = this.#loading.get(key);
    if (known) return known;
    const loading = load().then(
      (loaded) => {
        this.#loading.delete(key);
        this.#keep(key, loaded);
        return loaded;
      },
      (error: unknown) => {
        this.#loading.delete(key);
        throw error;
      },
    );
    this.#loading.set(key, loading);
    return loading;
  }

  /** Drops every value kept. */
  clear(): void {
    this.#values.clear();
    this.#weight = 0;
  }

  #keep(key: number, value: V): void {
    this.#values.set(key, value);
    this.#weight += this.#weigh(value);
    for (const [oldest, old] of this.#values) {
      if (this.#weight <= this.#maximumWeight || oldest === key) break;
      this.#values.delete(oldest);
      this.#weight -= this.#weigh(old);
    }
  }
}
