import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { SharedMd5 } from "./shared-md5.ts";

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

it("is MD5 of inputs of every length around a block's", async () => {
  const inputs = [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 121, 128, 65_535, 65_536, 65_537, 200_001].map(
    (length) => randomBytes(length),
  );
  const hashes = await Promise.all(
    inputs.map(async (input) => {
      const hash = new SharedMd5();
      await hash.update([input]);
      return hash.digest().toString("hex");
    }),
  );
  expect(hashes).toEqual(inputs.map(md5));
});

it("does not depend on how inputs are cut, on their number, or on what else is hashed meanwhile", async () => {
  for (let round = 0; round < 30; round++) {
    const inputs = Array.from({ length: 1 + (round % 11) }, (_, index) =>
      randomBytes((round * 7919 + index * 104_729) % 300_000),
    );
    const hashes = await Promise.all(
      inputs.map(async (input, index) => {
        const hash = new SharedMd5();
        const step = 1 + ((round * 31 + index * 997) % 70_000);
        for (let from = 0; from < input.length; from += step * 3) {
          const pieces = [0, 1, 2].map((n) =>
            input.subarray(from + n * step, Math.min(input.length, from + (n + 1) * step)),
          );
          await hash.update(pieces);
        }
        return hash.digest().toString("hex");
      }),
    );
    expect(hashes).toEqual(inputs.map(md5));
  }
});
