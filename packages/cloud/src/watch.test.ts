import { SampanError } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { type Look, watch } from "./watch.ts";

const hour = 3_600_000;
const late = (_seen: string, deadlineMs: number) =>
  new SampanError("CLOUD_DEADLINE", `not done in ${deadlineMs} ms`);

describe("watching while somebody sets the clock", () => {
  it.each([
    ["ahead", 5 * hour],
    ["back", -5 * hour],
  ])("%s ends it neither early nor late, and makes nothing stand still", async (_which, byMs) => {
    const clock = virtualClock();
    const stalls: number[] = [];
    const seen: number[] = [];
    let looks = 0;
    const look = async (before: { sinceMs: number; waitedMs: number }): Promise<Look<never>> => {
      if (++looks === 3) clock.setWall(byMs);
      seen.push(before.sinceMs, before.waitedMs);
      return { seen: `at ${looks}` };
    };
    const watching = watch(look, {
      clock,
      pollMs: 10_000,
      slowestFactor: 1,
      stallMs: 60_000,
      onStall: ({ sinceMs }) => stalls.push(sinceMs),
      deadlineMs: 300_000,
      late,
    });
    await expect(watching).rejects.toMatchObject({ code: "CLOUD_DEADLINE" });
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(300_000);
    expect(stalls).toEqual([]);
    expect(Math.min(...seen)).toBe(0);
    expect(Math.max(...seen)).toBeLessThanOrEqual(300_000);
  });
});
