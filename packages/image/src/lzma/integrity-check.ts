import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** A checksum over bytes that are given piece by piece. */
export interface IntegrityCheck {
  update(bytes: Uint8Array): void;
  /** The checksum, in the order in which a file stores it. */
  digest(): Uint8Array;
}

/** How long the check of each id is, the unassigned ones included (XZ file format 1.2.1, section 2.1.1.2). */
export const checkBytes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64] as const;

/** Starts the check of an id; `undefined` for none, and for one that nobody has defined. */
export async function startCheck(id: number): Promise<IntegrityCheck | undefined> {
  if (id === 1) return new Crc32Check();
  if (id === 10) return createHash("sha256");
  if (id !== 4) return undefined;
  const { createCRC64 } = await import("hash-wasm");
  const hasher = (await createCRC64()).init();
  return {
    update: (bytes) => hasher.update(bytes),
    digest: () => hasher.digest("binary").reverse(),
  };
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
