import { GiB, SampanError } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { memoryCloud } from "../testing/memory-cloud.ts";
import { keyOf } from "../testing/memory-object-store.ts";
import { copyImage } from "./copy-image.ts";
import type { CopyOptions, CopyRequest } from "./image-options.ts";
import { waitForImage } from "./wait-for-image.ts";

const region = "cn-hangzhou";

async function prepared() {
  const cloud = memoryCloud();
  const disk = { bucket: "images", key: "web-01.vhd" };
  await cloud.objects(region).createBucket(disk.bucket);
  const info = { ...disk, sizeBytes: 3, etag: '"E"', crc64: null, metadata: {}, storageClass: "Standard" };
  cloud.world.objects.set(keyOf(disk), { info, bytes: new Uint8Array(3) });
  const { imageId, taskId } = await cloud.images.importImage(region, {
    name: "web-01",
    disks: [{ ...disk, format: "VHD", sizeBytes: 40 * GiB }],
    osType: "linux",
    architecture: "x86_64",
    bootMode: "BIOS",
    clientToken: "import",
  });
  const request: CopyRequest = {
    region,
    imageId,
    destinationRegion: "cn-shanghai",
    name: "web-01",
    tags: { "sampan:run": "run-1" },
    clientToken: "run-1/copy",
  };
  const notes: string[] = [];
  const options: CopyOptions = { clock: cloud.clock, random: () => 0.5, onNote: (note) => notes.push(note) };
  const ready = () => waitForImage(cloud.images, { region, imageId, taskId }, { clock: cloud.clock });
  return { cloud, request, options, notes, ready };
}

describe("a copy", () => {
  it("gives an image of the destination region", async () => {
    const { cloud, request, options, ready } = await prepared();
    await ready();
    const started = await copyImage(cloud, request, options);
    expect(started).toMatchObject({ region: "cn-shanghai", adopted: false });
    const image = await waitForImage(cloud.images, { ...started, made: "copy" }, options);
    expect(image).toMatchObject({ region: "cn-shanghai", status: "Available", isCopied: true });
  });

  it("waits for a source that is not available yet", async () => {
    const { cloud, request, options, notes } = await prepared();
    await copyImage(cloud, request, options);
    expect(notes.some((note) => note.includes("can be copied"))).toBe(true);
  });

  it("is asked for again while another copy is in the way", async () => {
    const { cloud, request, options, ready } = await prepared();
    await ready();
    for (const code of ["OperationDenied.ImageCopying", "InvalidOperation.Conflict"]) {
      const busy = new SampanError("CLOUD_IMAGE_BUSY", code, {
        retryable: true,
        details: { vendorCode: code },
      });
      cloud.fail("copyImage", busy, { times: 3 });
    }
    expect((await copyImage(cloud, request, options)).adopted).toBe(false);
  });

  it("gives up when patience ends, with what the cloud said last", async () => {
    const { cloud, request, options, ready } = await prepared();
    await ready();
    cloud.fail("copyImage", new SampanError("CLOUD_IMAGE_BUSY", "ImageCopying"), { times: 10_000 });
    const startedAt = cloud.clock.now();
    const work = copyImage(cloud, request, { ...options, patienceMs: 600_000 });
    expect((await refused(work)).code).toBe("CLOUD_IMAGE_BUSY");
    expect(cloud.clock.now() - startedAt).toBeLessThanOrEqual(600_000);
  });

  it("gives up at once when the source has failed or is gone", async () => {
    const failing = await prepared();
    for (const image of failing.cloud.world.images.values()) {
      failing.cloud.world.images.set(image.imageId, { ...image, failure: { code: "X", message: "" } });
    }
    const error = await refused(copyImage(failing.cloud, failing.request, failing.options));
    expect(error.code).toBe("CLOUD_COPY_REFUSED");
    const gone = await prepared();
    gone.cloud.world.images.clear();
    expect((await refused(copyImage(gone.cloud, gone.request, gone.options))).code).toBe(
      "CLOUD_IMAGE_NOT_FOUND",
    );
  });

  it("is adopted when an earlier attempt had started it, and is never another run's", async () => {
    const { cloud, request, options, ready } = await prepared();
    await ready();
    const first = await copyImage(cloud, request, options);
    expect(await copyImage(cloud, request, options)).toEqual({ ...first, adopted: true });
    const other = { ...request, clientToken: "run-2/copy", tags: { "sampan:run": "run-2" } };
    expect((await refused(copyImage(cloud, other, options))).code).toBe("CLOUD_IMAGE_NAME_TAKEN");
  });

  it("can be tried again with the same token after it had failed", async () => {
    const { cloud, request, options, ready } = await prepared();
    await ready();
    cloud.pace.copyFailure = { code: "InternalError", message: "" };
    const failed = await copyImage(cloud, request, options);
    const waiting = waitForImage(cloud.images, { ...failed, made: "copy" }, options);
    expect((await refused(waiting)).code).toBe("CLOUD_COPY_FAILED");
    cloud.pace.copyFailure = null;
    const again = await copyImage(cloud, request, options);
    expect(again.imageId).not.toBe(failed.imageId);
    expect((await waitForImage(cloud.images, { ...again, made: "copy" }, options)).status).toBe("Available");
  });

  it("queues behind five others, and the waiting says so", async () => {
    const { cloud, request, options, ready } = await prepared();
    await ready();
    const destinations = [
      "cn-shanghai",
      "cn-beijing",
      "ap-southeast-1",
      "eu-central-1",
      "us-west-1",
      "us-east-1",
    ];
    const started = [];
    for (const destinationRegion of destinations) {
      const asked = { ...request, destinationRegion, clientToken: `copy-${destinationRegion}` };
      started.push(await copyImage(cloud, asked, options));
    }
    const last = started.at(-1);
    if (last === undefined) throw new Error("nothing was started");
    const notes: (string | null)[] = [];
    await waitForImage(
      cloud.images,
      { ...last, made: "copy" },
      { ...options, onProgress: ({ note }) => notes.push(note) },
    );
    expect(notes[0]).toContain("queued");
    expect(notes.at(-1)).toBeNull();
  });
});
