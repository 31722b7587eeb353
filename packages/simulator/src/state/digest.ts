import { createHash, type Hash } from "node:crypto";
import { createCRC64, type IHasher } from "hash-wasm";

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

/** MD5 and CRC-64/XZ of bytes as they pass by. */
export class RunningDigest {
  readonly #md5: Hash = createHash("md5");
  readonly #crc: IHasher;

  private constructor(crc: IHasher) {
    this.#crc = crc;
  }

  static async start(): Promise<RunningDigest> {
    const crc = idle.pop() ?? (await createCRC64());
    crc.init();
    return new RunningDigest(crc);
  }

  update(bytes: Uint8Array): void {
    this.#md5.update(bytes);
    this.#crc.update(bytes);
  }

  /** Ends the digest; nothing may be added afterwards. Must be called, also when the result is not wanted. */
  finish(): BodyDigest {
    const md5 = this.#md5.digest();
    const crc64 = BigInt(`0x${this.#crc.digest("hex")}`);
    if (idle.length < idleLimit) idle.push(this.#crc);
    return { md5Hex: md5.toString("hex").toUpperCase(), md5Base64: md5.toString("base64"), crc64 };
  }
}
