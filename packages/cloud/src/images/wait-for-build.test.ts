import { SampanError } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import type { ImageBuild, ImageBuilder, ImageBuildStatus } from "../image-builder.ts";
import { waitForBuild } from "./wait-for-build.ts";

type Look = ImageBuildStatus | "gone" | SampanError;
const place = { region: "cn-hangzhou", executionId: "exec-1" };

/** A builder whose build is seen as `looks` say, one after the other; the last stays. */
function seen(looks: readonly Look[], changes: Partial<ImageBuild> = {}) {
  const clock = virtualClock();
  let count = 0;
  const builder = {
    async describeExecution(): Promise<ImageBuild | undefined> {
      const look = looks[Math.min(count++, looks.length - 1)];
      if (look instanceof SampanError) throw look;
      if (look === "gone" || look === undefined) return undefined;
      const base = { ...place, pipelineId: "ip-1", imageId: null, failure: null };
      return { ...base, status: look, ...(look.includes("SUCCESS") ? { imageId: "m-1" } : {}), ...changes };
    },
  } as unknown as ImageBuilder;
  return { clock, builder, options: { clock, random: () => 0.5 } };
}
const passing = new SampanError("CLOUD_UNREACHABLE", "the connection was reset", { retryable: true });

describe("waiting for a build", () => {
  it("tells each state once and gives the image, also of a build that was not tidied up", async () => {
    for (const end of ["SUCCESS", "PARTITION_SUCCESS"] as const) {
      const { builder, options } = seen(["gone", "PREPARING", "BUILDING", "BUILDING", "RELEASING", end]);
      const told: string[] = [];
      const build = await waitForBuild(builder, place, {
        ...options,
        onStatus: ({ status }) => told.push(status),
      });
      expect(build.imageId).toBe("m-1");
      expect(told).toEqual(["PREPARING", "BUILDING", "RELEASING", end]);
    }
  });

  it("goes on through an outage of half an hour and tells the silence", async () => {
    const { builder, clock, options } = seen(["BUILDING", ...Array<Look>(120).fill(passing), "SUCCESS"]);
    const stalls: number[] = [];
    const before = clock.now();
    await waitForBuild(builder, place, { ...options, onStall: ({ sinceMs }) => stalls.push(sinceMs) });
    expect(clock.now() - before).toBeGreaterThan(1_800_000);
    expect(stalls.length).toBeGreaterThanOrEqual(1);
  });

  it("is explained by the vendor's words when it fails, is cancelled or its test fails", async () => {
    const failure = { code: "RepairFailed", message: "grub could\nnot be mended" };
    await expect(waitForBuild(...arguments_(seen(["FAILED"], { failure })))).rejects.toMatchObject({
      code: "CLOUD_IMPORT_FAILED",
      message: expect.stringContaining("RepairFailed grub could not be mended") as string,
      details: { status: "FAILED", vendorCode: "RepairFailed" },
    });
    for (const status of ["CANCELLED", "TEST_FAILED"] as const) {
      await expect(waitForBuild(...arguments_(seen([status])))).rejects.toMatchObject({
        code: "CLOUD_IMPORT_FAILED",
        details: { status },
      });
    }
  });

  it("ends at the deadline, when the build is gone, and when it never shows", async () => {
    const endless = seen(["BUILDING"]);
    await expect(
      waitForBuild(endless.builder, place, { ...endless.options, deadlineMs: 60_000 }),
    ).rejects.toMatchObject({ code: "CLOUD_DEADLINE" });
    for (const looks of [["BUILDING", "gone"], ["gone"]] as const) {
      await expect(waitForBuild(...arguments_(seen(looks)))).rejects.toMatchObject({
        code: "CLOUD_IMAGE_NOT_FOUND",
      });
    }
  });
});

function arguments_({ builder, options }: ReturnType<typeof seen>) {
  return [builder, place, options] as const;
}
