import { createCipheriv, createHmac } from "node:crypto";
import { SampanError } from "@sampan/core";

/** Tells the bytes of a part from all others, in 32 letters of lower-case hex. */
export type PartDigest = (bytes: Uint8Array) => string;

/** Bytes of a key of digests. */
export const digestKeyBytes = 16;
// Every tag of a key has the same. Who saw two tags, and knew the bytes, could compute others: none leaves this file as it is.
const nonce = new Uint8Array(12);

/**
 * Makes the digest of parts under a key: HMAC-SHA-256, cut to 128 bits, of their GMAC with AES-128 (NIST SP 800-38D), some 10 GB a
 * second where the processor has instructions for it. Two parts that differ have one digest with a chance below 2^-100, as long as whoever
 * chose their bytes does not know the key; digests themselves may be seen, and stand in journals and events.
 *
 * @throws `CORE_ARGUMENT` for a key that is not of 16 bytes.
 */
export function partDigest(key: Uint8Array): PartDigest {
  if (key.length !== digestKeyBytes) {
    throw new SampanError("CORE_ARGUMENT", `a key of digests has ${key.length} bytes: it must have 16`);
  }
  return (bytes) => {
    const cipher = createCipheriv("aes-128-gcm", key, nonce);
    cipher.setAAD(bytes);
    cipher.final();
    return createHmac("sha256", key).update(cipher.getAuthTag()).digest("hex").slice(0, 32);
  };
}
