import { GiB } from "@sampan/core";
import { assertRunRequest } from "../ecs/run-request.ts";
import type {
  CloudInstance,
  InstanceDisk,
  InstanceQuery,
  InstanceRegistry,
  RunInstanceRequest,
} from "../instance-registry.ts";
import { assertRegionId } from "../regions.ts";
import type { MemoryImageRegistry } from "./memory-image-registry.ts";
import { type MemoryInstance, type MemoryPower, memoryNetworks, memoryStatus } from "./memory-instances.ts";
import { type MemoryWorld, refuse } from "./memory-world.ts";

/** The instances of an account, in memory: states by the clock, stock by the test, client tokens. */
export class MemoryInstanceRegistry implements InstanceRegistry {
  readonly #world: MemoryWorld;
  readonly #power: MemoryPower;
  readonly #images: MemoryImageRegistry;

  constructor(world: MemoryWorld, power: MemoryPower, images: MemoryImageRegistry) {
    this.#world = world;
    this.#power = power;
    this.#images = images;
  }

  async listInstances(region: string, query: InstanceQuery, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("listInstances", signal, () => {
      const { instanceIds, tag } = query;
      return [...this.#world.instances.values()]
        .filter((instance) => instance.region === region)
        .map((instance) => this.#look(instance))
        .filter(
          (instance) =>
            (instanceIds === undefined || instanceIds.includes(instance.instanceId)) &&
            (tag === undefined || instance.tags[tag.key] === tag.value),
        );
    });
  }

  async listDisks(region: string, instanceId: string, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("listDisks", signal, () => {
      const instance = this.#world.instances.get(instanceId);
      return instance?.region === region ? memoryDisks(instance) : [];
    });
  }

  async stopInstance(region: string, instanceId: string, signal?: AbortSignal): Promise<void> {
    assertRegionId(region);
    return this.#world.call("stopInstance", signal, () => {
      const instance = this.#instance("StopInstance", region, instanceId);
      if (instance.target === "Stopped") return;
      this.#assertSettled("StopInstance", instance);
      instance.target = "Stopped";
      instance.targetAtMs = this.#world.clock.now() + this.#power.stopMs;
    });
  }

  async startInstance(region: string, instanceId: string, signal?: AbortSignal): Promise<void> {
    assertRegionId(region);
    return this.#world.call("startInstance", signal, () => {
      const instance = this.#instance("StartInstance", region, instanceId);
      if (instance.target === "Running") return;
      this.#assertSettled("StartInstance", instance);
      instance.starts++;
      instance.target = "Running";
      instance.targetAtMs = this.#world.clock.now() + this.#power.startMs;
    });
  }

  async deleteInstance(region: string, instanceId: string, signal?: AbortSignal): Promise<void> {
    assertRegionId(region);
    return this.#world.call("deleteInstance", signal, () => {
      const instance = this.#world.instances.get(instanceId);
      if (instance?.region === region) this.#world.instances.delete(instanceId);
    });
  }

  async runInstance(region: string, request: RunInstanceRequest, signal?: AbortSignal) {
    assertRegionId(region);
    assertRunRequest(request);
    return this.#world.call("runInstance", signal, () => {
      const doing = `launching ${request.name} in ${region}`;
      const no = (code: string, status = 403) => refuse("ecs", "RunInstances", code, status, doing);
      const key = `RunInstances ${region} ${request.clientToken}`;
      const known = this.#world.tokens.get(key);
      if (known !== undefined) {
        if (known.request === JSON.stringify(request)) return { instanceId: known.imageId };
        throw no("IdempotentParameterMismatch", 400);
      }
      const { vSwitches, groups } = memoryNetworks(region);
      const vSwitch = vSwitches.find((one) => one.vSwitchId === request.vSwitchId);
      if (vSwitch === undefined) throw no("InvalidVSwitchId.NotFound", 404);
      const group = groups.find((one) => one.securityGroupId === request.securityGroupId);
      if (group === undefined) throw no("InvalidSecurityGroupId.NotFound", 404);
      if (group.vpcId !== vSwitch.vpcId) throw no("InvalidParameter.Mismatch", 400);
      if (request.zone !== undefined && request.zone !== vSwitch.zone)
        throw no("InvalidParameter.Mismatch", 400);
      const image = this.#images.find(region, request.imageId);
      if (image === undefined) throw no("InvalidImageId.NotFound", 404);
      if (image.status !== "Available") throw no("OperationDenied.ImageNotValid");
      const type = this.#power.types.find((one) => one.instanceType === request.instanceType);
      if (type === undefined) throw no("InvalidInstanceType.ValueNotSupported", 400);
      if (type.architecture !== image.architecture) throw no("ImageNotSupportInstanceType");
      const systemBytes = request.systemDiskBytes ?? Math.max(40 * GiB, image.sizeBytes);
      if (systemBytes < image.sizeBytes) throw no("InvalidSystemDiskSize.LessThanImageSize", 404);
      const pair = `${vSwitch.zone} ${request.instanceType}`;
      if (this.#power.soldOut.has(pair) || this.#power.soldOutSilently.has(pair))
        throw no("OperationDenied.NoStock");
      const instanceId = this.#world.id("i-");
      this.#world.tokens.set(key, { request: JSON.stringify(request), imageId: instanceId, taskId: "" });
      this.#world.instances.set(instanceId, {
        instanceId,
        region,
        request,
        vpcId: vSwitch.vpcId,
        zone: vSwitch.zone,
        createdAtMs: this.#world.clock.now(),
        diskBytes: [systemBytes, ...image.dataDiskBytes],
        target: "Running",
        targetAtMs: this.#world.clock.now() + this.#power.startMs,
        starts: 1,
      });
      return { instanceId };
    });
  }

  async consoleOutput(region: string, instanceId: string, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("consoleOutput", signal, () => {
      const instance = this.#instance("GetInstanceConsoleOutput", region, instanceId);
      if (this.#power.osType === "windows") {
        throw refuse(
          "ecs",
          "GetInstanceConsoleOutput",
          "IncorrectInstanceStatus.NotSupported",
          405,
          "reading a console",
        );
      }
      const isRunning = memoryStatus(instance, this.#world.clock.now()) === "Running";
      return { text: isRunning ? this.#power.console : "", updatedAt: null };
    });
  }

  async screenshot(region: string, instanceId: string, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("screenshot", signal, () => {
      this.#instance("GetInstanceScreenshot", region, instanceId);
      return new Uint8Array([0xff, 0xd8, 0xff, 0xd9]);
    });
  }

  async assistantStatus(region: string, instanceId: string, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("assistantStatus", signal, () => {
      const instance = this.#world.instances.get(instanceId);
      const now = this.#world.clock.now();
      const running =
        instance?.region === region && memoryStatus(instance, now) === "Running" && this.#power.assistant;
      return { running, lastHeartbeatAt: running ? new Date(now).toISOString() : null };
    });
  }

  #instance(action: string, region: string, instanceId: string): MemoryInstance {
    const instance = this.#world.instances.get(instanceId);
    if (instance?.region === region) return instance;
    throw refuse("ecs", action, "InvalidInstanceId.NotFound", 404, `calling ${action} for ${instanceId}`);
  }

  #assertSettled(action: string, instance: MemoryInstance): void {
    if (this.#world.clock.now() >= instance.targetAtMs) return;
    throw refuse(
      "ecs",
      action,
      "IncorrectInstanceStatus",
      400,
      `calling ${action} for ${instance.instanceId}`,
    );
  }

  #look(instance: MemoryInstance): CloudInstance {
    const { request } = instance;
    return {
      instanceId: instance.instanceId,
      region: instance.region,
      zone: instance.zone,
      name: request.name,
      hostName: request.name,
      status: memoryStatus(instance, this.#world.clock.now()),
      imageId: request.imageId,
      instanceType: request.instanceType,
      osType: this.#power.osType,
      osName: this.#power.osType === "windows" ? "Windows Server 2022" : "Debian 12 64bit",
      vpcId: instance.vpcId,
      vSwitchId: request.vSwitchId,
      securityGroupIds: [request.securityGroupId],
      privateAddresses: ["172.16.0.10"],
      publicAddresses: [],
      tags: { ...request.tags },
      lockReasons: [],
      createdAt: new Date(instance.createdAtMs).toISOString(),
      releaseAt: request.releaseAtMs === undefined ? null : new Date(request.releaseAtMs).toISOString(),
    };
  }
}

/** The disks of an instance in memory: ids that follow from the instance's. */
export function memoryDisks(instance: MemoryInstance): InstanceDisk[] {
  return instance.diskBytes.map((sizeBytes, index) => ({
    diskId: `d-${instance.instanceId.slice(2)}-${index}`,
    kind: index === 0 ? "system" : "data",
    device: `/dev/xvd${String.fromCharCode(0x61 + index)}`,
    sizeBytes,
    category: "cloud_essd",
    encrypted: false,
    tags: {},
  }));
}
