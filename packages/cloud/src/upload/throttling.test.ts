import { SampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { partBytes, preparedUpload, target } from "../testing/upload-fixture.ts";
import { uploadObject } from "./upload-object.ts";

describe("a store that takes only a few parts at once", () => {
  it("is sent fewer, waits as long as it asks, and has the right object in the end", async () => {
    const { cloud, store, source, bytes, options } = await preparedUpload(120 * partBytes);
    const uploadPart = store.uploadPart.bind(store);
    const inFlight: number[] = [];
    let open = 0;
    let throttled = 0;
    store.uploadPart = async (...given) => {
      inFlight.push(++open);
      try {
        // Every call takes a moment, also one that is refused.
        await cloud.clock.sleep(10);
        await new Promise((resolve) => setImmediate(resolve));
        if (open <= 4) return await uploadPart(...given);
        throttled++;
        throw new SampanError("CLOUD_THROTTLED", "sending: SlowDown", {
          retryable: true,
          retryAfterMs: 700,
          details: { httpStatus: 503, vendorCode: "SlowDown" },
        });
      } finally {
        open--;
      }
    };
    const waits: number[] = [];
    const result = await uploadObject(store, source, target, {
      ...options,
      parallel: 32,
      onRetry: ({ waitMs }) => waits.push(waitMs),
    });
    expect(result).toMatchObject({ sizeBytes: bytes.length, verified: true, parts: 120 });
    expect(throttled).toBeGreaterThan(0);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(700);
    expect(inFlight[31]).toBe(32);
    expect(Math.max(...inFlight.slice(-30))).toBeLessThanOrEqual(6);
  });
});
