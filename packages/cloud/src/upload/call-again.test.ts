import { type ErrorCode, type JsonObject, SampanError } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { type CallAgainOptions, callAgain } from "./call-again.ts";
import { type FailureClass, failureClass, usualRetries } from "./retry-classes.ts";

const errorOf = (code: ErrorCode, details: JsonObject = {}, more = {}) =>
  new SampanError(code, "sending", { retryable: true, details, ...more });

const examples: readonly (readonly [FailureClass, SampanError])[] = [
  ["throttled", errorOf("CLOUD_THROTTLED", { httpStatus: 503, vendorCode: "SlowDown" })],
  ["server", errorOf("CLOUD_FAILED", { httpStatus: 500, vendorCode: "InternalError" })],
  ["server", errorOf("CLOUD_FAILED", { httpStatus: 200, vendorCode: "InternalError" })],
  ["reset", errorOf("CLOUD_UNREACHABLE", { networkCode: "ECONNRESET" })],
  ["reset", errorOf("CLOUD_UNREACHABLE", { networkCode: "EPIPE" })],
  ["reset", errorOf("CLOUD_UNREACHABLE", { networkCode: "HPE_INVALID_CONSTANT" })],
  ["reset", errorOf("CLOUD_UNREACHABLE", { vendorCode: "IncompleteBody", httpStatus: 400 })],
  ["timeout", errorOf("CLOUD_UNREACHABLE", { networkCode: "ETIMEDOUT" })],
  ["timeout", errorOf("CLOUD_UNREACHABLE", { vendorCode: "RequestTimeout", httpStatus: 400 })],
  ["unreachable", errorOf("CLOUD_UNREACHABLE", { networkCode: "ENOTFOUND" })],
  ["unreachable", errorOf("CLOUD_UNREACHABLE", { networkCode: "ENETUNREACH" })],
  ["corrupt", errorOf("CLOUD_UPLOAD_CORRUPT")],
  ["answer", errorOf("CLOUD_ANSWER_INVALID", { httpStatus: 502 })],
  ["signing", errorOf("CLOUD_CLOCK_SKEWED", { httpStatus: 403 })],
  ["signing", errorOf("CLOUD_CREDENTIALS_REFUSED", { vendorCode: "SecurityTokenExpired" })],
  ["other", errorOf("CLOUD_FAILED", { httpStatus: 408 })],
];

/** Calls something that fails `times` times with `error`, on a clock that jumps. */
async function failing(error: SampanError, times: number, changes: Partial<CallAgainOptions> = {}) {
  const clock = virtualClock();
  let calls = 0;
  const outcome = await callAgain(
    async () => {
      if (calls++ < times) throw error;
      return "done";
    },
    {
      clock,
      random: () => 0.999_999,
      signal: undefined,
      policy: undefined,
      reached: () => true,
      onRetry: () => {},
      ...changes,
    },
  ).catch((thrown: unknown) => thrown);
  return { outcome, calls, slept: clock.slept };
}

describe("a call that failed", () => {
  it.each(examples)("is of the class %s", (failure, error) => expect(failureClass(error)).toBe(failure));

  it.each(examples)("is made again as often as its class %s allows, and no more", async (failure, error) => {
    const { attempts } = usualRetries[failure];
    expect((await failing(error, attempts - 1)).outcome).toBe("done");
    const given = await failing(error, attempts);
    expect(given.outcome).toBe(error);
    expect(given.calls).toBe(attempts);
  });

  it("waits longer each time up to the cap of its class, with jitter over all of the wait", async () => {
    const [, error] = examples[3] ?? [];
    if (error === undefined) throw new Error("no example");
    const { slept } = await failing(error, 9);
    expect(slept).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 20_000, 20_000]);
    expect((await failing(error, 5, { random: () => 0 })).slept).toEqual([0, 0, 0, 0, 0]);
  });

  it("waits as long as the store asks for", async () => {
    const error = errorOf("CLOUD_THROTTLED", { httpStatus: 503 }, { retryAfterMs: 90_000 });
    expect((await failing(error, 2)).slept).toEqual([90_000, 90_000]);
  });

  it("survives minutes without a network, but not for a store that never answered", async () => {
    const error = errorOf("CLOUD_UNREACHABLE", { networkCode: "ENETUNREACH" });
    const outage = await failing(error, 30);
    expect(outage.outcome).toBe("done");
    expect(outage.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(600_000);
    const never = await failing(error, 30, { reached: () => false });
    expect(never.outcome).toBe(error);
    expect(never.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(120_000);
  });

  it("counts each class by itself", async () => {
    let call = 0;
    const reset = errorOf("CLOUD_UNREACHABLE", { networkCode: "ECONNRESET" });
    const corrupt = errorOf("CLOUD_UPLOAD_CORRUPT");
    const clock = virtualClock();
    const outcome = await callAgain(
      async ({ number, timedOut }) => {
        call++;
        if (call <= 3) throw corrupt;
        if (call <= 14) throw reset;
        return { number, timedOut };
      },
      {
        clock,
        random: () => 0,
        signal: undefined,
        policy: undefined,
        reached: () => true,
        onRetry: () => {},
      },
    );
    expect(outcome).toEqual({ number: 15, timedOut: 0 });
  });

  it("is not made again when nothing says that it helps", async () => {
    const refused = new SampanError("CLOUD_PERMISSION_DENIED", "sending: AccessDenied");
    expect(await failing(refused, 1)).toMatchObject({ outcome: refused, calls: 1 });
  });
});
