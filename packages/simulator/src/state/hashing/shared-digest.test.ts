import { createHash, randomBytes } from "node:crypto";
import { createCRC64 } from "hash-wasm";
import { expect, it } from "vitest";
import { SharedDigest } from "./shared-digest.ts";

const both = (bytes: Uint8Array) => ({
  md5: createHash("md5").update(bytes).digest("hex"),
  crc64: BigInt(`0x${crc.init().update(bytes).digest("hex")}`),
});
const crc = await createCRC64();
const digestOf = (hash: SharedDigest) => {
  const { md5, crc64 } = hash.digest();
  return { md5: md5.toString("hex"), crc64 };
};

it("is MD5 and CRC-64 of inputs of every length around a block's", async () => {
  const inputs = [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 121, 128, 65_535, 65_536, 65_537, 200_001].map(
    (length) => randomBytes(length),
  );
  const hashes = await Promise.all(
    inputs.map(async (input) => {
      const hash = new SharedDigest();
      await hash.update([input]);
      return digestOf(hash);
    }),
  );
  expect(hashes).toEqual(inputs.map(both));
});

it("does not depend on how inputs are cut, on their number, or on what else is hashed meanwhile", async () => {
  for (let round = 0; round < 30; round++) {
    const inputs = Array.from({ length: 1 + (round % 11) }, (_, index) =>
      randomBytes((round * 7919 + index * 104_729) % 300_000),
    );
    const hashes = await Promise.all(
      inputs.map(async (input, index) => {
        const hash = new SharedDigest();
        const step = 1 + ((round * 31 + index * 997) % 70_000);
        for (let from = 0; from < input.length; from += step * 3) {
          const pieces = [0, 1, 2].map((n) =>
            input.subarray(from + n * step, Math.min(input.length, from + (n + 1) * step)),
          );
          await hash.update(pieces);
        }
        return digestOf(hash);
      }),
    );
    expect(hashes).toEqual(inputs.map(both));
  }
});
