import { KiB } from "@sampan/core";
import { expect, it } from "vitest";
import { preparedUpload, sourceOf, target } from "../testing/upload-fixture.ts";
import { bandwidthBudget } from "./bandwidth-limit.ts";
import { uploadObject } from "./upload-object.ts";

it("holds uploads that share a budget to it together", async () => {
  const { cloud, store, bytes, options } = await preparedUpload();
  const bandwidth = bandwidthBudget({ bytesPerSecond: 100 * KiB, uploads: 2, clock: cloud.clock });
  const startedAt = cloud.clock.now();
  await Promise.all(
    ["a.vhd", "b.vhd"].map((key) =>
      uploadObject(store, sourceOf(bytes), { ...target, key }, { ...options, bandwidth }),
    ),
  );
  const seconds = (cloud.clock.now() - startedAt) / 1000;
  expect(seconds).toBeGreaterThan((2 * bytes.length) / (100 * KiB) - 1.5);
});

it("leaves all of a budget to the only one that sends", async () => {
  const { cloud, store, bytes, source, options } = await preparedUpload();
  const bandwidth = bandwidthBudget({ bytesPerSecond: 200 * KiB, uploads: 4, clock: cloud.clock });
  const startedAt = cloud.clock.now();
  await uploadObject(store, source, target, { ...options, bandwidth });
  const seconds = (cloud.clock.now() - startedAt) / 1000;
  expect(seconds).toBeLessThan(bytes.length / (50 * KiB) - 1.5);
});

it("opens no more connections than an upload's share keeps busy", async () => {
  const { cloud, store, source, options } = await preparedUpload();
  const bandwidth = bandwidthBudget({ bytesPerSecond: 80 * KiB, uploads: 2, clock: cloud.clock });
  const uploadPart = store.uploadPart.bind(store);
  let open = 0;
  let most = 0;
  store.uploadPart = async (...given) => {
    most = Math.max(most, ++open);
    const part = await uploadPart(...given);
    open--;
    return part;
  };
  await uploadObject(store, source, target, { ...options, parallel: 8, bandwidth });
  expect(most).toBe(2);
});

it("refuses a budget that is too small to be shared", () => {
  expect(() => bandwidthBudget({ bytesPerSecond: 60 * KiB, uploads: 4 })).toThrow(
    expect.objectContaining({ code: "CORE_ARGUMENT" }),
  );
});
