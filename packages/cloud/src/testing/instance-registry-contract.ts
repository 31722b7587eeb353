import { GiB, isSampanError } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cloud } from "../cloud.ts";
import type { CloudInstance, InstanceStatus, RunInstanceRequest } from "../instance-registry.ts";

/** What {@link instanceRegistryContract} needs of the implementation under test. */
export interface InstancesUnderTest {
  readonly cloud: Cloud;
  readonly region: string;
  /** An available x86_64 image of the region. */
  readonly imageId: string;
  /** A type that is in stock and fits it. */
  readonly instanceType: string;
  /** Lets the cloud's time go on. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Runs the suite that instances, snapshots, images of them and offers of every {@link Cloud} pass. */
export function instanceRegistryContract(name: string, make: () => Promise<InstancesUnderTest>): void {
  describe(`InstanceRegistry, SnapshotRegistry, LaunchOffers: ${name}`, () => {
    let subject: InstancesUnderTest;
    let cloud: Cloud;
    let region: string;
    let place: Pick<RunInstanceRequest, "vSwitchId" | "securityGroupId">;
    let running: string;
    const salt = Date.now().toString(36);
    let count = 0;

    beforeAll(async () => {
      subject = await make();
      ({ cloud, region } = subject);
      const offered = await cloud.offers.offeredZones(region, subject.instanceType);
      const vSwitches = await cloud.offers.listVSwitches(region, {});
      const vSwitch = vSwitches.find((one) => offered.some(({ zone }) => zone === one.zone));
      if (vSwitch === undefined) throw new Error("no vSwitch in a zone that has the type");
      const [group] = await cloud.offers.listSecurityGroups(region, { vpcId: vSwitch.vpcId });
      if (group === undefined) throw new Error("no security group in the VPC of the vSwitch");
      place = { vSwitchId: vSwitch.vSwitchId, securityGroupId: group.securityGroupId };
    });
    afterAll(async () => {
      if (running !== undefined) await cloud.instances.deleteInstance(region, running).catch(() => undefined);
      await subject?.close();
    });

    const request = (changes: Partial<RunInstanceRequest> = {}): RunInstanceRequest => ({
      ...place,
      imageId: subject.imageId,
      instanceType: subject.instanceType,
      name: `contract-${++count}`,
      systemDiskCategory: "cloud_essd",
      tags: { "sampan:run": "contract", "sampan:token": `instance-${salt}-${count}` },
      clientToken: `instance-token-${salt}-${count}`,
      ...changes,
    });
    const codeOf = async (work: Promise<unknown>) => {
      const error = await work.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(isSampanError(error), String(error)).toBe(true);
      return isSampanError(error) ? error.code : undefined;
    };
    const look = async (instanceId: string): Promise<CloudInstance | undefined> =>
      (await cloud.instances.listInstances(region, { instanceIds: [instanceId] }))[0];
    const reaches = async (instanceId: string, status: InstanceStatus): Promise<CloudInstance> => {
      for (let looks = 0; looks < 200; looks++) {
        const instance = await look(instanceId);
        if (instance?.status === status) return instance;
        await subject.advance(10_000);
      }
      throw new Error(`${instanceId} never came to be ${status}`);
    };
    const accomplished = async (snapshotId: string) => {
      for (let looks = 0; looks < 200; looks++) {
        const [found] = await cloud.snapshots.listSnapshots(region, { snapshotIds: [snapshotId] });
        if (found !== undefined && found.status !== "progressing") return found;
        await subject.advance(30_000);
      }
      throw new Error(`${snapshotId} never came to an end`);
    };
    const settled = async (imageId: string) => {
      for (let looks = 0; looks < 200; looks++) {
        const [image] = await cloud.images.listImages(region, { imageIds: [imageId] });
        if (image !== undefined && !["Waiting", "Creating"].includes(image.status)) return image;
        await subject.advance(30_000);
      }
      throw new Error(`${imageId} never came to an end`);
    };

    it("runs an instance that is seen from its first moment on, with its tags and its place", async () => {
      const asked = request();
      const { instanceId } = await cloud.instances.runInstance(region, asked);
      running = instanceId;
      expect(["Pending", "Starting", "Running"]).toContain((await look(instanceId))?.status);
      const instance = await reaches(instanceId, "Running");
      expect(instance).toMatchObject({
        instanceId,
        region,
        name: asked.name,
        imageId: asked.imageId,
        instanceType: asked.instanceType,
        vSwitchId: place.vSwitchId,
        securityGroupIds: [place.securityGroupId],
        osType: "linux",
        lockReasons: [],
        releaseAt: null,
      });
      expect(instance.tags).toMatchObject(asked.tags ?? {});
      expect(instance.privateAddresses.length).toBeGreaterThan(0);
    });

    it("gives the same instance for the same client token", async () => {
      const asked = request();
      const first = await cloud.instances.runInstance(region, asked);
      expect(await cloud.instances.runInstance(region, asked)).toEqual(first);
      await reaches(first.instanceId, "Running");
      await cloud.instances.deleteInstance(region, first.instanceId);
    });

    it("finds instances by tag, and knows none that is not there", async () => {
      const [found] = await cloud.instances.listInstances(region, {
        tag: { key: "sampan:token", value: `instance-${salt}-1` },
      });
      expect(found?.instanceId).toBe(running);
      expect(await cloud.instances.listInstances(region, { instanceIds: ["i-doesnotexist"] })).toEqual([]);
      const nobody = { key: "sampan:token", value: "nobody" };
      expect(await cloud.instances.listInstances(region, { tag: nobody })).toEqual([]);
    });

    it("tells the disks of an instance, the system disk first", async () => {
      const disks = await cloud.instances.listDisks(region, running);
      expect(disks[0]).toMatchObject({ kind: "system", encrypted: false });
      expect(disks[0]?.sizeBytes).toBeGreaterThanOrEqual(GiB);
      expect(disks.slice(1).every((disk) => disk.kind === "data")).toBe(true);
    });

    it("tells what the console shows, and whether Cloud Assistant answers", async () => {
      expect(typeof (await cloud.instances.consoleOutput(region, running)).text).toBe("string");
      expect(typeof (await cloud.instances.assistantStatus(region, running)).running).toBe("boolean");
    });

    it("stops and starts an instance, and takes a goal that is reached for done", async () => {
      await cloud.instances.startInstance(region, running);
      await cloud.instances.stopInstance(region, running);
      await reaches(running, "Stopped");
      await cloud.instances.stopInstance(region, running);
      await cloud.instances.startInstance(region, running);
      await reaches(running, "Running");
    });

    it("takes a snapshot of a disk, found by id and by tag", async () => {
      const [disk] = await cloud.instances.listDisks(region, running);
      const asked = {
        diskId: disk?.diskId ?? "",
        name: `contract-${salt}`,
        tags: { "sampan:token": `snapshot-${salt}` },
        clientToken: `snapshot-token-${salt}`,
      };
      const { snapshotId } = await cloud.snapshots.createSnapshot(region, asked);
      expect(await cloud.snapshots.createSnapshot(region, asked)).toEqual({ snapshotId });
      const tag = { key: "sampan:token", value: `snapshot-${salt}` };
      expect((await cloud.snapshots.listSnapshots(region, { tag })).map((one) => one.snapshotId)).toEqual([
        snapshotId,
      ]);
      const done = await accomplished(snapshotId);
      expect(done).toMatchObject({
        status: "accomplished",
        progressPercent: 100,
        diskId: asked.diskId,
        diskKind: "system",
        sizeBytes: disk?.sizeBytes,
        name: asked.name,
      });
      await cloud.snapshots.deleteSnapshot(region, snapshotId);
      expect(await cloud.snapshots.listSnapshots(region, { snapshotIds: [snapshotId] })).toEqual([]);
      await cloud.snapshots.deleteSnapshot(region, snapshotId);
    });

    it("makes an image of a snapshot once it is accomplished, and keeps the snapshot while the image is there", async () => {
      const [disk] = await cloud.instances.listDisks(region, running);
      const { snapshotId } = await cloud.snapshots.createSnapshot(region, {
        diskId: disk?.diskId ?? "",
        name: `contract-image-${salt}`,
        clientToken: `snapshot-image-${salt}`,
      });
      const asked = {
        name: `contract-snapshots-${salt}`,
        source: { kind: "snapshots", disks: [{ snapshotId, kind: "system" }] },
        tags: { "sampan:run": "contract" },
        clientToken: `create-${salt}`,
      } as const;
      await accomplished(snapshotId);
      const { imageId } = await cloud.images.createImage(region, asked);
      expect(await cloud.images.createImage(region, asked)).toEqual({ imageId });
      const image = await settled(imageId);
      expect(image).toMatchObject({
        status: "Available",
        name: asked.name,
        isCopied: false,
        sizeBytes: disk?.sizeBytes,
      });
      expect(image.tags).toMatchObject(asked.tags);
      expect(await codeOf(cloud.images.createImage(region, { ...asked, clientToken: `other-${salt}` }))).toBe(
        "CLOUD_IMAGE_NAME_TAKEN",
      );
      expect(await codeOf(cloud.snapshots.deleteSnapshot(region, snapshotId))).toBe("CLOUD_IMAGE_BUSY");
      await cloud.images.deleteImage(region, imageId);
      await cloud.snapshots.deleteSnapshot(region, snapshotId);
    });

    it("makes an image of an instance", async () => {
      const { imageId } = await cloud.images.createImage(region, {
        name: `contract-instance-${salt}`,
        source: { kind: "instance", instanceId: running },
        clientToken: `create-instance-${salt}`,
      });
      expect(await settled(imageId)).toMatchObject({ status: "Available", architecture: "x86_64" });
      await cloud.images.deleteImage(region, imageId);
    });

    it("refuses to make an image of what is not there, and what no image can be", async () => {
      const create = (source: Parameters<Cloud["images"]["createImage"]>[1]["source"], name = `no-${salt}`) =>
        codeOf(cloud.images.createImage(region, { name, source, clientToken: `no-${salt}-${++count}` }));
      const nothing = [{ snapshotId: "s-doesnotexist", kind: "system" }] as const;
      expect(await create({ kind: "snapshots", disks: nothing })).toBe("CLOUD_SNAPSHOT_NOT_FOUND");
      expect(await create({ kind: "instance", instanceId: "i-doesnotexist" })).toBe(
        "CLOUD_INSTANCE_NOT_FOUND",
      );
      expect(await create({ kind: "snapshots", disks: [] })).toBe("CLOUD_CREATE_REFUSED");
      expect(await create({ kind: "snapshots", disks: [...nothing, ...nothing] })).toBe(
        "CLOUD_CREATE_REFUSED",
      );
      expect(await create({ kind: "snapshots", disks: nothing }, "has a space")).toBe("CLOUD_CREATE_REFUSED");
    });

    it("refuses a launch that cannot be", async () => {
      const launch = (changes: Partial<RunInstanceRequest>) =>
        codeOf(cloud.instances.runInstance(region, request(changes)));
      expect(await launch({ imageId: "m-doesnotexist" })).toBe("CLOUD_IMAGE_NOT_FOUND");
      expect(await launch({ vSwitchId: "vsw-doesnotexist" })).toBe("CLOUD_LAUNCH_REFUSED");
      expect(await launch({ securityGroupId: "sg-doesnotexist" })).toBe("CLOUD_LAUNCH_REFUSED");
      expect(await launch({ instanceType: "ecs.none.large" })).toBe("CLOUD_NO_STOCK");
      expect(await launch({ name: "x" })).toBe("CLOUD_LAUNCH_REFUSED");
      expect(await launch({ clientToken: "x".repeat(65) })).toBe("CLOUD_LAUNCH_REFUSED");
      expect(await launch({ internetMbps: 101 })).toBe("CLOUD_LAUNCH_REFUSED");
    });

    it("tells what a type needs, and where it can be had", async () => {
      const [type] = await cloud.offers.describeInstanceTypes(region, [
        subject.instanceType,
        "ecs.none.large",
      ]);
      expect(type).toMatchObject({ instanceType: subject.instanceType, architecture: "x86_64" });
      expect(type?.bootModes.every((mode) => mode === "BIOS" || mode === "UEFI")).toBe(true);
      const [offered] = await cloud.offers.offeredZones(region, subject.instanceType);
      expect(offered?.systemDiskCategories).toContain("cloud_essd");
      const zones = await cloud.offers.listZones(region);
      const zone = zones.find((one) => one.zone === offered?.zone);
      expect(zone?.instanceTypes).toContain(subject.instanceType);
      expect(await cloud.offers.offeredZones(region, "ecs.none.large").catch(() => [])).toEqual([]);
    });

    it("finds vSwitches and security groups by id and by VPC", async () => {
      const { offers } = cloud;
      const [vSwitch] = await offers.listVSwitches(region, { vSwitchIds: [place.vSwitchId] });
      expect(vSwitch?.vSwitchId).toBe(place.vSwitchId);
      const vpcId = vSwitch?.vpcId ?? "";
      const ofVpc = await offers.listVSwitches(region, { vpcId });
      expect(ofVpc.map((one) => one.vSwitchId)).toContain(place.vSwitchId);
      expect(ofVpc.every((one) => one.vpcId === vpcId)).toBe(true);
      expect(await offers.listVSwitches(region, { vSwitchIds: ["vsw-doesnotexist"] })).toEqual([]);
      const ids = [place.securityGroupId];
      expect(await offers.listSecurityGroups(region, { securityGroupIds: ids })).toMatchObject([{ vpcId }]);
      const groups = await offers.listSecurityGroups(region, { vpcId });
      expect(groups.map((one) => one.securityGroupId)).toContain(place.securityGroupId);
    });

    it("deletes a running instance with its disks, and one that is gone without complaint", async () => {
      await cloud.instances.deleteInstance(region, running);
      for (let looks = 0; looks < 50 && (await look(running)) !== undefined; looks++)
        await subject.advance(10_000);
      expect(await look(running)).toBeUndefined();
      expect(await cloud.instances.listDisks(region, running)).toEqual([]);
      await cloud.instances.deleteInstance(region, running);
    });

    it("does nothing in a malformed region or for a signal that has aborted", async () => {
      expect(await codeOf(cloud.instances.listInstances("not a region", {}))).toBe("CLOUD_REGION_UNKNOWN");
      const aborted = AbortSignal.abort();
      expect(await codeOf(cloud.instances.runInstance(region, request(), aborted))).toBe("CORE_CANCELLED");
      expect(await codeOf(cloud.snapshots.listSnapshots(region, {}, aborted))).toBe("CORE_CANCELLED");
      expect(await codeOf(cloud.offers.listVSwitches(region, {}, aborted))).toBe("CORE_CANCELLED");
    });
  });
}
