import type { Random } from "@sampan/core";

/** Numbers that look random and are the same for the same seed: Marsaglia's xorshift over 32 bits, its state stirred first. */
export function seededRandom(seed: number): Random {
  // Seeds that are near each other give numbers that are not; 0 would give nothing but 0.
  let state = Math.imul((seed >>> 0) ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  for (let turn = 0; turn < 8; turn++) next();
  return next;
}
