import { KiB, Secret } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { Simulator } from "@sampan/simulator";
import { afterEach, describe, expect, it } from "vitest";
import { connectAlibabaCloud } from "../alibaba-cloud.ts";
import { RefreshingCredentials } from "../credentials/refreshing.ts";
import { plainCrc64 } from "../testing/memory-checksum.ts";
import { seededBytes } from "../testing/random-bytes.ts";
import { sourceOf, target } from "../testing/upload-fixture.ts";
import { uploadObject } from "./upload-object.ts";
import type { UploadProgress, UploadRetryNotice } from "./upload-options.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const hourMs = 3_600_000;

/** A store of the simulator whose keys live an hour by the clock of the test. */
async function withSessions() {
  const simulator = await Simulator.start();
  closers.push(() => simulator.stop());
  const clock = virtualClock({ jump: false });
  let fetches = 0;
  const credentials = new RefreshingCredentials(
    {
      description: "sessions of the simulator",
      async fetch() {
        fetches++;
        // Long enough for every part to ask while it is under way.
        await new Promise((resolve) => setTimeout(resolve, 100));
        const session = await simulator.issueSession();
        return {
          accessKeyId: session.accessKeyId,
          accessKeySecret: new Secret(session.accessKeySecret),
          securityToken: new Secret(session.securityToken),
          expiresAt: clock.now() + hourMs,
        };
      },
    },
    clock,
  );
  const cloud = connectAlibabaCloud({ endpoints: { simulator: simulator.endpoint }, credentials });
  closers.push(() => cloud.close());
  const store = cloud.objects("cn-hangzhou");
  await store.createBucket(target.bucket);
  simulator.requests.clear();
  const bytes = seededBytes(64 * 100 * KiB, 5);
  const crc64 = plainCrc64(bytes).toString();
  return { simulator, store, clock, bytes, crc64, fetches: () => fetches };
}

describe("64 parts with a temporary key that ends on the way", () => {
  it("are all taken, with one refresh before its end", async () => {
    const { simulator, store, clock, bytes, crc64, fetches } = await withSessions();
    let landed = 0;
    const retried: UploadRetryNotice[] = [];
    const result = await uploadObject(store, sourceOf(bytes), target, {
      partBytes: 100 * KiB,
      parallel: 16,
      onPart() {
        if (++landed === 20) clock.advance(hourMs - 240_000);
      },
      onRetry: (notice) => retried.push(notice),
    });
    expect(result).toMatchObject({ crc64, verified: true, parts: 64 });
    expect(fetches()).toBe(2);
    expect(retried).toEqual([]);
    const parts = simulator.requests.list("UploadPart");
    expect(parts.map((part) => part.status)).toEqual(Array(64).fill(200));
  });

  it("are signed anew and sent again when the cloud ends it early, with one refresh for all", async () => {
    const { simulator, store, bytes, crc64, fetches } = await withSessions();
    simulator.faults.add({
      effect: { kind: "expireToken" },
      match: { operation: "UploadPart" },
      times: 6,
    });
    const told: UploadProgress[] = [];
    const retried: UploadRetryNotice[] = [];
    const result = await uploadObject(store, sourceOf(bytes), target, {
      partBytes: 100 * KiB,
      parallel: 16,
      onProgress: (progress) => told.push(progress),
      onRetry: (notice) => retried.push(notice),
    });
    expect(result).toMatchObject({ crc64, verified: true });
    expect(simulator.requests.list("UploadPart").filter((part) => part.status === 403)).toHaveLength(6);
    expect(fetches()).toBe(2);
    expect(retried).toEqual([]);
    expect(Math.max(...told.map((progress) => progress.doneBytes))).toBe(bytes.length);
  });
});
