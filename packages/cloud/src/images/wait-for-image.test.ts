import { SampanError } from "@sampan/core";
import { refused, virtualClock } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import type { CloudImage, CloudImageStatus, CloudTask, ImageRegistry } from "../image-registry.ts";
import type { ImageProgress, ImageStall } from "./image-options.ts";
import { waitForImage } from "./wait-for-image.ts";

const region = "cn-hangzhou";
type Look = readonly [CloudImageStatus, number | null] | "gone" | SampanError;

function imageOf(status: CloudImageStatus, progressPercent: number | null): CloudImage {
  return {
    imageId: "m-1",
    region,
    name: "web-01",
    status,
    progressPercent,
    sizeBytes: 0,
    architecture: "x86_64",
    bootMode: null,
    platform: null,
    nvmeSupport: null,
    isCopied: false,
    tags: {},
    createdAt: "",
    snapshotIds: [],
    detection: null,
  };
}

/** A registry that is seen as `looks` say, one after the other; the last stays. */
function seen(looks: readonly Look[], task?: Partial<CloudTask>) {
  const clock = virtualClock();
  let count = 0;
  const images = {
    async listImages() {
      const look = looks[Math.min(count++, looks.length - 1)];
      if (look instanceof SampanError) throw look;
      return look === undefined || look === "gone" ? [] : [imageOf(...look)];
    },
    async describeTask(_region: string, taskId: string) {
      if (task === undefined) throw new SampanError("CLOUD_FAILED", "InvalidTaskId.NotFound");
      const known = {
        taskId,
        region,
        action: "ImportImage",
        canCancel: false,
        resourceId: null,
        progressPercent: null,
      };
      return { ...known, status: "Failed" as const, failure: null, ...task };
    },
  } as unknown as ImageRegistry;
  return { images, clock, looks: () => count };
}

const image = { region, imageId: "m-1", taskId: "t-1" };
const reset = new SampanError("CLOUD_UNREACHABLE", "the connection was reset", { retryable: true });

describe("waiting for an image", () => {
  it("tells each change once and ends with the image", async () => {
    const { images, clock } = seen([
      ["Waiting", null],
      ["Waiting", null],
      ["Creating", 10],
      ["Creating", 10],
      ["Creating", 60],
      ["Available", 100],
    ]);
    const told: ImageProgress[] = [];
    const found = await waitForImage(images, image, { clock, onProgress: (progress) => told.push(progress) });
    expect(found.status).toBe("Available");
    expect(told.map(({ status, progressPercent }) => `${status} ${progressPercent}`)).toEqual([
      "Waiting null",
      "Creating 10",
      "Creating 60",
      "Available 100",
    ]);
    expect(told[0]?.note).toContain("queued");
  });

  it("looks more seldom while nothing changes, never more than six times as seldom", async () => {
    const quiet: Look[] = Array.from({ length: 12 }, () => ["Creating", 5] as const);
    const { images, clock } = seen([...quiet, ["Creating", 50], ["Available", 100]]);
    await waitForImage(images, image, { clock, pollMs: 1000 });
    expect(Math.max(...clock.slept)).toBe(6000);
    expect(clock.slept[0]).toBe(1000);
    expect(clock.slept.at(-1)).toBe(1000);
  });

  it("survives looks that fail for a while, hours of them", async () => {
    const outage: Look[] = Array.from({ length: 500 }, () => reset);
    const { images, clock } = seen([["Creating", 5], ...outage, ["Available", 100]]);
    let retries = 0;
    const stalls: ImageStall[] = [];
    const options = {
      clock,
      onRetry: () => void retries++,
      onStall: (stall: ImageStall) => void stalls.push(stall),
    };
    expect((await waitForImage(images, image, options)).status).toBe("Available");
    expect(retries).toBe(500);
    expect(stalls.length).toBeGreaterThan(1);
    expect(stalls[0]?.note).toContain("could not be asked");
  });

  it("waits as long as throttling asks", async () => {
    const throttled = new SampanError("CLOUD_THROTTLED", "Throttling", {
      retryable: true,
      retryAfterMs: 90_000,
    });
    const { images, clock } = seen([throttled, ["Available", 100]]);
    await waitForImage(images, image, { clock });
    expect(clock.slept).toEqual([90_000]);
  });

  it("ends with an error that no look can mend", async () => {
    const { images, clock } = seen([new SampanError("CLOUD_PERMISSION_DENIED", "Forbidden.RAM")]);
    expect((await refused(waitForImage(images, image, { clock }))).code).toBe("CLOUD_PERMISSION_DENIED");
  });

  it("reports silence, again and again, and goes on", async () => {
    const still: Look[] = Array.from({ length: 200 }, () => ["Creating", 5] as const);
    const { images, clock } = seen([...still, ["Available", 100]]);
    const stalls: ImageStall[] = [];
    await waitForImage(images, image, { clock, stallMs: 600_000, onStall: (stall) => stalls.push(stall) });
    expect(stalls.length).toBeGreaterThan(5);
    expect(stalls.every((stall, index) => stall.sinceMs >= 600_000 * (index + 1))).toBe(true);
  });

  it("ends at the deadline without touching the task", async () => {
    const { images, clock } = seen([["Creating", 5]]);
    const error = await refused(waitForImage(images, image, { clock, deadlineMs: 600_000 }));
    expect(error.code).toBe("CLOUD_DEADLINE");
    expect(error.message).toContain("Creating 5");
  });

  it.each(["CreateFailed", "UnAvailable"] as const)(
    "explains an image that is %s by its task",
    async (status) => {
      const failure = { code: "InvalidImageFormat", message: "the footer\nis broken" };
      const { images, clock } = seen(
        [
          ["Creating", 60],
          [status, 60],
        ],
        { failure },
      );
      const error = await refused(waitForImage(images, image, { clock }));
      expect(error).toMatchObject({
        code: "CLOUD_IMPORT_FAILED",
        details: { vendorCode: "InvalidImageFormat", status },
      });
      expect(error.message).toBe("importing m-1 in cn-hangzhou: InvalidImageFormat: the footer is broken");
    },
  );

  it("says what it knows of a failure whose task is not known, and of a failed copy", async () => {
    const unknown = seen([["CreateFailed", null]]);
    expect((await refused(waitForImage(unknown.images, image, { clock: unknown.clock }))).message).toContain(
      "CreateFailed",
    );
    const copy = seen([["CreateFailed", null]]);
    const copied = waitForImage(copy.images, { region, imageId: "m-1", made: "copy" }, { clock: copy.clock });
    expect((await refused(copied)).code).toBe("CLOUD_COPY_FAILED");
  });

  it("explains by its task an image that the failure removed", async () => {
    const failure = { code: "DiskCorrupt", message: "bad" };
    const { images, clock } = seen([["Creating", 5], "gone"], { failure });
    expect((await refused(waitForImage(images, image, { clock }))).details.vendorCode).toBe("DiskCorrupt");
  });

  it("gives a new image two minutes to appear", async () => {
    const { images, clock } = seen(["gone", "gone", "gone", ["Available", 100]], { status: "Processing" });
    expect((await waitForImage(images, image, { clock })).status).toBe("Available");
    const never = seen(["gone"], { status: "Processing" });
    const error = await refused(waitForImage(never.images, image, { clock: never.clock }));
    expect(error.code).toBe("CLOUD_IMAGE_NOT_FOUND");
  });

  it("ends when an image that was there has been deleted", async () => {
    const { images, clock, looks } = seen([["Creating", 5], "gone"], { status: "Processing" });
    const error = await refused(waitForImage(images, image, { clock }));
    expect(error).toMatchObject({ code: "CLOUD_IMAGE_NOT_FOUND" });
    expect(error.message).toContain("deleted");
    expect(looks()).toBe(2);
  });

  it("ends when it is cancelled", async () => {
    const { images, clock } = seen([["Creating", 5]]);
    const cancel = new AbortController();
    const work = waitForImage(images, image, {
      clock,
      signal: cancel.signal,
      onProgress: () => cancel.abort(),
    });
    expect((await refused(work)).code).toBe("CORE_CANCELLED");
  });
});
