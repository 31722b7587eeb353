import { describe, expect, it } from "vitest";
import { isSampanError, SampanError } from "./errors.ts";
import { retry, retryDelayMs } from "./retry.ts";
import { virtualClock } from "./testing/virtual-clock.ts";

const policy = { attempts: 5, baseMs: 100, capMs: 1000 };
const busy = (retryAfterMs?: number) =>
  new SampanError("CLOUD_THROTTLED", "x", {
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

describe("retry", () => {
  it("doubles the bound of its waits up to the cap, with jitter below it", () => {
    expect([1, 2, 3, 4, 5, 60].map((attempt) => retryDelayMs(policy, attempt, () => 0.999_999))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
    expect(retryDelayMs(policy, 3, () => 0)).toBe(0);
  });

  it("tries until it succeeds and waits at least as long as it was asked to", async () => {
    const clock = virtualClock();
    let calls = 0;
    const result = await retry(
      async () => {
        if (++calls < 4) throw busy(calls === 2 ? 5000 : undefined);
        return "done";
      },
      { policy, clock, random: () => 0.5 },
    );
    expect(result).toBe("done");
    expect(clock.slept).toEqual([50, 5000, 200]);
  });

  it("gives up at once on an error that is not retryable, and in the end on one that is", async () => {
    const clock = virtualClock();
    const fatal = new SampanError("CLOUD_FAILED", "no");
    await expect(retry(() => Promise.reject(fatal), { policy, clock })).rejects.toBe(fatal);
    let calls = 0;
    const always = () => {
      calls++;
      return Promise.reject(busy());
    };
    await expect(retry(always, { policy, clock })).rejects.toMatchObject({ code: "CLOUD_THROTTLED" });
    expect(calls).toBe(5);
  });

  it("ends a wait at once when cancelled", async () => {
    const clock = virtualClock({ jump: false });
    const controller = new AbortController();
    const waiting = retry(() => Promise.reject(busy()), { policy, clock, signal: controller.signal });
    await Promise.resolve();
    controller.abort("by hand");
    const error = await waiting.catch((thrown: unknown) => thrown);
    expect(isSampanError(error, "CORE_CANCELLED")).toBe(true);
    expect(String(error)).toContain("by hand");
  });
});
