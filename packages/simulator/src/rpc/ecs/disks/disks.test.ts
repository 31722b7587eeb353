import { openContainedImage } from "@sampan/image";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { simulatorAccounts } from "../../../accounts.ts";
import { Simulator } from "../../../simulator.ts";
import { ecs, launched, launchInto, refusal } from "../../../testing/launch.ts";
import { callRpc, sendOss } from "../../../testing/raw-client.ts";

const MiB = 1024 ** 2;

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start({ switches: { importRole: "ready" } });
  simulator.clock.freeze();
});

afterEach(() => simulator.stop());

/** Imports a raw disk filled with one byte, and a second one when asked. */
async function imported(name: string, fills: readonly number[] = [7]): Promise<string> {
  await sendOss(simulator, { method: "PUT", bucket: "images" });
  const parameters: Record<string, string> = { ImageName: name };
  for (const [index, fill] of fills.entries()) {
    const key = `${name}-${index}.raw`;
    await sendOss(simulator, { method: "PUT", bucket: "images", key, body: Buffer.alloc(MiB, fill) });
    parameters[`DiskDeviceMapping.${index + 1}.OSSBucket`] = "images";
    parameters[`DiskDeviceMapping.${index + 1}.OSSObject`] = key;
  }
  const { ImageId } = await ecs(simulator, "ImportImage", parameters);
  simulator.clock.advance(3_600_000);
  return ImageId;
}

async function bytesOf(imageId: string, disk = 0): Promise<number[]> {
  const source = simulator.openImageDisk(imageId, disk);
  const into = new Uint8Array(4);
  await source.read({ offset: source.sizeBytes - 4, length: 4 }, into);
  await source.close();
  return [...into];
}

async function disksOf(instanceId: string) {
  const answer = await ecs(simulator, "DescribeDisks", { InstanceId: instanceId });
  return answer.Disks.Disk as { DiskId: string; Type: string; Device: string; Size: number }[];
}

async function diskOf(instanceId: string, type = "system"): Promise<string> {
  return (await disksOf(instanceId)).find((disk) => disk.Type === type)?.DiskId ?? "";
}

describe("a snapshot", () => {
  it("grows in simulated time, one of a disk at a time", async () => {
    const DiskId = await diskOf(await launched(simulator));
    const call = { DiskId, SnapshotName: "before", RetentionDays: "7", ClientToken: "s1" };
    const { SnapshotId } = await ecs(simulator, "CreateSnapshot", call);
    expect(await ecs(simulator, "CreateSnapshot", call)).toMatchObject({ SnapshotId });
    expect(await refusal(simulator, "CreateSnapshot", { DiskId })).toBe(
      "403 IncorrectDiskStatus.CreatingSnapshot",
    );
    simulator.clock.advance(10_000);
    const ids = { SnapshotIds: JSON.stringify([SnapshotId]) };
    const [half] = (await ecs(simulator, "DescribeSnapshots", ids)).Snapshots.Snapshot;
    expect(half).toMatchObject({ Status: "progressing", Progress: "50%", RemainTime: 10, Available: false });
    simulator.clock.advance(10_000);
    const [whole] = (await ecs(simulator, "DescribeSnapshots", ids)).Snapshots.Snapshot;
    expect(whole).toMatchObject({
      SnapshotName: "before",
      Status: "accomplished",
      Progress: "100%",
      SourceDiskId: DiskId,
      SourceDiskSize: "40",
      SourceDiskType: "system",
      RetentionDays: 7,
      Usage: "none",
    });
    simulator.clock.advance(7 * 86_400_000);
    expect((await ecs(simulator, "DescribeSnapshots")).TotalCount).toBe(0);
  });

  it("can fail and can hang where a fault says so", async () => {
    const DiskId = await diskOf(await launched(simulator));
    simulator.faults.add({
      match: { operation: "CreateSnapshot" },
      effect: { kind: "jobFails", atPercent: 40 },
    });
    await ecs(simulator, "CreateSnapshot", { DiskId });
    simulator.clock.advance(3_600_000);
    const failed = await ecs(simulator, "DescribeSnapshots", { Status: "failed" });
    expect(failed.Snapshots.Snapshot).toMatchObject([{ Status: "failed", Progress: "40%" }]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["an unknown disk", { DiskId: "d-none" }, "404 InvalidDiskId.NotFound"],
    ["no disk", { DiskId: "" }, "400 MissingParameter"],
    ["a name like an automatic one", { SnapshotName: "auto-1" }, "400 InvalidSnapshotName.Malformed"],
    ["no days at all", { RetentionDays: "0" }, "400 InvalidRetentionDays"],
  ])("refuses %s", async (_title, more, code) => {
    const DiskId = await diskOf(await launched(simulator));
    expect(await refusal(simulator, "CreateSnapshot", { DiskId, ...more })).toBe(code);
  });

  it("of an import is listed with its image, stays after it, and is deleted by itself", async () => {
    const imageId = await imported("web");
    const [snapshot] = (await ecs(simulator, "DescribeSnapshots")).Snapshots.Snapshot;
    expect(snapshot).toMatchObject({ Status: "accomplished", Usage: "image", SourceDiskType: "system" });
    const call = { SnapshotId: snapshot.SnapshotId };
    expect(await refusal(simulator, "DeleteSnapshot", call)).toBe("403 SnapshotCreatedImage");
    await ecs(simulator, "DeleteImage", { ImageId: imageId });
    expect((await ecs(simulator, "DescribeSnapshots")).Snapshots.Snapshot).toMatchObject([
      { ...call, Usage: "none" },
    ]);
    await ecs(simulator, "DeleteSnapshot", call);
    expect((await ecs(simulator, "DescribeSnapshots")).TotalCount).toBe(0);
    await ecs(simulator, "DeleteSnapshot", call);
  });

  it("is seen and used by its owner alone", async () => {
    await imported("web");
    const account = simulatorAccounts[1];
    const answer = await callRpc(
      simulator,
      "DescribeSnapshots",
      { RegionId: "cn-hangzhou" },
      { as: account },
    );
    expect(answer.json).toMatchObject({ TotalCount: 0 });
  });
});

describe("an image made in the cloud", () => {
  it("of an instance has a snapshot of each disk, and the bytes the instance was made from", async () => {
    const id = await launched(simulator, { ImageId: await imported("web", [7, 9]) });
    expect((await disksOf(id)).map(({ Type, Device, Size }) => [Type, Device, Size])).toEqual(
      expect.arrayContaining([
        ["system", "/dev/xvda", 40],
        ["data", "/dev/xvdb", 1],
      ]),
    );
    const { ImageId } = await ecs(simulator, "CreateImage", {
      InstanceId: id,
      ImageName: "golden",
      ClientToken: "c",
    });
    const [waiting] = (await ecs(simulator, "DescribeImages", { ImageId, Status: "Creating" })).Images.Image;
    expect(waiting).toMatchObject({ Status: "Creating", ImageOwnerAlias: "self" });
    simulator.clock.advance(3_600_000);
    const [image] = (await ecs(simulator, "DescribeImages", { ImageId })).Images.Image;
    const mapping = image.DiskDeviceMappings.DiskDeviceMapping;
    expect(mapping).toMatchObject([
      { Device: "/dev/xvda", Type: "system", Size: "40", ImportOSSBucket: "" },
      { Device: "/dev/xvdb", Type: "data", Size: "1" },
    ]);
    const SnapshotIds = JSON.stringify(mapping.map((disk: { SnapshotId: string }) => disk.SnapshotId));
    const snapshots = await ecs(simulator, "DescribeSnapshots", { SnapshotIds, Usage: "image" });
    expect(snapshots.Snapshots.Snapshot).toHaveLength(2);
    expect([await bytesOf(ImageId), await bytesOf(ImageId, 1)]).toEqual([
      [7, 7, 7, 7],
      [9, 9, 9, 9],
    ]);
    const again = { ImageName: "golden", InstanceId: id };
    expect(await refusal(simulator, "CreateImage", again)).toBe("400 InvalidImageName.Duplicated");
    expect(await refusal(simulator, "CreateImage", { ...again, ClientToken: "c" })).toBe("200");
    expect(
      await refusal(simulator, "CreateImage", { ...again, ClientToken: "c", Description: "other" }),
    ).toBe("400 IdempotenceParamNotMatch");
  });

  it("of a system image has an empty disk that can be read", async () => {
    const id = await launched(simulator);
    const { ImageId } = await ecs(simulator, "CreateImage", { InstanceId: id });
    simulator.clock.advance(3_600_000);
    const stored = simulator.openImageDisk(ImageId);
    const { source: disk } = await openContainedImage(stored, "/none/golden.qcow2", { format: "qcow2" });
    expect(disk.sizeBytes).toBe(40 * 1024 ** 3);
    const into = new Uint8Array(512).fill(1);
    await disk.read({ offset: 20 * 1024 ** 3, length: 512 }, into);
    expect(into).toEqual(new Uint8Array(512));
    await disk.close();
  });

  it("of snapshots takes one system disk and the data disks it is given", async () => {
    const id = await launched(simulator, { "DataDisk.1.Size": "20" });
    const system = (await ecs(simulator, "CreateSnapshot", { DiskId: await diskOf(id) })).SnapshotId;
    const data = (await ecs(simulator, "CreateSnapshot", { DiskId: await diskOf(id, "data") })).SnapshotId;
    expect(await refusal(simulator, "CreateImage", { SnapshotId: system })).toBe(
      "403 InvalidSnapshotId.NotReady",
    );
    simulator.clock.advance(60_000);
    expect(await refusal(simulator, "CreateImage", { SnapshotId: data })).toBe("403 OperationDenied");
    expect(await refusal(simulator, "CreateImage", { SnapshotId: "s-none" })).toBe(
      "404 InvalidSnapshotId.NotFound",
    );
    expect(await refusal(simulator, "CreateImage")).toBe("400 MissingParameter");
    const { ImageId } = await ecs(simulator, "CreateImage", {
      "DiskDeviceMapping.1.SnapshotId": system,
      "DiskDeviceMapping.1.Size": "60",
      "DiskDeviceMapping.2.SnapshotId": data,
      "DiskDeviceMapping.2.Device": "/dev/xvdc",
      "DiskDeviceMapping.3.Size": "30",
      "DiskDeviceMapping.3.Device": "/dev/xvdd",
      BootMode: "UEFI-Preferred",
    });
    simulator.clock.advance(3_600_000);
    const [image] = (await ecs(simulator, "DescribeImages", { ImageId })).Images.Image;
    expect(image).toMatchObject({ BootMode: "UEFI-Preferred", Platform: "Debian", Size: 60 });
    expect(image.DiskDeviceMappings.DiskDeviceMapping).toMatchObject([
      { Device: "/dev/xvda", Size: "60", SnapshotId: system },
      { Device: "/dev/xvdc", Size: "20", SnapshotId: data },
      { Device: "/dev/xvdd", Size: "30", SnapshotId: "" },
    ]);
  });

  it("is refused from an instance on its way, and at the quota", async () => {
    const answer = await ecs(simulator, "RunInstances", await launchInto(simulator));
    const [InstanceId] = answer.InstanceIdSets.InstanceIdSet;
    expect(await refusal(simulator, "CreateImage", { InstanceId })).toBe("400 IncorrectInstanceStatus");
    expect(await refusal(simulator, "CreateImage", { InstanceId: "i-none" })).toBe(
      "404 InvalidInstanceId.NotFound",
    );
  });

  it("cannot be deleted while instances are made of it, unless by force", async () => {
    const ImageId = await imported("web");
    await launched(simulator, { ImageId });
    expect((await ecs(simulator, "DescribeImages", { ImageId, Usage: "instance" })).TotalCount).toBe(1);
    expect(await refusal(simulator, "DeleteImage", { ImageId })).toBe("403 ImageUsingByInstance");
    await ecs(simulator, "DeleteImage", { ImageId, Force: "true" });
  });
});

describe("a disk", () => {
  it("that does not go with its instance stays, and makes a new one from a snapshot", async () => {
    const id = await launched(simulator, {
      "DataDisk.1.Size": "20",
      "DataDisk.1.DeleteWithInstance": "false",
    });
    const DiskId = await diskOf(id, "data");
    const { SnapshotId } = await ecs(simulator, "CreateSnapshot", { DiskId });
    simulator.clock.advance(60_000);
    await ecs(simulator, "DeleteInstance", { InstanceId: id, Force: "true" });
    expect((await ecs(simulator, "DescribeDisks")).Disks.Disk).toMatchObject([
      { DiskId, Status: "Available", InstanceId: "", Device: "" },
    ]);
    const fresh = await ecs(simulator, "CreateDisk", { ZoneId: "cn-hangzhou-i", SnapshotId });
    expect(await refusal(simulator, "DeleteSnapshot", { SnapshotId })).toBe("403 SnapshotCreatedDisk");
    await ecs(simulator, "DeleteSnapshot", { SnapshotId, Force: "true" });
    for (const one of [DiskId, fresh.DiskId]) await ecs(simulator, "DeleteDisk", { DiskId: one });
    expect((await ecs(simulator, "DescribeDisks")).TotalCount).toBe(0);
  });
});
