import { createHash, type Hash } from "node:crypto";
import { createCRC64, type IHasher } from "hash-wasm";
import { SharedDigest } from "./hashing/shared-digest.ts";

// Each CRC-64 needs a WebAssembly instance of its own; they are kept for the next body.
const idle: IHasher[] = [];
const idleLimit = 64;

/** Checksums of a body. */
export interface BodyDigest {
  /** Upper-case hex, as an ETag without its quotes. */
  readonly md5Hex: string;
  readonly md5Base64: string;
  /** CRC-64/XZ. */
  readonly crc64: bigint;
}

/** Bodies that are being hashed now. */
let running = 0;

/**
 * MD5 and CRC-64/XZ of bytes as they pass by.
 *
 * A body that comes alone is hashed by Node's MD5 and hash-wasm's CRC-64, the quickest for one. When another is under way
 * already, it goes where several bodies are hashed together: four at once cost little more than one.
 */
export class RunningDigest {
  readonly #hash: SharedDigest | SingleDigest;
  #result: BodyDigest | undefined;

  private constructor(hash: SharedDigest | SingleDigest) {
    this.#hash = hash;
  }

  static async start(): Promise<RunningDigest> {
    const isAlone = running++ === 0;
    return new RunningDigest(isAlone ? await SingleDigest.start() : new SharedDigest());
  }

  /** Adds bytes; they must not change until this resolves, and one call follows the other. */
  async update(pieces: readonly Uint8Array[]): Promise<void> {
    await this.#hash.update(pieces);
  }

  /**
   * Ends the digest; nothing may be added afterwards. Must be called, also when the result is not wanted; a second call
   * gives the same.
   */
  finish(): BodyDigest {
    this.#result ??= this.#finish();
    return this.#result;
  }

  #finish(): BodyDigest {
    running--;
    const { md5, crc64 } = this.#hash.digest();
    return { md5Hex: md5.toString("hex").toUpperCase(), md5Base64: md5.toString("base64"), crc64 };
  }
}

/** The digest of one body by itself. */
class SingleDigest {
  readonly #md5: Hash = createHash("md5");
  readonly #crc: IHasher;

  private constructor(crc: IHasher) {
    this.#crc = crc;
  }

  static async start(): Promise<SingleDigest> {
    const crc = idle.pop() ?? (await createCRC64());
    crc.init();
    return new SingleDigest(crc);
  }

  update(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      this.#md5.update(piece);
      this.#crc.update(piece);
    }
  }

  digest(): { readonly md5: Buffer; readonly crc64: bigint } {
    const crc64 = BigInt(`0x${this.#crc.digest("hex")}`);
    if (idle.length < idleLimit) idle.push(this.#crc);
    return { md5: this.#md5.digest(), crc64 };
  }
}
