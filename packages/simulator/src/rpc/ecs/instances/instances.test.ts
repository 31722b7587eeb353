import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Simulator } from "../../../simulator.ts";
import { ecs, launched, launchInto, refusal } from "../../../testing/launch.ts";

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start();
  simulator.clock.freeze();
});

afterEach(() => simulator.stop());

async function stateOf(instanceId: string): Promise<string | undefined> {
  const answer = await ecs(simulator, "DescribeInstanceStatus", { "InstanceId.1": instanceId });
  return answer.InstanceStatuses.InstanceStatus[0]?.Status;
}

describe("launching", () => {
  it("takes an instance through Pending and Starting to Running in simulated time", async () => {
    const answer = await ecs(simulator, "RunInstances", await launchInto(simulator));
    const [id] = answer.InstanceIdSets.InstanceIdSet;
    expect(id).toMatch(/^i-bp1[0-9a-f]{17}$/);
    expect(await stateOf(id)).toBe("Pending");
    simulator.clock.advance(3_000);
    expect(await stateOf(id)).toBe("Starting");
    simulator.clock.advance(15_000);
    expect(await stateOf(id)).toBe("Running");
  });

  it("shows a full row: image, type, network, and that nothing really runs", async () => {
    const id = await launched(simulator, {
      InstanceName: "web-01",
      HostName: "web-01",
      InternetMaxBandwidthOut: "5",
      "Tag.1.Key": "job",
      "Tag.1.Value": "j1",
    });
    const answer = await ecs(simulator, "DescribeInstances", { InstanceIds: JSON.stringify([id]) });
    expect(answer).toMatchObject({ TotalCount: 1, PageNumber: 1, PageSize: 10, NextToken: "" });
    expect(answer.Instances.Instance[0]).toMatchObject({
      InstanceId: id,
      InstanceName: "web-01",
      HostName: "web-01",
      Status: "Running",
      ImageId: "debian_12_x64_20G_alibase_20260415.vhd",
      InstanceType: "ecs.g7.large",
      Cpu: 2,
      Memory: 8192,
      OSType: "linux",
      VpcAttributes: { PrivateIpAddress: { IpAddress: ["172.16.0.1"] } },
      PublicIpAddress: { IpAddress: ["198.18.0.1"] },
      OperationLocks: { LockReason: [] },
      Tags: {
        Tag: [
          { TagKey: "job", TagValue: "j1" },
          { TagKey: "sampan:machine", TagValue: "simulated" },
        ],
      },
    });
    const console = await ecs(simulator, "GetInstanceConsoleOutput", { InstanceId: id });
    expect(Buffer.from(console.ConsoleOutput, "base64").toString()).toContain("simulated");
    expect(await refusal(simulator, "GetInstanceScreenshot", { InstanceId: id })).toMatch(/^405 /);
    const agents = await ecs(simulator, "DescribeCloudAssistantStatus", { "InstanceId.1": id });
    expect(agents.InstanceCloudAssistantStatusSet.InstanceCloudAssistantStatus).toMatchObject([
      { InstanceId: id, CloudAssistantStatus: "false" },
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["an image that does not exist", { ImageId: "m-none" }, "404 InvalidImageId.NotFound"],
    ["no image", { ImageId: "" }, "400 MissingParameter"],
    ["an unknown type", { InstanceType: "ecs.x1.huge" }, "400 InvalidInstanceType.ValueNotSupported"],
    ["an Arm type for an x86 image", { InstanceType: "ecs.g8y.large" }, "403 ImageNotSupportInstanceType"],
    [
      "a BIOS type for a UEFI image",
      { ImageId: "aliyun_3_arm64_20G_alibase_20260415.vhd", InstanceType: "ecs.g6.large" },
      "403 ImageNotSupportInstanceType",
    ],
    ["an unknown zone", { ZoneId: "cn-hangzhou-z" }, "404 InvalidZoneId.NotFound"],
    ["another zone than the vSwitch's", { ZoneId: "cn-hangzhou-j" }, "400 InvalidParameter.Mismatch"],
    ["an unknown vSwitch", { VSwitchId: "vsw-none" }, "404 InvalidVSwitchId.NotFound"],
    ["no vSwitch", { VSwitchId: "" }, "400 MissingParameter"],
    ["an unknown group", { SecurityGroupId: "sg-none" }, "404 InvalidSecurityGroupId.NotFound"],
    ["too small a disk", { "SystemDisk.Size": "10" }, "404 InvalidSystemDiskSize.LessThanImageSize"],
    [
      "an unknown kind of disk",
      { "SystemDisk.Category": "tape" },
      "400 InvalidSystemDiskCategory.ValueNotSupported",
    ],
    [
      "a data disk without size",
      { "DataDisk.1.Category": "cloud_essd" },
      "400 InvalidDataDiskSize.ValueNotSupported",
    ],
    ["a weak password", { Password: "password" }, "400 InvalidPassword.Malformed"],
    ["user data that is no base64", { UserData: "#!" }, "400 InvalidUserData.Base64FormatInvalid"],
    [
      "too much user data",
      { UserData: Buffer.alloc(33_000).toString("base64") },
      "400 InvalidUserData.SizeExceeded",
    ],
    [
      "a release too soon",
      { AutoReleaseTime: "2020-01-01T00:00:00Z" },
      "400 InvalidAutoReleaseTime.Malformed",
    ],
    ["a malformed name", { InstanceName: "1" }, "400 InvalidInstanceName.Malformed"],
    ["too many", { Amount: "101" }, "400 InvalidParameter.Amount"],
    ["encryption", { "SystemDisk.Encrypted": "true" }, "400 InvalidParameter.KmsNotEnabled"],
    ["a dry run that passes", { DryRun: "true" }, "400 DryRunOperation"],
    ["what is not imitated", { LaunchTemplateId: "lt-1" }, "400 UnsupportedParameter"],
  ])("refuses %s", async (_title, more, code) => {
    expect(await refusal(simulator, "RunInstances", { ...(await launchInto(simulator)), ...more })).toBe(
      code,
    );
    expect((await ecs(simulator, "DescribeInstances")).TotalCount).toBe(0);
  });

  it("gives one answer to one client token, after a restart too, and refuses another call with it", async () => {
    await simulator.stop();
    const dataFolder = await mkdtemp(join(tmpdir(), "sampan-instances-"));
    try {
      simulator = await Simulator.start({ dataFolder });
      const call = { ...(await launchInto(simulator)), ClientToken: "launch-1", Amount: "2" };
      const first = (await ecs(simulator, "RunInstances", call)).InstanceIdSets;
      expect((await ecs(simulator, "RunInstances", call)).InstanceIdSets).toEqual(first);
      await simulator.stop();
      simulator = await Simulator.start({ dataFolder });
      expect((await ecs(simulator, "RunInstances", call)).InstanceIdSets).toEqual(first);
      expect(await refusal(simulator, "RunInstances", { ...call, Amount: "3" })).toBe(
        "400 IdempotentParameterMismatch",
      );
      expect((await ecs(simulator, "DescribeInstances")).TotalCount).toBe(2);
    } finally {
      await simulator.stop();
      await rm(dataFolder, { recursive: true });
    }
  });

  it("is refused where a type is sold out or the quota used up, and may launch fewer", async () => {
    await simulator.stop();
    simulator = await Simulator.start({ quotas: { vcpus: 5 }, soldOut: [{ instanceType: "ecs.c7.large" }] });
    const call = await launchInto(simulator);
    expect(await refusal(simulator, "RunInstances", { ...call, InstanceType: "ecs.c7.large" })).toBe(
      "403 OperationDenied.NoStock",
    );
    expect(await refusal(simulator, "RunInstances", { ...call, Amount: "3" })).toBe(
      "403 QuotaExceed.ElasticQuota",
    );
    const answer = await ecs(simulator, "RunInstances", { ...call, Amount: "3", MinAmount: "1" });
    expect(answer.InstanceIdSets.InstanceIdSet).toHaveLength(2);
    const resources = await ecs(simulator, "DescribeAvailableResource", {
      DestinationResource: "InstanceType",
      InstanceType: "ecs.c7.large",
    });
    const [zone] = resources.AvailableZones.AvailableZone;
    expect(zone.AvailableResources.AvailableResource[0].SupportedResources.SupportedResource).toEqual([
      { Value: "ecs.c7.large", Status: "SoldOut", StatusCategory: "WithoutStock" },
    ]);
  });
});

describe("quotas and stock", () => {
  const change = (body: unknown) =>
    fetch(`${simulator.endpoint}/_sampan/ecs`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });

  it("change while the simulator runs", async () => {
    const call = await launchInto(simulator);
    await change({ soldOut: [{ zoneId: call.ZoneId }] });
    expect(await refusal(simulator, "RunInstances", call)).toBe("403 OperationDenied.NoStock");
    await change({ soldOut: [], quotas: { vcpus: 0 } });
    expect(await refusal(simulator, "RunInstances", call)).toBe("403 QuotaExceed.ElasticQuota");
    const shown = await (await fetch(`${simulator.endpoint}/_sampan/ecs`)).json();
    expect(shown).toMatchObject({ quotas: { vcpus: 0, images: 100 }, soldOut: [] });
  });

  it.each([
    { quotas: { bananas: 1 } },
    { quotas: { vcpus: -1 } },
    { soldOut: "all" },
    { soldOut: [{ instanceType: "ecs.none" }] },
    { detection: [{}] },
  ])("refuse %j and stay as they were", async (body) => {
    const before = await (await fetch(`${simulator.endpoint}/_sampan/ecs`)).json();
    expect((await change(body)).status).toBe(400);
    expect(await (await fetch(`${simulator.endpoint}/_sampan/ecs`)).json()).toEqual(before);
  });
});

describe("the life of an instance", () => {
  it("stops, starts and reboots, and refuses what its state does not allow", async () => {
    const id = await launched(simulator);
    expect(await refusal(simulator, "StartInstance", { InstanceId: id })).toBe("403 IncorrectInstanceStatus");
    expect(await refusal(simulator, "DeleteInstance", { InstanceId: id })).toBe(
      "403 IncorrectInstanceStatus",
    );
    await ecs(simulator, "StopInstance", { InstanceId: id, StoppedMode: "StopCharging" });
    expect(await stateOf(id)).toBe("Stopping");
    simulator.clock.advance(10_000);
    expect(await stateOf(id)).toBe("Stopped");
    await ecs(simulator, "StartInstance", { InstanceId: id });
    simulator.clock.advance(15_000);
    await ecs(simulator, "RebootInstance", { InstanceId: id });
    expect(await stateOf(id)).toBe("Starting");
    simulator.clock.advance(60_000);
    await ecs(simulator, "StopInstance", { InstanceId: id, ForceStop: "true" });
    expect(await stateOf(id)).toBe("Stopped");
    await ecs(simulator, "DeleteInstance", { InstanceId: id });
    expect(await stateOf(id)).toBeUndefined();
    expect((await ecs(simulator, "DescribeDisks")).TotalCount).toBe(0);
  });

  it("is dealt with many at a time, all together or as far as it goes", async () => {
    const ids = [await launched(simulator), await launched(simulator)];
    await ecs(simulator, "StopInstance", { InstanceId: ids[0] ?? "", ForceStop: "true" });
    const both = { "InstanceId.1": ids[0] ?? "", "InstanceId.2": ids[1] ?? "" };
    expect(await refusal(simulator, "StopInstances", both)).toBe("403 IncorrectInstanceStatus");
    const answer = await ecs(simulator, "StopInstances", { ...both, BatchOptimization: "SuccessFirst" });
    expect(answer.InstanceResponses.InstanceResponse).toMatchObject([
      { InstanceId: ids[0], Code: "IncorrectInstanceStatus", CurrentStatus: "Stopped" },
      { InstanceId: ids[1], Code: "200", PreviousStatus: "Running", CurrentStatus: "Stopping" },
    ]);
    await ecs(simulator, "DeleteInstances", { ...both, Force: "true" });
    expect((await ecs(simulator, "DescribeInstances")).TotalCount).toBe(0);
  });

  it("ends at its AutoReleaseTime", async () => {
    const at = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
    const id = await launched(simulator, { AutoReleaseTime: at });
    expect(await stateOf(id)).toBe("Running");
    simulator.clock.advance(3_600_000);
    expect(await stateOf(id)).toBeUndefined();
  });

  it("is protected from deletion where that is wanted", async () => {
    const id = await launched(simulator, { DeletionProtection: "true" });
    const call = { InstanceId: id, Force: "true" };
    expect(await refusal(simulator, "DeleteInstance", call)).toBe("403 InvalidOperation.DeletionProtection");
    await ecs(simulator, "ModifyInstanceAttribute", {
      InstanceId: id,
      DeletionProtection: "false",
      InstanceName: "gone",
    });
    expect(await ecs(simulator, "DescribeInstanceAttribute", { InstanceId: id })).toMatchObject({
      InstanceName: "gone",
    });
    await ecs(simulator, "DeleteInstance", call);
  });

  it("is listed page by page and by token, also while things are deleted in between", async () => {
    const answer = await ecs(simulator, "RunInstances", { ...(await launchInto(simulator)), Amount: "5" });
    const all: string[] = answer.InstanceIdSets.InstanceIdSet;
    const seen: string[] = [];
    let token = "";
    do {
      const page = await ecs(simulator, "DescribeInstances", { MaxResults: "2", NextToken: token });
      for (const { InstanceId } of page.Instances.Instance) {
        seen.push(InstanceId);
        await ecs(simulator, "DeleteInstance", { InstanceId, Force: "true" });
      }
      token = page.NextToken;
    } while (token !== "");
    expect(seen.sort()).toEqual([...all].sort());
    expect(await refusal(simulator, "DescribeInstances", { NextToken: "junk" })).toBe(
      "400 InvalidParameter.NextToken",
    );
  });
});

describe("what every account finds ready", () => {
  it("is a VPC, a vSwitch in each zone and a security group, the same after a restart", async () => {
    const zones = await ecs(simulator, "DescribeZones");
    const vpcs = await ecs(simulator, "DescribeVpcs");
    const vSwitches = await ecs(simulator, "DescribeVSwitches");
    expect(vpcs.Vpcs.Vpc).toMatchObject([{ IsDefault: true, Status: "Available", RegionId: "cn-hangzhou" }]);
    expect(vSwitches.VSwitches.VSwitch.map((one: { ZoneId: string }) => one.ZoneId)).toEqual(
      zones.Zones.Zone.map((zone: { ZoneId: string }) => zone.ZoneId),
    );
    await simulator.stop();
    simulator = await Simulator.start();
    expect((await ecs(simulator, "DescribeVpcs")).Vpcs).toEqual(vpcs.Vpcs);
  });

  it("can be added to and taken away, but not from under an instance", async () => {
    const { VpcId } = await ecs(simulator, "CreateVpc", { CidrBlock: "10.0.0.0/8", VpcName: "lab" });
    const inVpc = { VpcId, ZoneId: "cn-hangzhou-j" };
    expect(await refusal(simulator, "CreateVSwitch", { ...inVpc, CidrBlock: "192.168.0.0/24" })).toBe(
      "400 InvalidCidrBlock.Malformed",
    );
    const { VSwitchId } = await ecs(simulator, "CreateVSwitch", { ...inVpc, CidrBlock: "10.1.0.0/24" });
    const { SecurityGroupId } = await ecs(simulator, "CreateSecurityGroup", { VpcId });
    await ecs(simulator, "AuthorizeSecurityGroup", {
      SecurityGroupId,
      IpProtocol: "tcp",
      PortRange: "22/22",
      SourceCidrIp: "10.0.0.0/8",
    });
    const attribute = await ecs(simulator, "DescribeSecurityGroupAttribute", { SecurityGroupId });
    expect(attribute.Permissions.Permission).toMatchObject([{ IpProtocol: "TCP", PortRange: "22/22" }]);
    const own = { VSwitchId, SecurityGroupId, ZoneId: "cn-hangzhou-j" };
    const mixed = { ...(await launchInto(simulator)), VSwitchId, ZoneId: "cn-hangzhou-j" };
    expect(await refusal(simulator, "RunInstances", mixed)).toBe("400 InvalidParameter.Mismatch");
    const id = await launched(simulator, own);
    expect(await refusal(simulator, "DeleteVSwitch", { VSwitchId })).toBe("400 DependencyViolation");
    expect(await refusal(simulator, "DeleteSecurityGroup", { SecurityGroupId })).toBe(
      "403 DependencyViolation",
    );
    await ecs(simulator, "DeleteInstance", { InstanceId: id, Force: "true" });
    expect(await refusal(simulator, "DeleteVpc", { VpcId })).toBe("400 DependencyViolation.VSwitch");
    await ecs(simulator, "DeleteVSwitch", { VSwitchId });
    await ecs(simulator, "DeleteSecurityGroup", { SecurityGroupId });
    await ecs(simulator, "DeleteVpc", { VpcId });
    expect((await ecs(simulator, "DescribeVpcs")).TotalCount).toBe(1);
  });
});
