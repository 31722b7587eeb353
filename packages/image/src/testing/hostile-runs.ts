/*
 * How long tests go on making broken images. As a rule a few hundred each; with SAMPAN_HOSTILE_SECONDS set, each such test goes on for
 * that long with images that no run before it had:
 *
 *   SAMPAN_HOSTILE_SECONDS=300 npx vitest run packages/image/src/formats
 */
const seconds = Number(process.env.SAMPAN_HOSTILE_SECONDS ?? 0);

/** Parameters for `fc.assert`: so many runs, or for as long as SAMPAN_HOSTILE_SECONDS says. */
export function hostileRuns(numRuns: number): { numRuns: number; interruptAfterTimeLimit?: number } {
  return seconds > 0
    ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: seconds * 1000 }
    : { numRuns };
}

/** Time limit of a test that makes broken images, in milliseconds. */
export const hostileTimeoutMs = 60_000 + seconds * 2000;
