import { GiB, SampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import type { CloudImage } from "../image-registry.ts";
import { memoryCloud } from "../testing/memory-cloud.ts";
import { keyOf } from "../testing/memory-object-store.ts";
import { waitForDetection } from "./wait-for-detection.ts";
import { waitForImage } from "./wait-for-image.ts";

const region = "cn-hangzhou";
const item = { name: "GUESTOS.Virtio", value: "Installed", riskCode: "", riskLevel: "" };

async function imported(detect: boolean, detectionMs = 0) {
  const cloud = memoryCloud();
  cloud.pace.detection = [item];
  cloud.pace.detectionMs = detectionMs;
  const disk = { bucket: "images", key: "web-01.vhd" };
  await cloud.objects(region).createBucket(disk.bucket);
  const info = { ...disk, sizeBytes: 3, etag: '"E"', crc64: null, metadata: {}, storageClass: "Standard" };
  cloud.world.objects.set(keyOf(disk), { info, bytes: new Uint8Array(3) });
  const started = await cloud.images.importImage(region, {
    name: "web-01",
    disks: [{ ...disk, format: "VHD", sizeBytes: GiB }],
    osType: "linux",
    architecture: "x86_64",
    bootMode: "BIOS",
    detect,
    clientToken: "import",
  });
  const image = await waitForImage(cloud.images, { region, ...started }, { clock: cloud.clock });
  return { cloud, image, options: { clock: cloud.clock, random: () => 0.5 } };
}

describe("waiting for the cloud's own check", () => {
  it("gives its items as soon as it has ended", async () => {
    const { cloud, image, options } = await imported(true, 90_000);
    expect(image.detection?.status).toBe("Processing");
    const before = cloud.clock.now();
    expect(await waitForDetection(cloud.images, image, options)).toEqual({
      status: "Finished",
      items: [item],
    });
    expect(cloud.clock.now() - before).toBeGreaterThanOrEqual(85_000);
  });

  it("goes on through broken lines and throttling", async () => {
    const { cloud, image, options } = await imported(true, 60_000);
    for (const code of ["CLOUD_UNREACHABLE", "CLOUD_THROTTLED"] as const) {
      cloud.fail("listImages", new SampanError(code, "for now", { retryable: true }), { times: 3 });
    }
    expect((await waitForDetection(cloud.images, image, options))?.items).toEqual([item]);
  });

  it("ends without a result where there is no check, where it never ends, and where it may not be seen", async () => {
    const none = await imported(false);
    expect(await waitForDetection(none.cloud.images, none.image, none.options)).toBeNull();
    const endless = await imported(true, Number.POSITIVE_INFINITY);
    const before = endless.cloud.clock.now();
    expect((await waitForDetection(endless.cloud.images, endless.image, endless.options))?.items).toEqual([]);
    expect(endless.cloud.clock.now() - before).toBeLessThan(700_000);
    const denied = await imported(true, 60_000);
    denied.cloud.fail("listImages", new SampanError("CLOUD_PERMISSION_DENIED", "no"));
    expect(await waitForDetection(denied.cloud.images, denied.image, denied.options)).toMatchObject({
      status: "Processing",
    });
  });

  it("ends at once when it is cancelled", async () => {
    const { cloud, image, options } = await imported(true, 60_000);
    const looking: CloudImage = image;
    const aborted = AbortSignal.abort();
    await expect(
      waitForDetection(cloud.images, looking, { ...options, signal: aborted }),
    ).rejects.toMatchObject({ code: "CORE_CANCELLED" });
  });
});
