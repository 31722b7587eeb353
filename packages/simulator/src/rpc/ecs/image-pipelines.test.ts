import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Simulator } from "../../simulator.ts";
import { callRpc, sendOss } from "../../testing/raw-client.ts";

let folder: string;
let simulator: Simulator;
const begin = async () => {
  simulator = await Simulator.start({ dataFolder: folder, switches: { importRole: "ready" } });
  simulator.clock.freeze();
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sampan-pipelines-"));
  await begin();
});
afterEach(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

const place = { RegionId: "cn-hangzhou" };
const call = async (action: string, parameters: Record<string, string>) => {
  const { status, json } = await callRpc(simulator, action, { ...place, ...parameters });
  return { status, ...json } as Record<string, unknown> & { readonly status: number };
};
const template = {
  BaseImageType: "OSS",
  "AdvancedOptions.ImageNameSuffix": "disable",
  "ImageOptions.ImageName": "web01",
  "ImportImageOptions.Platform": "Debian",
  "ImportImageOptions.DiskDeviceMappings.1.OSSBucket": "images",
  "ImportImageOptions.DiskDeviceMappings.1.OSSObject": "d.raw",
  "ImportImageOptions.DiskDeviceMappings.1.Format": "RAW",
};
async function upload(): Promise<void> {
  await sendOss(simulator, { method: "PUT", bucket: "images" });
  await sendOss(simulator, {
    method: "PUT",
    bucket: "images",
    key: "d.raw",
    body: new Uint8Array(1024 ** 2),
  });
}
const statusOf = async (ExecutionId: unknown) => {
  const answer = await call("DescribeImagePipelineExecutions", { ExecutionId: String(ExecutionId) });
  const { ImagePipelineExecutionSet: rows } = answer.ImagePipelineExecution as {
    ImagePipelineExecutionSet: readonly Record<string, unknown>[];
  };
  return rows[0];
};

describe("Image Builder", () => {
  it("goes through its states and survives a restart between them", async () => {
    await upload();
    const { ImagePipelineId } = await call("CreateImagePipeline", { ...template, RepairMode: "All" });
    await simulator.stop();
    await begin();
    const started = await call("StartImagePipelineExecution", { ImagePipelineId: String(ImagePipelineId) });
    expect((await statusOf(started.ExecutionId))?.Status).toBe("PREPARING");
    const seen = new Set<unknown>();
    await simulator.stop();
    await begin();
    for (let step = 0; step < 200 && !seen.has("SUCCESS"); step++) {
      simulator.clock.advance(2_000);
      seen.add((await statusOf(started.ExecutionId))?.Status);
    }
    expect([...seen]).toEqual(["PREPARING", "REPAIRING", "BUILDING", "RELEASING", "SUCCESS"]);
    expect((await statusOf(started.ExecutionId))?.ImageId).toMatch(/^m-/);
    expect((await simulator.state()).images).toMatchObject([{ name: "web01", status: "Available" }]);
  });

  it("replays an answer by its client token and refuses another call under it", async () => {
    const first = await call("CreateImagePipeline", { ...template, ClientToken: "t" });
    const again = await call("CreateImagePipeline", { ...template, ClientToken: "t" });
    expect(again.ImagePipelineId).toBe(first.ImagePipelineId);
    const other = await call("CreateImagePipeline", { ...template, ClientToken: "t", RepairMode: "All" });
    expect(other).toMatchObject({ status: 400, Code: "IdempotentParameterMismatch" });
  });

  it("refuses what it does not do by name, and what an import would refuse when it is started", async () => {
    const wrong = async (changes: Record<string, string>) =>
      (await call("CreateImagePipeline", { ...template, ...changes })).Code;
    expect(await wrong({ BaseImageType: "IMAGE" })).toBe("InvalidParameter.BaseImageType");
    expect(await wrong({ RepairMode: "Some" })).toBe("InvalidParameter.RepairMode");
    expect(await wrong({ "ImageOptions.ImageName": "aliyun-x" })).toBe("InvalidImageName.Malformed");
    expect((await call("CreateImagePipeline", { ...template, BuildContent: "RUN true" })).status).toBe(400);
    const { ImagePipelineId } = await call("CreateImagePipeline", template);
    const start = { ImagePipelineId: String(ImagePipelineId) };
    expect(await call("StartImagePipelineExecution", start)).toMatchObject({
      status: 400,
      Code: "InvalidOSSBucket.NotFound",
    });
    expect(await call("StartImagePipelineExecution", { ImagePipelineId: "ip-x" })).toMatchObject({
      status: 404,
      Code: "InvalidImagePipelineId.NotFound",
    });
  });

  it("keeps a template while a build of it goes on", async () => {
    await upload();
    const { ImagePipelineId } = await call("CreateImagePipeline", template);
    const start = { ImagePipelineId: String(ImagePipelineId) };
    const { ExecutionId } = await call("StartImagePipelineExecution", start);
    expect(await call("DeleteImagePipeline", start)).toMatchObject({ status: 403 });
    await call("CancelImagePipelineExecution", { ExecutionId: String(ExecutionId) });
    expect((await statusOf(ExecutionId))?.Status).toBe("CANCELLED");
    expect(await call("DeleteImagePipeline", start)).toMatchObject({ status: 200 });
    expect((await simulator.state()).images).toEqual([]);
  });
});
