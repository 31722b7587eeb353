import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc64 } from "@sampan/core";

/** A checksum over bytes that are given piece by piece. */
export interface IntegrityCheck {
  update(bytes: Uint8Array): void;
  /** The checksum, in the order in which a file stores it. */
  digest(): Uint8Array;
}

/** How long the check of each id is, the unassigned ones included (XZ file format 1.2.1, section 2.1.1.2). */
export const checkBytes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64] as const;

/** Starts the check of an id; `undefined` for none, and for one that nobody has defined. */
export function startCheck(id: number): IntegrityCheck | undefined {
  if (id === 1) return new Crc32Check();
  if (id === 10) return createHash("sha256");
  if (id !== 4) return undefined;
  return new Crc64Check();
}

class Crc64Check implements IntegrityCheck {
  readonly #sum = new Crc64();

  update(bytes: Uint8Array): void {
    this.#sum.update(bytes);
  }

  digest(): Uint8Array {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, this.#sum.digest(), true);
    return bytes;
  }
}

class Crc32Check implements IntegrityCheck {
  #value = 0;

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }

  digest(): Uint8Array {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, this.#value, true);
    return bytes;
  }
}
