import { expect, it } from "vitest";
import { giveBack } from "./give-back.ts";

it("takes the memory of buffers away, and of parts of others none", () => {
  const whole = new Uint8Array(65_536).fill(7);
  const shared = new Uint8Array(65_536).fill(7);
  giveBack([whole, shared.subarray(0, 1024), new Uint8Array()]);
  expect(whole).toHaveLength(0);
  expect(shared.every((byte) => byte === 7)).toBe(true);
  expect(shared).toHaveLength(65_536);
});

it("keeps what lies outside of the heap small, without a collection", () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 200; round++) giveBack([new Uint8Array(1024 * 1024)]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * 1024 * 1024);
});
