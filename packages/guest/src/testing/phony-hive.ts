import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "./tools.ts";

const baseBytes = 4096;
const binHead = 32;
const noCell = 0xffffffff;

/** Writes the cells of a hive one after the other; for what hivex does not write. */
export class PhonyHive {
  readonly #bin = Buffer.alloc(256 * 1024);
  #end = binHead;

  /** Adds a cell in use and gives its offset. */
  add(content: Uint8Array): number {
    const offset = this.#end;
    const size = Math.ceil((content.length + 4) / 8) * 8;
    this.#bin.writeInt32LE(-size, offset);
    this.#bin.set(content, offset + 4);
    this.#end += size;
    return offset;
  }

  /** Adds a key; lists are offsets of cells. */
  addKey(
    name: string,
    options: {
      readonly subkeys?: readonly [count: number, list: number];
      readonly values?: readonly [count: number, list: number];
      readonly security?: number;
      readonly root?: boolean;
    } = {},
  ): number {
    const wide = /[^\x20-\xff]/.test(name);
    const text = Buffer.from(name, wide ? "utf16le" : "latin1");
    const key = Buffer.alloc(76 + text.length);
    key.write("nk", 0, "latin1");
    key.writeUInt16LE((wide ? 0 : 0x20) | (options.root ? 0x0c : 0), 2);
    key.writeUInt32LE(options.subkeys?.[0] ?? 0, 20);
    key.writeUInt32LE(options.subkeys?.[1] ?? noCell, 28);
    key.writeUInt32LE(noCell, 32);
    key.writeUInt32LE(options.values?.[0] ?? 0, 36);
    key.writeUInt32LE(options.values?.[1] ?? noCell, 40);
    key.writeUInt32LE(options.security ?? noCell, 44);
    key.writeUInt32LE(noCell, 48);
    key.writeUInt16LE(text.length, 72);
    text.copy(key, 76);
    return this.add(key);
  }

  /** The file, with its base block. */
  finish(root: number, minor = 5): Buffer {
    const binBytes = Math.ceil((this.#end + 8) / 4096) * 4096;
    const bin = this.#bin.subarray(0, binBytes);
    bin.write("hbin", 0, "latin1");
    bin.writeUInt32LE(binBytes, 8);
    bin.writeInt32LE(binBytes - this.#end, this.#end);
    const base = Buffer.alloc(baseBytes);
    base.write("regf", 0, "latin1");
    base.writeUInt32LE(1, 4);
    base.writeUInt32LE(1, 8);
    base.writeUInt32LE(1, 20);
    base.writeUInt32LE(minor, 24);
    base.writeUInt32LE(1, 32);
    base.writeUInt32LE(root, 36);
    base.writeUInt32LE(binBytes, 40);
    base.writeUInt32LE(1, 44);
    let sum = 0;
    for (let at = 0; at < 508; at += 4) sum ^= base.readUInt32LE(at);
    base.writeUInt32LE(sum >>> 0, 508);
    return Buffer.concat([base, bin]);
  }
}

/** A hive with a root key and nothing else, to which hivex adds. */
function emptyHive(): Buffer {
  const hive = new PhonyHive();
  const security = Buffer.alloc(20 + 20);
  security.write("sk", 0, "latin1");
  security.writeUInt32LE(1, 12);
  security.writeUInt32LE(20, 16);
  security.writeUInt16LE(1, 20);
  security.writeUInt16LE(0x8000, 22);
  const at = hive.add(security);
  return hive.finish(hive.addKey("ROOT", { security: at, root: true }));
}

/** Makes a hive from the text of a `.reg` file, whose keys begin with `prefix`, with hivexregedit. */
export function makeHive(prefix: string, reg: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "sampan-hive-"));
  try {
    const path = join(folder, "hive");
    const text = join(folder, "text.reg");
    writeFileSync(path, emptyHive());
    writeFileSync(text, `Windows Registry Editor Version 5.00\n\n${withParents(prefix, reg)}\n`);
    runTool("hivexregedit", ["--merge", "--prefix", prefix, path, text]);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The text with every key's parents before it, as hivexregedit wants it. */
function withParents(prefix: string, reg: string): string {
  const made = new Set([prefix]);
  const lines = reg.split("\n").flatMap((line) => {
    if (!line.startsWith(`[${prefix}\\`)) return [line];
    const names = line.slice(prefix.length + 2, -1).split("\\");
    const missing = names
      .map((_, i) => [prefix, ...names.slice(0, i + 1)].join("\\"))
      .filter((path) => !made.has(path));
    for (const path of missing) made.add(path);
    return [...missing.slice(0, -1).flatMap((path) => [`[${path}]`, ""]), line];
  });
  return lines.join("\n");
}
