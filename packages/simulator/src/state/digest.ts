import { createHash, type Hash } from "node:crypto";
import { createCRC64, type IHasher } from "hash-wasm";
import { SharedMd5 } from "./md5/shared-md5.ts";

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
 * A body that comes alone is hashed by Node's MD5, the quickest for one. When another is under way already, the MD5 is
 * one that several bodies share: four at once cost little more than one.
 */
export class RunningDigest {
  readonly #md5: Hash | SharedMd5;
  readonly #crc: IHasher;
  #result: BodyDigest | undefined;

  private constructor(crc: IHasher) {
    this.#crc = crc;
    this.#md5 = running++ > 0 ? new SharedMd5() : createHash("md5");
  }

  static async start(): Promise<RunningDigest> {
    const crc = idle.pop() ?? (await createCRC64());
    crc.init();
    return new RunningDigest(crc);
  }

  /** Adds bytes; they must not change until this resolves, and one call follows the other. */
  async update(pieces: readonly Uint8Array[]): Promise<void> {
    const shared = this.#md5 instanceof SharedMd5 ? this.#md5.update(pieces) : undefined;
    for (const piece of pieces) {
      if (!(this.#md5 instanceof SharedMd5)) this.#md5.update(piece);
      this.#crc.update(piece);
    }
    await shared;
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
    const md5 = this.#md5.digest();
    const crc64 = BigInt(`0x${this.#crc.digest("hex")}`);
    if (idle.length < idleLimit) idle.push(this.#crc);
    return { md5Hex: md5.toString("hex").toUpperCase(), md5Base64: md5.toString("base64"), crc64 };
  }
}
