import { hasText, le16, le32, u8 } from "../volumes/fields.ts";
import { corrupt, type HiveCells, none } from "./cells.ts";
import type { RegistryKey } from "./registry-key.ts";
import type { HiveValue } from "./value.ts";

const keyHead = 76;
const valueHead = 20;
/** More subkeys or values than this no key is taken to have. */
const maxEntries = 200_000;
/** A list of lists names lists; one that names a list of lists again is as deep as any was seen. */
const maxListDepth = 3;

/** Where a subkey lies, and what its list says of its name: a hash of it, its first four characters, or nothing. */
interface Entry {
  readonly offset: number;
  readonly hint: { readonly kind: "hash" | "start"; readonly value: number } | null;
}

/** A key of a hive. */
export class HiveKey implements RegistryKey {
  readonly name: string;
  readonly #cells: HiveCells;
  readonly #head: Uint8Array;

  private constructor(cells: HiveCells, head: Uint8Array, name: string) {
    this.#cells = cells;
    this.#head = head;
    this.name = name;
  }

  /** Reads the key in a cell; `GUEST_REGISTRY_CORRUPT` when none lies there. */
  static async at(cells: HiveCells, offset: number): Promise<HiveKey> {
    const { bytes, lengthBytes } = await cells.cell(offset, keyHead);
    const nameBytes = le16(bytes, 72);
    if (!hasText(bytes, 0, "nk") || keyHead + nameBytes > lengthBytes)
      throw corrupt(`no key lies at ${offset}`);
    const head = bytes.slice();
    const whole = (await cells.cell(offset, keyHead + nameBytes)).bytes;
    return new HiveKey(cells, head, nameText(whole.subarray(keyHead), (le16(head, 2) & 0x20) !== 0));
  }

  /** All subkeys, in the order of the hive. */
  async subkeys(): Promise<readonly HiveKey[]> {
    const keys: HiveKey[] = [];
    for (const entry of await this.#entries()) keys.push(await HiveKey.at(this.#cells, entry.offset));
    return keys;
  }

  /** A subkey by name without regard to case; `undefined` when absent. Reads only keys whose hint fits. */
  async subkey(name: string): Promise<HiveKey | undefined> {
    const wanted = name.toUpperCase();
    for (const entry of await this.#entries()) {
      if (!mayBe(entry, wanted)) continue;
      const key = await HiveKey.at(this.#cells, entry.offset);
      if (key.name.toUpperCase() === wanted) return key;
    }
    return undefined;
  }

  /** All values, in the order of the hive. The one without a name is the key's default. */
  async values(): Promise<readonly HiveValue[]> {
    const values: HiveValue[] = [];
    for (const offset of await this.#valueOffsets())
      values.push(await this.#valueAt(offset, await this.#nameAt(offset)));
    return values;
  }

  /** A value by name without regard to case; `undefined` when absent. */
  async value(name: string): Promise<HiveValue | undefined> {
    for (const offset of await this.#valueOffsets()) {
      const own = await this.#nameAt(offset);
      if (own.toUpperCase() === name.toUpperCase()) return this.#valueAt(offset, own);
    }
    return undefined;
  }

  async #entries(): Promise<readonly Entry[]> {
    const count = le32(this.#head, 20);
    const list = le32(this.#head, 28);
    if (count === 0 || list === none) return [];
    if (count > maxEntries) throw corrupt(`a key has ${count} subkeys`);
    const entries: Entry[] = [];
    await this.#addList(list, 0, count, entries);
    return entries;
  }

  async #addList(offset: number, depth: number, count: number, entries: Entry[]): Promise<void> {
    const { bytes: head } = await this.#cells.cell(offset, 4);
    const kind = String.fromCharCode(u8(head, 0), u8(head, 1));
    const length = le16(head, 2);
    const entryBytes = kind === "lf" || kind === "lh" ? 8 : 4;
    if (!["lf", "lh", "li", "ri"].includes(kind)) throw corrupt(`no list of subkeys lies at ${offset}`);
    const { bytes } = await this.#cells.cell(offset, 4 + length * entryBytes);
    if (bytes.length < 4 + length * entryBytes) throw corrupt(`the list at ${offset} is too short`);
    for (let index = 0; index < length; index++) {
      const at = 4 + index * entryBytes;
      if (kind === "ri") {
        if (depth >= maxListDepth) throw corrupt("lists of subkeys name each other");
        await this.#addList(le32(bytes, at), depth + 1, count, entries);
        continue;
      }
      if (entries.length >= count) throw corrupt("a list of subkeys is longer than its key says");
      const hint =
        kind === "li"
          ? null
          : ({ kind: kind === "lh" ? "hash" : "start", value: le32(bytes, at + 4) } as const);
      entries.push({ offset: le32(bytes, at), hint });
    }
  }

  async #valueOffsets(): Promise<readonly number[]> {
    const count = le32(this.#head, 36);
    const list = le32(this.#head, 40);
    if (count === 0 || list === none) return [];
    if (count > maxEntries) throw corrupt(`a key has ${count} values`);
    return this.#cells.offsets(list, count);
  }

  async #nameAt(offset: number): Promise<string> {
    const { bytes, lengthBytes } = await this.#cells.cell(offset, valueHead);
    const nameBytes = le16(bytes, 2);
    if (!hasText(bytes, 0, "vk") || valueHead + nameBytes > lengthBytes)
      throw corrupt(`no value lies at ${offset}`);
    const latin1 = (le16(bytes, 16) & 1) !== 0;
    return nameText(
      (await this.#cells.cell(offset, valueHead + nameBytes)).bytes.subarray(valueHead),
      latin1,
    );
  }

  async #valueAt(offset: number, name: string): Promise<HiveValue> {
    const { bytes: head } = await this.#cells.cell(offset, valueHead);
    const told = le32(head, 4);
    const length = told & 0x7fffffff;
    const type = le32(head, 12);
    // Up to four bytes stand in the place of the offset, with the highest bit of the length set.
    const bytes =
      told > 0x7fffffff
        ? head.slice(8, 8 + Math.min(length, 4))
        : length === 0
          ? new Uint8Array(0)
          : await this.#cells.value(le32(head, 8), length);
    return { name, type, bytes };
  }
}

/** Whether a list's hint lets an entry have a name, which is in upper case. */
function mayBe({ hint }: Entry, wanted: string): boolean {
  // What JavaScript makes of other letters may differ from Windows.
  if (hint === null || !/^[\x20-\x7e]*$/.test(wanted)) return true;
  if (hint.kind === "hash") {
    let hash = 0;
    for (let i = 0; i < wanted.length; i++) hash = (Math.imul(hash, 37) + wanted.charCodeAt(i)) >>> 0;
    return hash === hint.value;
  }
  const start = Array.from({ length: 4 }, (_, i) => (hint.value >>> (i * 8)) & 0xff);
  return start.every(
    (code, i) => code === 0 || String.fromCharCode(code).toUpperCase() === (wanted[i] ?? ""),
  );
}

/** A name of a key or value: Latin-1 where its flag says so, else UTF-16. */
function nameText(bytes: Uint8Array, latin1: boolean): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return text.toString(latin1 ? "latin1" : "utf16le");
}
