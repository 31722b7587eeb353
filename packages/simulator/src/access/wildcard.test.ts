import { processorMs } from "@sampan/core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesWildcard } from "./wildcard.ts";

const letters = fc.constantFrom("a", "b", "/");
const text = fc.string({ unit: letters, maxLength: 12 });
const pattern = fc.string({ unit: fc.oneof(letters, fc.constantFrom("*", "?")), maxLength: 8 });

/** The plainest way to say what a pattern means; too slow for hostile ones. */
function byRegex(given: string, against: string): boolean {
  const source = given.replace(/[.\\/+^$()[\]{}|]/g, "\\$&");
  return new RegExp(`^${source.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(against);
}

describe("wildcards of policies", () => {
  it("mean what the plainest reading of them means", () => {
    fc.assert(
      fc.property(pattern, text, (given, against) => {
        expect(matchesWildcard(given, against)).toBe(byRegex(given, against));
      }),
    );
  });

  it("fit every text they were made from", () => {
    fc.assert(
      fc.property(text, text, text, (front, middle, back) => {
        expect(matchesWildcard(`${front}*${back}`, front + middle + back)).toBe(true);
        expect(matchesWildcard("?".repeat(middle.length), middle)).toBe(true);
      }),
    );
  });

  it("are judged quickly even when made to be slow", () => {
    const startedMs = processorMs();
    expect(matchesWildcard(`${"a*".repeat(200)}b`, "a".repeat(5000))).toBe(false);
    expect(processorMs() - startedMs).toBeLessThan(500);
  });
});
