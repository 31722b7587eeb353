import { errorCodes } from "@sampan/core";
import { Migration } from "@sampan/sdk";
import type { Fault, FaultEffect } from "@sampan/simulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FastCloud, type FastRun, startFastCloud } from "../helpers/fast-run.ts";

/*
 * What a cloud and the line to it can do wrong, one by one, to a whole migration: it ends right, or with an error that names
 * the cause, and everything it left that costs money is told. One file and many runs: each takes about a second, since a
 * disk is really read, encoded and sent.
 */

let cloud: FastCloud;
beforeEach(async () => {
  cloud = await startFastCloud();
});
afterEach(() => cloud.stop());

const bucket = "fault-images";
const uploaded = () =>
  Migration.from("guest.qcow2")
    .assess()
    .capture()
    .toVhd()
    .upload(bucket, { createBucket: true, partBytes: 256 * 1024 });
const migration = () => uploaded().import({ name: "web-01" }).copyTo("cn-shanghai");

function fault(operation: string, effect: FaultEffect, more: Omit<Fault, "effect" | "match"> = {}): void {
  cloud.simulator.faults.add({ match: { operation }, effect, ...more });
}

/** The whole path was gone, each thing was made once, and every scripted fault has struck. */
async function expectDone(run: FastRun): Promise<void> {
  expect(run.error).toBeUndefined();
  const { images, buckets } = await cloud.simulator.state();
  expect(images.map(({ region, name, status }) => `${region} ${name} ${status}`).sort()).toEqual([
    "cn-hangzhou web-01 Available",
    "cn-shanghai web-01 Available",
  ]);
  expect(buckets.map(({ objects, uploads }) => [objects.length, uploads.length])).toEqual([[1, 0]]);
  expectStruck();
}

function expectStruck(): void {
  for (const { struck, effect } of cloud.simulator.faults.list()) {
    expect(struck, JSON.stringify(effect)).toBeGreaterThan(0);
  }
}

/** The run failed with this code, and told of everything that is there and costs money. */
async function expectFailed(run: FastRun, code: keyof typeof errorCodes): Promise<void> {
  expect(run.error?.code, run.error?.message).toBe(code);
  expect(run.error?.hint).not.toBe("");
  expectStruck();
  const failed = run.of("run.failed").at(-1);
  expect(failed?.error.code).toBe(code);
  const { images, buckets } = await cloud.simulator.state();
  const billed = [
    ...images.map(({ imageId }) => imageId),
    ...buckets.flatMap(({ name, objects, uploads }) => [
      ...objects.map(({ key }) => `oss://${name}/${key}`),
      ...uploads.map(({ uploadId }) => uploadId),
    ]),
  ];
  const registry = (await cloud.connect()).images;
  for (const { region, imageId } of images) {
    const [image] = await registry.listImages(region, { imageIds: [imageId] });
    if (image?.status === "Available") billed.push(...image.snapshotIds);
  }
  expect(failed?.left?.map(({ id }) => id).sort()).toEqual(billed.sort());
}

/** Without the fault, the same run goes on to its end. */
async function expectResumes(run: FastRun): Promise<void> {
  cloud.simulator.faults.clear();
  await expectDone(await cloud.resume(run.runId));
}

describe("a fault of the import", () => {
  it("role not yet visible to ECS: is waited for", async () => {
    fault("ImportImage", { kind: "roleNotVisible" }, { times: 4 });
    await expectDone(await cloud.run(migration()));
  });

  it("no role at all: is told before the disk is read", async () => {
    await cloud.stop();
    cloud = await startFastCloud({ simulator: { switches: { importRole: "missing" } } });
    const run = await cloud.run(migration());
    await expectFailed(run, "CLOUD_ROLE_MISSING");
    expect(run.error?.hint).toContain("sampan setup role");
    expect(cloud.simulator.requests.list("UploadPart")).toEqual([]);
  });

  it("no role, and leave to make it: is made, waited for and told", async () => {
    await cloud.stop();
    cloud = await startFastCloud({ simulator: { switches: { importRole: "missing" } } });
    const run = await cloud.run(
      uploaded().import({ name: "web-01", createRole: true }).copyTo("cn-shanghai"),
    );
    await expectDone(run);
    const roles = run.of("resource.created").filter(({ resource }) => resource.kind === "role");
    expect(roles).toHaveLength(1);
  });

  it("quota of images used up: is told with what to do, and the object serves when it is resumed", async () => {
    fault("ImportImage", { kind: "answer", status: 403, code: "QuotaExceed.Image" });
    const run = await cloud.run(migration());
    await expectFailed(run, "CLOUD_QUOTA");
    expect(run.error?.details).toMatchObject({ vendorCode: "QuotaExceed.Image", action: "ImportImage" });
    await expectResumes(run);
    expect(cloud.simulator.requests.list("CompleteMultipartUpload")).toHaveLength(1);
  });

  it("fails at 60 %: is explained by the cloud's own words, and begins anew when it is resumed", async () => {
    fault("ImportImage", {
      kind: "jobFails",
      atPercent: 60,
      code: "ImageFormatNotSupported",
      message: "the disk has no partition",
    });
    const run = await cloud.run(migration());
    await expectFailed(run, "CLOUD_IMPORT_FAILED");
    expect(run.error?.message).toContain("ImageFormatNotSupported: the disk has no partition");
    await expectResumes(run);
  });

  it("hangs in Waiting: silence is told, and the deadline ends the waiting with exit code 124, not the import", async () => {
    fault("ImportImage", { kind: "jobHangs", status: "Waiting" });
    const plan = uploaded().import({ name: "web-01", deadlineMs: 3_600_000 });
    const run = await cloud.run(plan);
    await expectFailed(run, "CLOUD_DEADLINE");
    expect(errorCodes.CLOUD_DEADLINE.exitCode).toBe(124);
    expect(run.of("stage.stalled").length).toBeGreaterThanOrEqual(4);
    expect((await cloud.simulator.state()).tasks).toMatchObject([{ status: "Processing" }]);
    expect(cloud.simulator.requests.list("CancelTask")).toEqual([]);
  });

  it("answer of ImportImage lost: its image is found again, not made twice", async () => {
    fault("ImportImage", { kind: "loseAnswer" });
    await expectDone(await cloud.run(migration()));
  });

  it("a page of a proxy, a reset and an empty 431 in place of answers: are asked for again", async () => {
    fault("ImportImage", { kind: "html", status: 502 }, { times: 2 });
    fault("DescribeImages", { kind: "empty", status: 431 }, { nth: 3, times: 2 });
    fault("DescribeImages", { kind: "html", status: 502 }, { nth: 8, times: 3 });
    fault("CopyImage", { kind: "cutAnswer", afterBytes: 5 });
    const run = await cloud.run(migration());
    await expectDone(run);
    expect(run.of("stage.retrying").length).toBeGreaterThanOrEqual(6);
  });

  it("431 for good: ends with an error that says what answered", async () => {
    fault("ImportImage", { kind: "empty", status: 431 }, { times: null });
    const run = await cloud.run(migration());
    await expectFailed(run, "CLOUD_ANSWER_INVALID");
    expect(run.error?.details).toMatchObject({ action: "ImportImage" });
    await expectResumes(run);
  });

  it("an outage of half an hour while the import goes on: is waited through", async () => {
    const sinceMs = { at: 0 };
    const run = await cloud.run(migration(), {
      onEvent(event) {
        if (event.type === "resource.created" && event.resource.kind === "image" && sinceMs.at === 0) {
          sinceMs.at = cloud.simulator.clock.now();
          fault(
            "DescribeImages",
            { kind: "answer", status: 503, code: "ServiceUnavailable" },
            { times: null },
          );
        }
        if (event.type === "stage.retrying" && cloud.simulator.clock.now() - sinceMs.at > 1_800_000) {
          cloud.simulator.faults.clear();
        }
      },
    });
    await expectDone(run);
    expect(cloud.simulator.clock.now() - sinceMs.at).toBeGreaterThan(1_800_000);
    expect(run.of("stage.stalled").length).toBeGreaterThan(0);
  });

  it("a burst of throttling: is given the time the cloud asks for", async () => {
    const effect = { kind: "answer", status: 400, code: "Throttling.User", retryAfterMs: 2_000 } as const;
    for (const operation of ["ImportImage", "CopyImage", "DescribeRegions"])
      fault(operation, effect, { times: 5 });
    fault("DescribeImages", effect, { nth: 4, times: 10 });
    const run = await cloud.run(migration());
    await expectDone(run);
    const waits = run.of("stage.retrying").map(({ waitMs }) => waitMs);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000);
  });
});

describe("a fault of a copy", () => {
  it("a VHD that the region does not take: names the way by a raw disk", async () => {
    fault("CopyImage", { kind: "copyRefusesVhd" });
    const run = await cloud.run(migration());
    await expectFailed(run, "CLOUD_COPY_REFUSED");
    expect(run.error?.hint).toMatch(/\.toRaw\(\).*sampan convert/);
    await expectResumes(run);
  });

  it("busy with another copy: is asked for again", async () => {
    fault("CopyImage", { kind: "answer", status: 403, code: "OperationDenied.ImageCopying" }, { times: 3 });
    fault("CopyImage", { kind: "answer", status: 400, code: "IncorrectImageStatus" }, { nth: 4, times: 2 });
    await expectDone(await cloud.run(migration()));
  });

  it("fails half-way: is copied anew when it is resumed", async () => {
    fault("CopyImage", { kind: "jobFails", atPercent: 50 });
    const run = await cloud.run(migration());
    await expectFailed(run, "CLOUD_COPY_FAILED");
    await expectResumes(run);
  });

  it("answer of CopyImage lost: its copy is found again, not made twice", async () => {
    fault("CopyImage", { kind: "loseAnswer" });
    await expectDone(await cloud.run(migration()));
  });
});

describe("a fault of the upload", () => {
  it.each<[string, string, FaultEffect, Omit<Fault, "effect" | "match">?]>([
    [
      "503 on some parts",
      "UploadPart",
      { kind: "answer", status: 503, code: "ServiceUnavailable" },
      { nth: 2, times: 3 },
    ],
    ["a reset in the middle of a part", "UploadPart", { kind: "reset", afterBytes: 100_000 }, { nth: 3 }],
    ["a slow link", "UploadPart", { kind: "slow", bytesPerSecond: 400_000 }, { nth: 2 }],
    ["answer of Complete lost", "CompleteMultipartUpload", { kind: "loseAnswer" }],
    [
      "an error in a 200 of Complete",
      "CompleteMultipartUpload",
      { kind: "errorIn200", code: "InternalError" },
    ],
    ["no CRC-64 in the answers", "UploadPart", { kind: "dropCrc" }, { times: null }],
    ["a page of a proxy", "UploadPart", { kind: "html", status: 502 }, { nth: 2, times: 2 }],
    [
      "throttling of Complete",
      "CompleteMultipartUpload",
      { kind: "answer", status: 503, code: "SlowDown" },
      { times: 3 },
    ],
  ])("%s: the object is right in the end", async (_name, operation, effect, more) => {
    fault(operation, effect, more);
    await expectDone(await cloud.run(migration()));
  });

  it.each<[string, string, FaultEffect, Omit<Fault, "effect" | "match">?]>([
    ["another ETag than that of the part", "UploadPart", { kind: "changeEtag" }, { nth: 2 }],
    ["an upload that expired", "UploadPart", { kind: "expireUpload" }, { nth: 3 }],
    ["a session that ends in the middle of it", "UploadPart", { kind: "expireToken" }, { nth: 3 }],
    ["a clock that is off by an hour", "UploadPart", { kind: "clockSkew", ms: 3_600_000 }, { times: null }],
  ])(
    "%s: ends right, at the latest when it is resumed, with nothing left untold",
    async (_name, operation, effect, more) => {
      fault(operation, effect, more);
      const run = await cloud.run(migration());
      if (run.error === undefined) return expectDone(run);
      await expectFailed(run, run.error.code);
      await expectResumes(run);
    },
  );
});

describe("a fault of the launch", () => {
  const launched = () => migration().launch({ test: true });
  const sold = { kind: "answer", status: 403, code: "OperationDenied.NoStock" } as const;

  it("one place sold out: is launched in another", async () => {
    fault("RunInstances", sold);
    const run = await cloud.run(launched());
    await expectDone(run);
    expect(run.of("resource.created").filter(({ resource }) => resource.kind === "instance")).toHaveLength(1);
  });

  it("sold out everywhere: is told with every place that was tried, and launches when it is resumed", async () => {
    fault("RunInstances", sold, { times: null });
    const run = await cloud.run(launched());
    await expectFailed(run, "CLOUD_NO_STOCK");
    expect(run.error?.details.tried).not.toEqual([]);
    await expectResumes(run);
  });
});
