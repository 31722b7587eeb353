import { SampanError } from "@sampan/core";
import { expect, it } from "vitest";
import { Lease } from "./lease.ts";

it("ends when it was not renewed for its length, and nothing may be recorded then", async () => {
  const lease = new Lease("stage upload", 300);
  await new Promise((resolve) => lease.signal.addEventListener("abort", resolve));
  expect(lease.end).toBe("lost");
  expect(lease.isHeld()).toBe(false);
  expect(lease.signal.reason).toMatchObject({ code: "RUN_LEASE_LOST" });
});

it("whose work is told to stop still lets it record what it has to say", () => {
  const lease = new Lease("stage upload", 60_000);
  lease.stop("stopped", new SampanError("CORE_CANCELLED", "cancelled on request"));
  lease.stop("shutdown", new SampanError("RUN_LEASE_LOST", "told to end"));
  expect([lease.end, lease.isHeld(), lease.lost.aborted]).toEqual(["stopped", true, false]);
  lease.lose();
  expect([lease.end, lease.isHeld(), lease.lost.aborted]).toEqual(["lost", false, true]);
  expect(lease.signal.reason).toMatchObject({ code: "CORE_CANCELLED" });
  lease.close();
});
