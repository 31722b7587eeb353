import ecsModule, * as ecs from "@alicloud/ecs20140526";
import * as openApi from "@alicloud/openapi-core";
import { Simulator, simulatorAccounts } from "@sampan/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/*
 * Instances, disks, snapshots and what surrounds them, as the published and typed @alicloud client sees them: it drops names
 * it does not know and refuses an object where it expects a list, so what comes out of it is the vendor's shape. One file
 * for all of it: loading the client takes seconds.
 */

// The package is CommonJS: under native ESM the default import is the namespace.
const EcsClient = ((ecsModule as { default?: unknown }).default ?? ecsModule) as typeof ecsModule.default;
const region = "cn-hangzhou";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await Simulator.start();
  simulator.clock.freeze();
});

afterAll(() => simulator.stop());

function clientOf(account = simulator.credentials) {
  const config = new openApi.$OpenApiUtil.Config({
    accessKeyId: account.accessKeyId,
    accessKeySecret: account.accessKeySecret,
    endpoint: `127.0.0.1:${simulator.port}`,
    protocol: "http",
    regionId: region,
    readTimeout: 30_000,
    connectTimeout: 10_000,
  });
  return new EcsClient(config as never);
}

/** Where to launch, found as a newcomer would. */
async function place() {
  const client = clientOf();
  const vSwitches = await client.describeVSwitches(new ecs.DescribeVSwitchesRequest({ regionId: region }));
  const groups = await client.describeSecurityGroups(
    new ecs.DescribeSecurityGroupsRequest({ regionId: region }),
  );
  const vSwitch = vSwitches.body?.vSwitches?.vSwitch?.[0];
  return {
    regionId: region,
    zoneId: vSwitch?.zoneId ?? "",
    vSwitchId: vSwitch?.vSwitchId ?? "",
    securityGroupId: groups.body?.securityGroups?.securityGroup?.[0]?.securityGroupId ?? "",
  };
}

async function launch(more: ConstructorParameters<typeof ecs.RunInstancesRequest>[0] = {}): Promise<string> {
  const request = new ecs.RunInstancesRequest({
    ...(await place()),
    imageId: "debian_12_x64_20G_alibase_20260415.vhd",
    instanceType: "ecs.g7.large",
    ...more,
  });
  const [id] = (await clientOf().runInstances(request)).body?.instanceIdSets?.instanceIdSet ?? [];
  simulator.clock.advance(60_000);
  return id ?? "";
}

async function failureOf(work: Promise<unknown>): Promise<{ code?: string; statusCode?: number }> {
  try {
    await work;
  } catch (error) {
    return error as { code?: string; statusCode?: number };
  }
  throw new Error("the call succeeded");
}

describe("the published client", () => {
  it("reads zones, types, resources and the system images", async () => {
    const client = clientOf();
    const zones = await client.describeZones(new ecs.DescribeZonesRequest({ regionId: region }));
    expect(zones.body?.zones?.zone?.map((zone) => zone.zoneId)).toEqual([
      "cn-hangzhou-i",
      "cn-hangzhou-j",
      "cn-hangzhou-k",
    ]);
    const types = await client.describeInstanceTypes(
      new ecs.DescribeInstanceTypesRequest({ instanceTypes: ["ecs.g8y.large"] }),
    );
    const [type] = types.body?.instanceTypes?.instanceType ?? [];
    expect(type).toMatchObject({
      cpuCoreCount: 2,
      memorySize: 8,
      cpuArchitecture: "ARM",
      nvmeSupport: "required",
    });
    expect(type?.supportedBootModes?.supportedBootMode).toEqual(["UEFI"]);
    const images = await client.describeImages(
      new ecs.DescribeImagesRequest({ regionId: region, imageOwnerAlias: "system" }),
    );
    expect(images.body?.images?.image).toHaveLength(5);
    const arm = images.body?.images?.image?.find((image) => image.architecture === "arm64");
    const fitting = await client.describeImageSupportInstanceTypes(
      new ecs.DescribeImageSupportInstanceTypesRequest({ regionId: region, imageId: arm?.imageId }),
    );
    const families = fitting.body?.instanceTypes?.instanceType?.map((one) => one.instanceTypeFamily);
    expect(new Set(families)).toEqual(new Set(["ecs.g8y"]));
    const resources = await client.describeAvailableResource(
      new ecs.DescribeAvailableResourceRequest({ regionId: region, destinationResource: "SystemDisk" }),
    );
    const [zone] = resources.body?.availableZones?.availableZone ?? [];
    const [offer] = zone?.availableResources?.availableResource ?? [];
    expect(offer?.supportedResources?.supportedResource?.[0]).toMatchObject({
      value: "cloud_essd",
      status: "Available",
      min: 20,
      max: 2048,
      unit: "GiB",
    });
  });

  it("launches, reads, stops and deletes an instance", async () => {
    const client = clientOf();
    const id = await launch({
      instanceName: "web",
      internetMaxBandwidthOut: 1,
      tag: [new ecs.RunInstancesRequestTag({ key: "job", value: "j1" })],
    });
    const instanceIds = JSON.stringify([id]);
    const listed = await client.describeInstances(
      new ecs.DescribeInstancesRequest({ regionId: region, instanceIds }),
    );
    expect(listed.body?.totalCount).toBe(1);
    const [instance] = listed.body?.instances?.instance ?? [];
    expect(instance).toMatchObject({
      instanceName: "web",
      status: "Running",
      cpu: 2,
      memory: 8192,
      regionId: region,
    });
    expect(instance?.vpcAttributes?.privateIpAddress?.ipAddress).toHaveLength(1);
    expect(instance?.publicIpAddress?.ipAddress?.[0]).toMatch(/^198\.18\./);
    expect(instance?.tags?.tag?.map((tag) => tag.tagKey)).toContain("job");
    expect(instance?.networkInterfaces?.networkInterface?.[0]?.type).toBe("Primary");
    const one = new ecs.GetInstanceConsoleOutputRequest({ regionId: region, instanceId: id });
    const output = (await client.getInstanceConsoleOutput(one)).body?.consoleOutput ?? "";
    expect(Buffer.from(output, "base64").toString()).toContain(id);
    const statusOf = async () =>
      (
        await client.describeInstanceStatus(
          new ecs.DescribeInstanceStatusRequest({ regionId: region, instanceId: [id] }),
        )
      ).body?.instanceStatuses?.instanceStatus?.[0]?.status;
    await client.stopInstance(new ecs.StopInstanceRequest({ instanceId: id, forceStop: true }));
    expect(await statusOf()).toBe("Stopped");
    const many = await client.startInstances(
      new ecs.StartInstancesRequest({ regionId: region, instanceId: [id] }),
    );
    expect(many.body?.instanceResponses?.instanceResponse).toMatchObject([
      { instanceId: id, code: "200", previousStatus: "Stopped", currentStatus: "Starting" },
    ]);
    await client.deleteInstance(new ecs.DeleteInstanceRequest({ instanceId: id, force: true }));
    expect(await statusOf()).toBeUndefined();
  });

  it("takes a snapshot of a disk, makes an image of it, and cleans up in the order the service asks for", async () => {
    const client = clientOf();
    const id = await launch();
    const disks = await client.describeDisks(
      new ecs.DescribeDisksRequest({ regionId: region, instanceId: id }),
    );
    const [disk] = disks.body?.disks?.disk ?? [];
    expect(disk).toMatchObject({ type: "system", device: "/dev/xvda", size: 40, status: "In_use" });
    expect(disk?.attachments?.attachment?.[0]?.instanceId).toBe(id);
    const made = await client.createSnapshot(new ecs.CreateSnapshotRequest({ diskId: disk?.diskId }));
    const snapshotId = made.body?.snapshotId ?? "";
    simulator.clock.advance(60_000);
    const snapshots = await client.describeSnapshots(
      new ecs.DescribeSnapshotsRequest({ regionId: region, snapshotIds: JSON.stringify([snapshotId]) }),
    );
    expect(snapshots.body?.snapshots?.snapshot).toMatchObject([
      {
        snapshotId,
        status: "accomplished",
        progress: "100%",
        sourceDiskId: disk?.diskId,
        sourceDiskSize: "40",
      },
    ]);
    const image = await client.createImage(
      new ecs.CreateImageRequest({ regionId: region, snapshotId, imageName: "typed" }),
    );
    const imageId = image.body?.imageId ?? "";
    simulator.clock.advance(3_600_000);
    const remove = () => client.deleteSnapshot(new ecs.DeleteSnapshotRequest({ snapshotId }));
    expect(await failureOf(remove())).toMatchObject({ code: "SnapshotCreatedImage", statusCode: 403 });
    await client.deleteImage(new ecs.DeleteImageRequest({ regionId: region, imageId }));
    await remove();
  });

  it("launches a shared image as the account it is shared with, and copies it within its region at most", async () => {
    const instanceId = await launch();
    const made = await clientOf().createImage(new ecs.CreateImageRequest({ regionId: region, instanceId }));
    const imageId = made.body?.imageId ?? "";
    simulator.clock.advance(3_600_000);
    const [, receiver] = simulatorAccounts;
    const other = clientOf(receiver);
    const here = { regionId: region, imageId };
    const vSwitches = await other.describeVSwitches(new ecs.DescribeVSwitchesRequest({ regionId: region }));
    const groups = await other.describeSecurityGroups(
      new ecs.DescribeSecurityGroupsRequest({ regionId: region }),
    );
    const request = () =>
      new ecs.RunInstancesRequest({
        ...here,
        instanceType: "ecs.c7.large",
        vSwitchId: vSwitches.body?.vSwitches?.vSwitch?.[0]?.vSwitchId,
        securityGroupId: groups.body?.securityGroups?.securityGroup?.[0]?.securityGroupId,
      });
    expect(await failureOf(other.runInstances(request()))).toMatchObject({ code: "InvalidImageId.NotFound" });
    const share = new ecs.ModifyImageSharePermissionRequest({ ...here, addAccount: [receiver.accountId] });
    await clientOf().modifyImageSharePermission(share);
    const launched = await other.runInstances(request());
    expect(launched.body?.instanceIdSets?.instanceIdSet).toHaveLength(1);
    const copy = new ecs.CopyImageRequest({ ...here, destinationRegionId: "cn-shanghai" });
    expect(await failureOf(other.copyImage(copy))).toMatchObject({ code: "OperationDenied.SameRegionOnly" });
  });
});
