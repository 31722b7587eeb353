import { GiB, SampanError } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { memoryCloud } from "../testing/memory-cloud.ts";
import { memoryInstance } from "../testing/memory-instance.ts";
import { type LaunchOptions, type LaunchRequest, launchInstance } from "./launch-instance.ts";
import { isReleaseAhead, releaseTime } from "./release-time.ts";

const region = "cn-hangzhou";
const [zoneA, zoneB] = [`${region}-a`, `${region}-b`];

async function prepared() {
  const cloud = memoryCloud();
  const { imageId } = await memoryInstance(cloud);
  cloud.world.instances.clear();
  cloud.world.calls.length = 0;
  const request: LaunchRequest = {
    region,
    imageId,
    name: "web-01",
    instanceTypes: ["ecs.g7.large"],
    vpcId: `vpc-${region}`,
    tags: { "sampan:run": "run-1" },
    clientToken: "run-1/launch",
  };
  const notes: string[] = [];
  const options: LaunchOptions = {
    clock: cloud.clock,
    random: () => 0.5,
    onNote: (note) => notes.push(note),
  };
  const launched = () => cloud.world.calls.filter((call) => call === "runInstance").length;
  return { cloud, request, options, notes, launched };
}

describe("a launch", () => {
  it("finds the network of a VPC and ends with an instance that runs", async () => {
    const { cloud, request, options } = await prepared();
    const { instance, adopted, refused: tried } = await launchInstance(cloud, request, options);
    expect(instance).toMatchObject({
      status: "Running",
      zone: zoneA,
      vpcId: `vpc-${region}`,
      securityGroupIds: [`sg-${region}`],
      instanceType: "ecs.g7.large",
    });
    expect(instance.tags).toMatchObject({ "sampan:run": "run-1", "sampan:token": "run-1/launch" });
    expect([adopted, tried]).toEqual([false, []]);
  });

  it("goes to another zone, then to another type, where stock says no, also when only the launch says so", async () => {
    const { cloud, request, options } = await prepared();
    cloud.power.soldOut.add(`${zoneA} ecs.g7.large`);
    cloud.power.soldOutSilently.add(`${zoneB} ecs.g7.large`).add(`${zoneA} ecs.g6.large`);
    const types = ["ecs.g7.large", "ecs.g6.large"];
    const { instance, refused: tried } = await launchInstance(
      cloud,
      { ...request, instanceTypes: types },
      options,
    );
    expect(instance).toMatchObject({ instanceType: "ecs.g6.large", zone: zoneB });
    expect(tried).toEqual([
      { instanceType: "ecs.g7.large", zone: zoneA, reason: "not in stock" },
      { instanceType: "ecs.g7.large", zone: zoneB, reason: "OperationDenied.NoStock" },
      { instanceType: "ecs.g6.large", zone: zoneA, reason: "OperationDenied.NoStock" },
    ]);
    expect(cloud.world.instances.size).toBe(1);
  });

  it("tells every place it tried when there is none left", async () => {
    const { cloud, request, options } = await prepared();
    cloud.power.soldOut.add(`${zoneA} ecs.g7.large`);
    cloud.power.soldOutSilently.add(`${zoneB} ecs.g7.large`);
    const error = await refused(launchInstance(cloud, request, options));
    expect(error.code).toBe("CLOUD_NO_STOCK");
    expect(error.details.tried).toHaveLength(2);
  });

  it("makes one instance, however often it is asked for and answers are lost", async () => {
    const { cloud, request, options, launched } = await prepared();
    const lost = new SampanError("CLOUD_UNREACHABLE", "reset", { retryable: true });
    cloud.fail("runInstance", lost, { answerLost: true });
    const first = await launchInstance(cloud, request, options);
    const second = await launchInstance(cloud, request, options);
    expect(second).toMatchObject({ adopted: true, instance: { instanceId: first.instance.instanceId } });
    expect(cloud.world.instances.size).toBe(1);
    expect(launched()).toBe(2);
  });

  it("keeps off types that do not fit the image, and says why", async () => {
    const { cloud, request, options, notes, launched } = await prepared();
    const wrong = ["ecs.g8y.large", "ecs.none.large"];
    const { refused: tried } = await launchInstance(
      cloud,
      { ...request, instanceTypes: [...wrong, "ecs.g7.large"] },
      options,
    );
    expect(tried.map(({ instanceType }) => instanceType)).toEqual(wrong);
    expect(notes.filter((note) => note.includes("does not fit"))).toHaveLength(2);
    const error = await refused(
      launchInstance(cloud, { ...request, instanceTypes: wrong, clientToken: "other" }, options),
    );
    expect(error.code).toBe("CLOUD_LAUNCH_REFUSED");
    expect(error.message).toContain("it is arm64 and the image x86_64");
    expect(launched()).toBe(1);
  });

  it("minds the boot mode and NVMe", async () => {
    const { cloud, request, options } = await prepared();
    for (const [imageId, image] of cloud.world.images) {
      if (!("disks" in image.request)) continue;
      const uefi = { ...image.request, bootMode: "UEFI" as const, nvmeSupport: false };
      cloud.world.images.set(imageId, { ...image, request: uefi });
    }
    const error = await refused(
      launchInstance(cloud, { ...request, instanceTypes: ["ecs.g6.large", "ecs.c8i.large"] }, options),
    );
    expect(error.message).toContain("ecs.g6.large: it boots by BIOS and the image by UEFI");
    expect(error.message).toContain("ecs.c8i.large: its disks are NVMe");
  });

  it("refuses networks that do not belong together, before anything is billed", async () => {
    const { cloud, request, options, launched } = await prepared();
    const { vpcId: _vpc, ...anywhere } = request;
    const refusals: [Partial<LaunchRequest>, RegExp][] = [
      [{ vSwitchIds: ["vsw-none"] }, /no vSwitch vsw-none/],
      [{ securityGroupId: "sg-none" }, /no security group sg-none/],
      [{ vSwitchIds: [`vsw-${zoneA}`], securityGroupId: `sg-other-${region}` }, /lies in/],
      [{ vSwitchIds: [`vsw-${zoneA}`, `vsw-other-${region}`] }, /lie in 2 VPCs/],
      [
        { zone: "cn-hangzhou-z", vpcId: `vpc-${region}` },
        /no vSwitch in VPC vpc-cn-hangzhou, zone cn-hangzhou-z/,
      ],
      [{}, /lie in 2 VPCs/],
      [{ vpcId: `vpc-${region}`, systemDiskBytes: 20 * GiB }, /smaller than the image's 40 GiB/],
    ];
    for (const [changes, message] of refusals) {
      const error = await refused(launchInstance(cloud, { ...anywhere, ...changes }, options));
      expect(error.code, String(message)).toBe("CLOUD_LAUNCH_REFUSED");
      expect(error.message).toMatch(message);
    }
    expect(launched()).toBe(0);
  });

  it("tells of an image that is not there or not ready", async () => {
    const { cloud, request, options } = await prepared();
    const error = await refused(launchInstance(cloud, { ...request, imageId: "m-none" }, options));
    expect(error.code).toBe("CLOUD_IMAGE_NOT_FOUND");
    expect(error.hint).toContain("shareWith");
  });

  it("asks the launch itself where the account may not ask for stock", async () => {
    const { cloud, request, options } = await prepared();
    cloud.fail("offeredZones", new SampanError("CLOUD_PERMISSION_DENIED", "no"), { times: 9 });
    expect((await launchInstance(cloud, request, options)).instance.status).toBe("Running");
  });

  it("ends with an error when the instance stops instead of starting", async () => {
    const { cloud, request, options } = await prepared();
    cloud.power.startMs = 4 * 3_600_000;
    const error = await refused(launchInstance(cloud, request, { ...options, patienceMs: 600_000 }));
    expect(error.code).toBe("CLOUD_INSTANCE_STATE");
  });
});

describe("the release of a test instance", () => {
  it("lies at least 30 minutes ahead, and is known to be too near later", () => {
    const at = releaseTime(0, 60_000);
    expect(at).toBeGreaterThanOrEqual(30 * 60_000);
    expect(isReleaseAhead(at, 0)).toBe(true);
    expect(isReleaseAhead(at, 600_000)).toBe(false);
    expect(releaseTime(0, 7_200_000)).toBeGreaterThanOrEqual(7_200_000);
  });
});
