/**
 * The language server's names of chains beside their places in the text. The server follows values and knows which chain is the
 * second of the default export; the outline knows where they stand. Each lens says both: where it is, and the server's name.
 */
export class ChainIds {
  readonly #ids = new Map<string, ReadonlyMap<number, string>>();

  /** Takes the names that lenses of a file gave, by the places of their chains. True when something changed. */
  take(uri: string, found: ReadonlyMap<number, string>): boolean {
    const before = this.#ids.get(uri);
    const same = before?.size === found.size && [...found].every(([chain, id]) => before.get(chain) === id);
    if (!same) this.#ids.set(uri, found);
    return !same;
  }

  /** The server's name of a chain; `undefined` before a lens was asked for. */
  of(uri: string, chain: number): string | undefined {
    return this.#ids.get(uri)?.get(chain);
  }

  /** Which plan of the file's default export a chain is, from 0 on; `undefined` where that is not known. */
  exportIndex(uri: string, chain: number): number | undefined {
    const match = /^default(?:\[(\d+)\])?$/.exec(this.of(uri, chain) ?? "");
    return match === null ? undefined : Number(match[1] ?? 0);
  }
}
