import { createHash, type Hash } from "node:crypto";
import { Crc64 } from "@sampan/core";
import { SharedMd5 } from "./hashing/shared-md5.ts";

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
 * The MD5 of a body that comes alone is Node's, the quickest for one. When another is under way already, it goes where several
 * bodies are hashed together: four at once cost little more than one.
 */
export class RunningDigest {
  readonly #crc64 = new Crc64();
  readonly #md5: Hash | SharedMd5;
  #result: BodyDigest | undefined;

  constructor() {
    this.#md5 = running++ === 0 ? createHash("md5") : new SharedMd5();
  }

  /** Adds bytes; they must not change until this resolves, and one call follows the other. */
  async update(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) this.#crc64.update(piece);
    if (this.#md5 instanceof SharedMd5) await this.#md5.update(pieces);
    else for (const piece of pieces) this.#md5.update(piece);
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
    return {
      md5Hex: md5.toString("hex").toUpperCase(),
      md5Base64: md5.toString("base64"),
      crc64: this.#crc64.digest(),
    };
  }
}
