import { createHash } from "node:crypto";
import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import type { InstanceType } from "../catalogue/instance-types.ts";
import { answerGivenBefore, keepToken } from "../client-token.ts";
import { progressOf } from "../progress.ts";
import { type ImageRecord, osTraitsOf } from "../records.ts";
import { endDryRun, newId, requireRegion } from "../rules.ts";
import { requireVisibleImage } from "../visible-images.ts";
import { bootModeOn, misfit } from "./fit.ts";
import { type LaunchDisk, readDisks } from "./launch-disks.ts";
import {
  freeAddresses,
  freePublicAddress,
  type LaunchPlace,
  requireInstanceType,
  requirePlace,
  requireStock,
  requireVcpuQuota,
} from "./launch-place.ts";
import { type LaunchRequest, launchParameters, readLaunchRequest } from "./launch-request.ts";
import { launchPlan } from "./lifecycle.ts";
import type { InstanceRecord, PlannedChange } from "./records.ts";

/** Everything a launch was found to be allowed to do. */
interface Launch {
  readonly region: string;
  readonly request: LaunchRequest;
  readonly image: ImageRecord;
  readonly type: InstanceType;
  readonly place: LaunchPlace;
  readonly disks: readonly LaunchDisk[];
  readonly count: number;
}

/**
 * RunInstances: makes instances and starts them.
 *
 * Order of the checks: parameters by themselves, image, instance type, place, whether image and type fit, disks, quota, stock.
 */
export const runInstances: RpcAction = {
  name: "RunInstances",
  parameters: launchParameters,
  run: (call) =>
    call.world.ecs.exclusively(call.caller.accountId, async () => {
      const given = answerGivenBefore(call, "RunInstances");
      if (given) return given;
      const launch = check(call);
      endDryRun(call.parameters);
      const ids = Array.from({ length: launch.count }, () => newId("i"));
      const answer = { InstanceIdSets: { InstanceIdSet: ids } };
      await create(call, launch, ids, launchPlan(call.world.clock.now(), call.world.options.speed), {
        action: "RunInstances",
        answer,
      });
      return answer;
    }),
};

/** CreateInstance: makes one instance, which is `Stopped` once it is made. */
export const createInstance: RpcAction = {
  name: "CreateInstance",
  parameters: launchParameters.filter(
    (name) => !/^(Amount|MinAmount|UniqueSuffix|NetworkInterface)/.test(name),
  ),
  run: (call) =>
    call.world.ecs.exclusively(call.caller.accountId, async () => {
      const given = answerGivenBefore(call, "CreateInstance");
      if (given) return given;
      const launch = check(call);
      endDryRun(call.parameters);
      const instanceId = newId("i");
      const answer = { InstanceId: instanceId };
      const atMs = call.world.clock.now() + call.world.options.speed.instancePendingMs;
      await create(call, launch, [instanceId], [{ state: "Stopped", atMs }], {
        action: "CreateInstance",
        answer,
      });
      return answer;
    }),
};

function check(call: RpcCall): Launch {
  const region = requireRegion(call);
  const nowMs = call.world.clock.now();
  const request = readLaunchRequest(call.parameters, call.world.clock.serviceNow());
  const image = requireVisibleImage(call, region);
  const { status } = progressOf(image, nowMs);
  if (status !== "Available" && status !== "Deprecated") {
    throw new RpcError(403, "OperationDenied.ImageNotValid", `The image ${image.imageId} is ${status}.`);
  }
  const type = requireInstanceType(call);
  const place = requirePlace(call, region);
  const problem = misfit(image, type);
  if (problem !== undefined) {
    throw new RpcError(403, "ImageNotSupportInstanceType", `Image and instance type do not fit: ${problem}.`);
  }
  const disks = readDisks(call, region, image);
  const count = requireVcpuQuota(call, region, type, request.amount, request.minAmount);
  requireStock(call, place.vSwitch.zoneId, type);
  return { region, request, image, type, place, disks, count };
}

/** Writes the token, then the disks, then the instances, the one the token names last: a crash in between leaves none of it. */
function create(
  call: RpcCall,
  launch: Launch,
  ids: readonly string[],
  plan: readonly PlannedChange[],
  token: { readonly action: string; readonly answer: JsonObject },
): Promise<void> {
  const { ecs, oss } = call.world;
  const { place } = launch;
  const privateIps =
    place.privateIp === null ? freeAddresses(call, place.vSwitch, ids.length) : [place.privateIp];
  const instances = ids.map((id, index) =>
    instanceOf(call, launch, id, index, privateIps[index] ?? "", plan),
  );
  return oss.blobs.keeping(async (keep) => {
    // The image or a snapshot may be deleted meanwhile.
    for (const { bytes } of launch.disks) if (bytes) keep(bytes.content);
    if (ids[0] !== undefined) await keepToken(call, token.action, token.answer, ids[0]);
    for (const instance of instances.reverse()) {
      for (const disk of launch.disks) await ecs.disks.putDisk(diskOf(instance, launch, disk));
      const publicIp = launch.request.bandwidthOutMbps > 0 ? freePublicAddress(call) : null;
      await ecs.instances.put({ ...instance, publicIp });
    }
  });
}

function instanceOf(
  call: RpcCall,
  launch: Launch,
  instanceId: string,
  index: number,
  privateIp: string,
  plan: readonly PlannedChange[],
): InstanceRecord {
  const { request, image, type, place, region } = launch;
  const isLinux = image.osType !== "windows";
  const hash = createHash("sha256").update(instanceId).digest("hex");
  const suffix = request.hasSuffix && launch.count > 1 ? String(index + 1).padStart(3, "0") : "";
  return {
    instanceId,
    region,
    zoneId: place.vSwitch.zoneId,
    ownerId: call.caller.accountId,
    name: request.name === undefined ? instanceId : request.name + suffix,
    hostName:
      request.hostName === undefined ? defaultHostName(instanceId, isLinux) : request.hostName + suffix,
    description: request.description,
    imageId: image.imageId,
    os: osTraitsOf(image),
    bootMode: bootModeOn(image, type) ?? "BIOS",
    instanceType: type.id,
    vpcId: place.vSwitch.vpcId,
    vSwitchId: place.vSwitch.vSwitchId,
    securityGroupIds: place.securityGroupIds,
    interfaceId: newId("eni"),
    privateIp,
    publicIp: null,
    macAddress: `00:16:3e:${[0, 2, 4].map((at) => hash.slice(at, at + 2)).join(":")}`,
    bandwidthOutMbps: request.bandwidthOutMbps,
    bandwidthInMbps: request.bandwidthInMbps,
    internetChargeType: request.internetChargeType,
    chargeType: request.chargeType,
    spotStrategy: request.spotStrategy,
    // Ignored for Windows, as documented.
    keyPairName: isLinux ? request.keyPairName : "",
    ramRoleName: request.ramRoleName,
    userData: request.userData,
    resourceGroupId: request.resourceGroupId,
    deletionProtection: request.deletionProtection,
    tags: request.tags,
    createdAtMs: call.world.clock.now(),
    startedAtMs: null,
    autoReleaseAtMs: request.autoReleaseAtMs,
    releasesAtMs:
      request.autoReleaseAtMs === null ? null : call.world.clock.whenServiceShows(request.autoReleaseAtMs),
    state: "Pending",
    plan,
    stoppedMode: "Not-applicable",
    machine: null,
    note: null,
  };
}

function diskOf(instance: InstanceRecord, launch: Launch, disk: LaunchDisk) {
  const { snapshotId, ...traits } = disk;
  return {
    ...traits,
    diskId: newId("d"),
    region: instance.region,
    zoneId: instance.zoneId,
    ownerId: instance.ownerId,
    instanceId: instance.instanceId,
    createdAtMs: instance.createdAtMs,
    attachedAtMs: instance.createdAtMs,
    imageId: disk.type === "system" ? launch.image.imageId : "",
    // The snapshots of an image of somebody else cannot be seen.
    sourceSnapshotId: launch.image.ownerId === instance.ownerId || disk.type === "data" ? snapshotId : "",
    resourceGroupId: instance.resourceGroupId,
    tags: instance.tags,
    os: disk.type === "system" ? instance.os : null,
  };
}

function defaultHostName(instanceId: string, isLinux: boolean): string {
  const rest = instanceId.slice(2);
  return isLinux ? `iZ${rest}Z` : `iZ${rest.slice(-13)}`;
}
