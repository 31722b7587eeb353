import { createCRC64 } from "hash-wasm";
import { describe, expect, it } from "vitest";
import { Crc64, crc64 } from "./crc64.ts";
import { chunkBytes, reachBytes } from "./module.ts";

// Another implementation, through tables alone.
const hasher = await createCRC64();
const other = (bytes: Uint8Array) => BigInt(`0x${hasher.init().update(bytes).digest("hex")}`);

/** Bytes that look random and are the same each time. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

describe("CRC-64/XZ", () => {
  it("has the published check value", () => {
    expect(crc64(new TextEncoder().encode("123456789"))).toBe(0x995dc9bbdf1939fan);
    expect(crc64(new Uint8Array())).toBe(0n);
  });

  it.each([
    ...[1, 7, 8, 9, 63, 64, 65, reachBytes - 1, reachBytes, reachBytes + 1, reachBytes + 63],
    ...[2 * reachBytes - 1, 2 * reachBytes, chunkBytes - 1, chunkBytes, chunkBytes + 1],
    ...[chunkBytes + reachBytes, chunkBytes + reachBytes + 64, 3 * chunkBytes + 4_321, 2 ** 21],
  ])("of %i bytes is what another implementation says", (length) => {
    const bytes = noise(length, length);
    expect(crc64(bytes)).toBe(other(bytes));
    // Not at the beginning of its buffer, and after another message.
    const shifted = new Uint8Array(length + 3).subarray(3);
    shifted.set(bytes);
    expect(crc64(shifted)).toBe(other(bytes));
  });

  it("sees every bit", () => {
    const bytes = new Uint8Array(chunkBytes + 2 * reachBytes + 17);
    expect(crc64(bytes)).toBe(other(bytes));
    for (let bit = 0; bit < bytes.length * 8; bit += 40_009) {
      bytes[bit >> 3] = 1 << (bit & 7);
      expect(crc64(bytes)).toBe(other(bytes));
      bytes[bit >> 3] = 0;
    }
    bytes.fill(255);
    expect(crc64(bytes)).toBe(other(bytes));
  });

  it("does not depend on how a message is cut, nor on others that are under way", () => {
    const messages = Array.from({ length: 4 }, (_, index) => noise(500_000 + 101 * index, index));
    for (const most of [9_000, 70_000, 300_000]) {
      const sums = messages.map(() => new Crc64());
      const done = messages.map(() => 0);
      for (let turn = 0; done.some((at) => at < 500_303); turn++) {
        for (const [index, message] of messages.entries()) {
          const at = done[index] ?? 0;
          const length = 1 + ((turn * 7_919 + index * 104_729) % most);
          sums[index]?.update(message.subarray(at, at + length));
          done[index] = at + length;
          // Looking at it on the way changes nothing.
          if (turn % 16 === 0) expect(sums[index]?.digest()).toBe(other(message.subarray(0, at + length)));
        }
      }
      expect(sums.map((sum) => sum.digest())).toEqual(messages.map(other));
    }
  });
});
