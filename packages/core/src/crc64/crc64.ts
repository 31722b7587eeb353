import {
  byteTable,
  type Crc64Module,
  chunkBytes,
  foldDistances,
  makeCrc64Module,
  polynomial,
  reachBytes,
  stepBytes,
} from "./module.ts";

const ones = 0xffff_ffff_ffff_ffffn;
/** Pieces from this size on are folded; shorter ones go through tables until one is as long. */
const foldedFromBytes = reachBytes;

/** What one thread needs once, made by the first use. */
interface Engine {
  readonly module: Crc64Module;
  readonly memory: Uint8Array;
  readonly byteTable: BigUint64Array;
  /** What undoes a shift over `reachBytes` zeros. */
  readonly unreach: bigint;
}

let made: Engine | undefined;

function engine(): Engine {
  if (made === undefined) {
    const module = makeCrc64Module();
    const memory = new Uint8Array(module.memory.buffer);
    made = { module, memory, byteTable: byteTable(module), unreach: inversePower(reachBytes * 8) };
  }
  return made;
}

/**
 * The CRC-64/XZ of bytes that are given piece by piece: ECMA-182, reflected, as OSS and the XZ format compute it.
 *
 * Some 8 GB a second on one core for pieces of 256 KiB and more, 5 for those of 64 KiB, 1.6 below 20 KB. Takes 20 KB of memory
 * once a long piece has come. Bytes are read during `update` only. Needs WebAssembly with vectors.
 *
 * Source: {@link https://www.alibabacloud.com/help/en/oss/user-guide/check-data-transmission-integrity-by-using-crc-64 | OSS, CRC-64 check}.
 *
 * @example
 * ```ts
 * const sum = new Crc64();
 * for await (const piece of file) sum.update(piece);
 * console.log(sum.digest().toString());
 * ```
 */
export class Crc64 {
  /** Not inverted; of what came before anything was folded. */
  #register = ones;
  /** The last words that were folded. */
  #history: Uint8Array | undefined;
  /** Bytes behind them, too few to fold. */
  readonly #tail = new Uint8Array(stepBytes);
  #tailLength = 0;

  /** Adds bytes. */
  update(bytes: Uint8Array): this {
    if (this.#history !== undefined || bytes.length >= foldedFromBytes) this.#fold(bytes);
    else this.#register = throughTables(this.#register, bytes);
    return this;
  }

  /** The checksum of all bytes so far; more may follow. */
  digest(): bigint {
    if (this.#history === undefined) return this.#register ^ ones;
    const behind = throughTables(0n, reachedBy(this.#history));
    const register = multiply(behind, engine().unreach);
    return throughTables(register, this.#tail.subarray(0, this.#tailLength)) ^ ones;
  }

  #fold(bytes: Uint8Array): void {
    const { module, memory } = engine();
    const isFirst = this.#history === undefined;
    this.#history ??= new Uint8Array(reachBytes);
    memory.set(this.#history, 0);
    let taken = 0;
    while (taken < bytes.length) {
      memory.set(this.#tail.subarray(0, this.#tailLength), reachBytes);
      const piece = bytes.subarray(taken, taken + chunkBytes - this.#tailLength);
      memory.set(piece, reachBytes + this.#tailLength);
      // A register is a change of the eight bytes that follow; the first piece has as many.
      if (isFirst && taken === 0) addRegister(memory.subarray(reachBytes), this.#register);
      const length = this.#tailLength + piece.length;
      const folded = length - (length % stepBytes);
      this.#tailLength = length - folded;
      this.#tail.set(memory.subarray(reachBytes + folded, reachBytes + length));
      module.fold(reachBytes, reachBytes + folded);
      memory.copyWithin(0, folded, folded + reachBytes);
      taken += piece.length;
    }
    this.#history.set(memory.subarray(0, reachBytes));
  }
}

/** The CRC-64/XZ of a buffer; see {@link Crc64}. */
export function crc64(bytes: Uint8Array): bigint {
  return new Crc64().update(bytes).digest();
}

/** What is added to the bytes behind those that were folded. */
function reachedBy(history: Uint8Array): Uint8Array {
  const from = new Uint32Array(history.buffer, history.byteOffset, reachBytes / 4);
  const into = new Uint32Array(reachBytes / 4);
  for (const distance of foldDistances) {
    const length = distance * 2;
    const begin = from.length - length;
    for (let index = 0; index < length; index++)
      into[index] = (into[index] ?? 0) ^ (from[begin + index] ?? 0);
  }
  return new Uint8Array(into.buffer);
}

function addRegister(bytes: Uint8Array, register: bigint): void {
  let rest = register;
  for (let index = 0; index < 8; index++, rest >>= 8n)
    bytes[index] = (bytes[index] ?? 0) ^ Number(rest & 255n);
}

function throughTables(register: bigint, bytes: Uint8Array): bigint {
  const { module, memory, byteTable } = engine();
  let sum = register;
  let done = 0;
  while (bytes.length - done >= 8) {
    const length = Math.min(chunkBytes, bytes.length - done) & ~7;
    memory.set(bytes.subarray(done, done + length), reachBytes);
    sum = BigInt.asUintN(64, module.tables(sum, reachBytes, reachBytes + length));
    done += length;
  }
  for (; done < bytes.length; done++) {
    sum = (sum >> 8n) ^ (byteTable[Number((sum ^ BigInt(bytes[done] ?? 0)) & 255n)] ?? 0n);
  }
  return sum;
}

// Polynomials below are as in a register: the highest bit is the constant term, a shift to the right multiplies by x.

const one = 1n << 63n;

function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  let term = a;
  for (let bit = 63n; bit >= 0n; bit--) {
    if ((b >> bit) & 1n) product ^= term;
    term = term & 1n ? (term >> 1n) ^ polynomial : term >> 1n;
  }
  return product;
}

/** x to the power of -n. */
function inversePower(n: number): bigint {
  // The polynomial's constant term is 1, so x times (polynomial - 1) / x is 1.
  let square = ((one ^ polynomial) << 1n) | 1n;
  let power = one;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(power, square);
    square = multiply(square, square);
  }
  return power;
}
