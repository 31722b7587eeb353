import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { isSampanError, SampanError } from "./errors.ts";

describe("the system clock", () => {
  it("wakes a sleeper at once when its signal aborts, with the reason that was given", async () => {
    const controller = new AbortController();
    const lost = new SampanError("RUN_LOCKED", "the lock was lost");
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort(lost);
    await expect(sleeping).rejects.toBe(lost);
    const refused = await systemClock
      .sleep(60_000, AbortSignal.abort("earlier"))
      .catch((error: unknown) => error);
    expect(isSampanError(refused, "CORE_CANCELLED")).toBe(true);
  });

  it("sleeps at least as long as asked", async () => {
    const before = systemClock.now();
    await systemClock.sleep(5);
    expect(systemClock.now() - before).toBeGreaterThanOrEqual(4);
  });
});
