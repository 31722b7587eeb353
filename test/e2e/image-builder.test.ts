import { Migration } from "@sampan/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FastCloud, startFastCloud } from "../helpers/fast-run.ts";

let cloud: FastCloud;
beforeEach(async () => {
  cloud = await startFastCloud();
});
afterEach(() => cloud.stop());

const migration = () =>
  Migration.from("guest.qcow2")
    .assess()
    .capture()
    .toVhd()
    .upload("builder-images", { createBucket: true })
    .import({ name: "web-01", strategy: "image-builder", repair: "Standard", tags: { team: "web" } });
const called = (operation: string) => cloud.simulator.requests.list(operation);

describe("an import by Image Builder", () => {
  it("makes the same image by a pipeline, says that it is experimental, and leaves no template", async () => {
    const run = await cloud.run(migration().copyTo("cn-shanghai"));
    expect(run.error).toBeUndefined();
    const [image] = await (await cloud.connect()).images.listImages("cn-hangzhou", {});
    expect(image).toMatchObject({ name: "web-01", status: "Available", platform: "Debian" });
    expect(image?.tags).toMatchObject({ team: "web", "sampan:run": run.runId });
    expect(run.result?.images).toHaveLength(2);
    expect(run.result?.cloudCheck).toBeNull();
    expect(called("CreateImagePipeline")[0]?.parameters).toMatchObject({
      BaseImageType: "OSS",
      RepairMode: "Standard",
      "ImportImageOptions.DiskDeviceMappings.1.Format": "VHD",
    });
    expect(called("ImportImage")).toEqual([]);
    expect(called("DeleteImagePipeline")[0]?.status).toBe(200);
    expect(run.of("log").find(({ message }) => /experimental/.test(message))?.level).toBe("warning");
  });

  it("explains a build that failed, and builds anew when it is resumed", async () => {
    cloud.simulator.faults.add({
      match: { operation: "StartImagePipelineExecution" },
      effect: { kind: "jobFails", atPercent: 60, code: "RepairFailed", message: "grub could not be mended" },
    });
    const run = await cloud.run(migration());
    expect(run.error?.code).toBe("CLOUD_IMPORT_FAILED");
    expect(run.error?.message).toContain("RepairFailed grub could not be mended");
    cloud.simulator.faults.clear();
    for (const { imageId } of (await cloud.simulator.state()).images) {
      await (await cloud.connect()).images.deleteImage("cn-hangzhou", imageId);
    }
    const resumed = await cloud.resume(run.runId);
    expect(resumed.error).toBeUndefined();
    expect(resumed.result?.images).toMatchObject([{ name: "web-01", status: "Available" }]);
  });

  it("is cancelled in the cloud when its run is", async () => {
    const run = await cloud.run(migration(), {
      onEvent(event, cancel) {
        if (event.type === "resource.created" && event.resource.kind === "task") cancel();
      },
    });
    expect(run.error?.code).toBe("CORE_CANCELLED");
    expect((await cloud.simulator.state()).images).toEqual([]);
    expect(run.of("run.cancelled")[0]?.left?.map(({ kind }) => kind)).toEqual(["object"]);
    const resumed = await cloud.resume(run.runId);
    expect(resumed.error).toBeUndefined();
  });

  it("goes on through lost answers and a page of a proxy, and starts one build", async () => {
    const { faults } = cloud.simulator;
    faults.add({ match: { operation: "CreateImagePipeline" }, effect: { kind: "loseAnswer" } });
    faults.add({ match: { operation: "StartImagePipelineExecution" }, effect: { kind: "loseAnswer" } });
    faults.add({
      match: { operation: "DescribeImagePipelineExecutions" },
      nth: 2,
      times: 3,
      effect: { kind: "html", status: 502 },
    });
    const run = await cloud.run(migration());
    expect(run.error).toBeUndefined();
    expect((await cloud.simulator.state()).images).toHaveLength(1);
  });
});
