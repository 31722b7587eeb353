import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { partDigest } from "./part-digest.ts";

describe("the digest of a part", () => {
  it("is made of GMAC, that of nothing being the first published one, and does not show it", () => {
    // NIST's validation vectors for GCM, test case 1: key, nonce and text of zeros.
    const tag = Buffer.from("58e2fccefa7e3061367f1d57a4e7455a", "hex");
    const key = new Uint8Array(16);
    const hidden = createHmac("sha256", key).update(tag).digest("hex").slice(0, 32);
    expect(partDigest(key)(new Uint8Array())).toBe(hidden);
  });

  it("depends on every byte, on the length and on the key", () => {
    const key = Uint8Array.from({ length: 16 }, (_, index) => index);
    const digest = partDigest(key);
    const bytes = new Uint8Array(4096);
    const seen = new Set([
      digest(bytes),
      digest(new Uint8Array(4095)),
      partDigest(new Uint8Array(16))(bytes),
    ]);
    for (let at = 0; at < bytes.length; at += 97) {
      bytes[at] = 1;
      seen.add(digest(bytes));
      bytes[at] = 0;
    }
    expect(seen.size).toBe(3 + Math.ceil(bytes.length / 97));
  });

  it("refuses a key of another length", () => {
    expect(() => partDigest(new Uint8Array(8))).toThrow(/it must have 16/);
  });
});
