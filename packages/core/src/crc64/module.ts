/*
 * CRC-64/XZ in WebAssembly: a fold for long messages, and tables for what it leaves.
 *
 * Modulo the polynomial, one 64-bit word of a message may be taken away if it is added (XOR) at certain words behind it: the sum of
 * x^(64·n) for n = 0 and the distances below, counted backwards, is a multiple of the polynomial. It has eight terms and was found by
 * search; as the polynomial is a multiple of x + 1 their number is even, and those of six are longer than a first cache. Word after
 * word is so moved to the words behind it, two in one vector, until only those behind the message are left. That costs seven loads for
 * sixteen bytes; eight tables cost eight for eight bytes, and must wait for one another.
 */

/** ECMA-182, bits reversed. */
export const polynomial = 0xc96c5795d7870f42n;
const wordBytes = 8;
/** How many words behind a word those lie that it is added to. */
export const foldDistances = [156, 460, 563, 888, 1322, 1337, 2444] as const;
/** How many bytes behind the last word that is folded are touched. */
export const reachBytes = 2444 * wordBytes;
/** Bytes folded at one call; with what lies before them they stay in the second cache. */
export const chunkBytes = 256 * 1024;
const vectorBytes = 16;
const unroll = 4;
/** Bytes that `fold` takes in one step; what it is given must be a multiple. */
export const stepBytes = vectorBytes * unroll;
const tablesAt = reachBytes + chunkBytes;
const tableBytes = 256 * wordBytes;

/** The module, ready to use: what was folded last lies in the first `reachBytes`, what is new in the `chunkBytes` behind it. */
export interface Crc64Module {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Folds the bytes of memory from `begin` to `end`, in place; both are multiples of `stepBytes` from `reachBytes` on. */
  readonly fold: (begin: number, end: number) => void;
  /** Goes on with a register, neither inverted, over the bytes from `begin` to `end`, a multiple of eight. */
  readonly tables: (register: bigint, begin: number, end: number) => bigint;
}

/** Compiles the module. A millisecond; the result is for one thread and one caller at a time. */
export function makeCrc64Module(): Crc64Module {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const module = instance.exports as unknown as Crc64Module;
  fillTables(new BigUint64Array(module.memory.buffer, tablesAt, 8 * 256));
  return module;
}

/** The first of the tables: the remainder of each byte. */
export function byteTable({ memory }: Crc64Module): BigUint64Array {
  return new BigUint64Array(memory.buffer, tablesAt, 256);
}

/** The remainder of each byte, and of each byte followed by one to seven zeros. */
function fillTables(tables: BigUint64Array): void {
  for (let byte = 0; byte < 256; byte++) {
    let remainder = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      remainder = (remainder & 1n) === 1n ? (remainder >> 1n) ^ polynomial : remainder >> 1n;
    }
    tables[byte] = remainder;
  }
  for (let index = 256; index < tables.length; index++) {
    const shorter = tables[index - 256] ?? 0n;
    tables[index] = (shorter >> 8n) ^ (tables[Number(shorter & 255n)] ?? 0n);
  }
}

/** The part of the runtime's WebAssembly that is used: its declarations come with a browser's, which are not loaded. */
interface Runtime {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Runtime };

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const constant = (value: number) => [0x41, ...signed(value)];
const add = [0x6a];
const subtract = [0x6b];
/** Opens a block and a loop in it, which is left when the first number is not below the second. */
const whileBelow = (at: number, end: number) => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...[...get(at), ...get(end), 0x4f, 0x0d, 1],
];
/** Closes both; the loop goes on. */
const again = [0x0c, 0, 0x0b, 0x0b];

function foldBody(): number[] {
  const [at, end, sum] = [0, 1, 2];
  const vectorLoad = (offset: number) => [0xfd, 0x00, 0, ...unsigned(offset)];
  const vectorStore = (offset: number) => [0xfd, 0x0b, 0, ...unsigned(offset)];
  const xor = [0xfd, 0x51];
  const code: number[] = [
    // Both become bases, the reach below the bytes meant, since offsets of loads cannot be negative.
    ...[...get(at), ...constant(reachBytes), ...subtract, ...set(at)],
    ...[...get(end), ...constant(reachBytes), ...subtract, ...set(end)],
    ...whileBelow(at, end),
  ];
  for (let place = reachBytes; place < reachBytes + stepBytes; place += vectorBytes) {
    code.push(...get(at), ...vectorLoad(place));
    for (const words of foldDistances) {
      code.push(...get(at), ...vectorLoad(place - words * wordBytes), ...xor);
    }
    code.push(...set(sum), ...get(at), ...get(sum), ...vectorStore(place));
  }
  code.push(...get(at), ...constant(stepBytes), ...add, ...set(at), ...again, 0x0b);
  // One vector.
  return [1, 1, 0x7b, ...code];
}

function tablesBody(): number[] {
  const [register, at, end, mixed] = [0, 1, 2, 3];
  const longLoad = (offset: number) => [0x29, 0, ...unsigned(offset)];
  const code: number[] = [
    ...whileBelow(at, end),
    ...[...get(register), ...get(at), ...longLoad(0), 0x85, ...set(mixed)],
  ];
  for (let place = 0; place < wordBytes; place++) {
    // The byte at that place, times the eight bytes of an entry, in the table of as many zeros as follow it.
    code.push(...get(mixed), 0x42, ...signed(place * 8), 0x88, 0xa7, ...constant(255), 0x71);
    code.push(...constant(3), 0x74, ...longLoad(tablesAt + (wordBytes - 1 - place) * tableBytes));
    if (place > 0) code.push(0x85);
  }
  code.push(...set(register), ...get(at), ...constant(wordBytes), ...add, ...set(at), ...again);
  code.push(...get(register), 0x0b);
  // One 64-bit number.
  return [1, 1, 0x7e, ...code];
}

function moduleBytes(): Uint8Array {
  const pages = Math.ceil((tablesAt + 8 * tableBytes) / 65_536);
  const [i32, i64] = [0x7f, 0x7e];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, ...[0x60, 2, i32, i32, 0], ...[0x60, 3, i64, i32, i32, 1, i64]]),
    ...section(3, [2, 0, 1]),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, [3, ...name("memory"), 2, 0, ...name("fold"), 0, 0, ...name("tables"), 0, 1]),
    ...section(10, [2, ...[foldBody(), tablesBody()].flatMap((body) => [...unsigned(body.length), ...body])]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...[...text].map((letter) => letter.charCodeAt(0))];
}

/** A number as WebAssembly writes it: seven bits a byte, lowest first. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** A positive number where one below zero is possible: the last byte's highest of seven bits stays free. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
