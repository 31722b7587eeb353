import { GiB } from "@sampan/core";
import type { RpcAction, RpcCall } from "../../call.ts";
import { missingParameter, RpcError } from "../../errors.ts";
import { answerGivenBefore, tokenRecord } from "../client-token.ts";
import { detect } from "../detect.ts";
import { requireInstance } from "../instances/rules.ts";
import { faultOfJob } from "../job-faults.ts";
import { type ImageDisk, type OsTraits, osTraitsOf } from "../records.ts";
import {
  endDryRun,
  newId,
  platforms,
  readDescription,
  readTags,
  requireFreeName,
  requireImageName,
  requireImageQuota,
  requireOneOf,
  requireRegion,
} from "../rules.ts";
import { blankBytes } from "./blank-bytes.ts";
import type { DiskBytes, SnapshotRecord } from "./records.ts";
import { requireSnapshot, snapshotProgress } from "./snapshot-view.ts";
import { requireQuiet, requireSnapshotQuota, snapshotOf } from "./snapshots.ts";

const diskLimit = 17;
const largestDiskGiB = 32_768;

/** A disk the image is to have, and the snapshot it comes from: one that exists, one to be taken, or none. */
interface PlannedDisk {
  readonly device: string;
  readonly type: "system" | "data";
  readonly sizeGiB: number;
  readonly bytes: DiskBytes | null;
  readonly snapshotId: string;
}

interface Source {
  readonly os: OsTraits;
  readonly disks: readonly PlannedDisk[];
  /** Snapshots the call takes. */
  readonly taken: readonly SnapshotRecord[];
}

/**
 * CreateImage: from an instance, whose disks are put into snapshots; else from the snapshots of `DiskDeviceMapping`; else
 * from the snapshot of a system disk.
 */
export const createImage: RpcAction = {
  name: "CreateImage",
  parameters: (
    "RegionId InstanceId SnapshotId DiskDeviceMapping.N.SnapshotId DiskDeviceMapping.N.Size DiskDeviceMapping.N.Device " +
    "DiskDeviceMapping.N.DiskType ImageName ImageVersion Description Platform Architecture BootMode Features.ImdsSupport " +
    "DetectionStrategy ResourceGroupId Tag.N.Key Tag.N.Value ClientToken DryRun"
  ).split(" "),
  run: (call) =>
    call.world.ecs.exclusively(call.caller.accountId, () =>
      call.world.oss.blobs.keeping(async (keep) => {
        const given = answerGivenBefore(call, "CreateImage", "IdempotenceParamNotMatch");
        if (given) return given;
        const { parameters, world, caller } = call;
        const region = requireRegion(call);
        const imageId = newId("m");
        const name = parameters.text("ImageName");
        const imageName = name === undefined ? `CreateImage_${imageId.slice(2)}` : requireImageName(name);
        const description = readDescription(parameters, "Description");
        const tags = readTags(parameters);
        const source = readSource(call, region);
        const os = readTraits(call, source.os);
        const detected = requireOneOf(
          parameters.text("DetectionStrategy"),
          ["Standard"],
          "InvalidParameter.DetectionStrategy",
        );
        requireFreeName(call, region, imageName);
        requireImageQuota(call, region);
        endDryRun(parameters);
        const nowMs = world.clock.now();
        const { speed } = world.options;
        const disks: ImageDisk[] = [];
        // A snapshot may be deleted meanwhile.
        for (const { bytes } of source.disks) if (bytes) keep(bytes.content);
        for (const disk of source.disks) {
          const made = await imageDiskOf(call, disk);
          keep(made.content);
          disks.push(made);
        }
        const storedGiB = disks.reduce((sum, disk) => sum + disk.content.sizeBytes, 0) / GiB;
        const answer = { ImageId: imageId };
        const job = {
          durationMs: speed.createImageBaseMs + storedGiB * speed.createImagePerGiBMs,
          ...faultOfJob(call.effect, "CreateImageFailed"),
        };
        for (const snapshot of source.taken) {
          await world.ecs.disks.putSnapshot({ ...snapshot, name: `Created_from_${imageId}`, job });
        }
        const [system] = disks;
        const detection = detected && system ? await detect(world.oss.blobs, system, os) : null;
        await world.ecs.putImage({
          ...os,
          detection,
          imageId,
          region,
          ownerId: caller.accountId,
          name: imageName,
          description,
          status: "Waiting",
          createdAtMs: nowMs,
          resourceGroupId: parameters.text("ResourceGroupId") ?? "",
          tags,
          detected: detected !== undefined,
          isPublic: false,
          disks,
          shares: [],
          copiedFrom: null,
          taskId: null,
          job: {
            kind: "create",
            queuedAtMs: nowMs,
            startsAtMs: nowMs,
            endedAtMs: null,
            ...job,
          },
          token: tokenRecord(call, "CreateImage", answer),
        });
        return answer;
      }),
    ),
};

function readSource(call: RpcCall, region: string): Source {
  const { parameters } = call;
  const instanceId = parameters.text("InstanceId");
  if (instanceId !== undefined) return ofInstance(call, region, instanceId);
  const mappings = parameters.structures("DiskDeviceMapping");
  if (mappings.length > 0) return ofMappings(call, region);
  const snapshotId = parameters.text("SnapshotId");
  if (snapshotId === undefined) throw missingParameter("InstanceId");
  const snapshot = requireReady(call, region, snapshotId);
  if (snapshot.sourceDiskType !== "system") throw notASystemDisk(snapshotId);
  const disk = plannedFrom(snapshot, "system", "/dev/xvda", snapshot.sourceSizeGiB);
  return { os: snapshot.os ?? unknownOs, disks: [disk], taken: [] };
}

function ofInstance(call: RpcCall, region: string, instanceId: string): Source {
  const instance = requireInstance(call, instanceId, region);
  if (instance.state !== "Running" && instance.state !== "Stopped") {
    throw new RpcError(400, "IncorrectInstanceStatus", `The instance is ${instance.state}.`);
  }
  const own = call.world.ecs.disks.disksOf(instanceId);
  for (const disk of own) {
    requireQuiet(call, disk);
    requireSnapshotQuota(call, disk);
  }
  const taken = own.map((disk) => snapshotOf(call, disk));
  const disks = own.map((disk, index) => ({
    device: disk.device,
    type: disk.type,
    sizeGiB: disk.sizeGiB,
    bytes: disk.bytes,
    snapshotId: taken[index]?.snapshotId ?? "",
  }));
  return { os: instance.os, disks, taken };
}

function ofMappings(call: RpcCall, region: string): Source {
  const disks: PlannedDisk[] = [];
  let os: OsTraits | undefined;
  for (const { fields } of call.parameters.structures("DiskDeviceMapping").slice(0, diskLimit)) {
    const device = fields.text("Device") ?? `/dev/xvd${String.fromCharCode(97 + disks.length)}`;
    if (!/^\/dev\/xvd[a-z]$/.test(device) || disks.some((other) => other.device === device)) {
      throw new RpcError(
        400,
        "InvalidDevice.Malformed",
        `The device ${device} is malformed or stands twice.`,
      );
    }
    const type = requireOneOf(
      fields.text("DiskType"),
      ["system", "data"],
      "InvalidDiskType.ValueNotSupported",
    );
    const isSystem = type === undefined ? device === "/dev/xvda" : type === "system";
    const sizeGiB = fields.integer("Size", { min: 1, max: largestDiskGiB });
    const snapshotId = fields.text("SnapshotId");
    if (snapshotId === undefined) {
      if (isSystem) throw missingParameter("DiskDeviceMapping.1.SnapshotId");
      disks.push({ device, type: "data", sizeGiB: sizeGiB ?? 20, bytes: null, snapshotId: "" });
      continue;
    }
    const snapshot = requireReady(call, region, snapshotId);
    if (isSystem && snapshot.sourceDiskType !== "system") throw notASystemDisk(snapshotId);
    if (sizeGiB !== undefined && sizeGiB < snapshot.sourceSizeGiB) {
      throw new RpcError(
        400,
        "InvalidDiskDeviceMapping.Size",
        `${sizeGiB} GiB do not hold the ${snapshot.sourceSizeGiB} GiB of ${snapshotId}.`,
      );
    }
    if (isSystem) os = snapshot.os ?? unknownOs;
    disks.push(
      plannedFrom(snapshot, isSystem ? "system" : "data", device, sizeGiB ?? snapshot.sourceSizeGiB),
    );
  }
  const systems = disks.filter((disk) => disk.type === "system");
  if (systems.length !== 1 || !os) {
    throw new RpcError(403, "OperationDenied", `An image has one system disk; ${systems.length} are given.`);
  }
  return { os, disks: [...systems, ...disks.filter((disk) => disk.type === "data")], taken: [] };
}

function requireReady(call: RpcCall, region: string, snapshotId: string): SnapshotRecord {
  const snapshot = requireSnapshot(call, region, snapshotId);
  if (snapshotProgress(snapshot, call.world.clock.now()).status !== "accomplished") {
    throw new RpcError(403, "InvalidSnapshotId.NotReady", `The snapshot ${snapshotId} is not finished.`);
  }
  return snapshot;
}

function plannedFrom(
  snapshot: SnapshotRecord,
  type: "system" | "data",
  device: string,
  sizeGiB: number,
): PlannedDisk {
  return { device, type, sizeGiB, bytes: snapshot.bytes, snapshotId: snapshot.snapshotId };
}

/** An image's disk always has bytes that can be read: what holds nothing gets those of an empty disk. */
async function imageDiskOf(call: RpcCall, disk: PlannedDisk): Promise<ImageDisk> {
  const { device, type, sizeGiB, snapshotId } = disk;
  const bytes = disk.bytes ?? (await blankBytes(call.world.oss.blobs, sizeGiB));
  return { device, type, sizeGiB, snapshotId, bucket: "", key: "", ...bytes };
}

function readTraits(call: RpcCall, from: OsTraits): OsTraits {
  const { parameters } = call;
  const architecture = requireOneOf(
    parameters.text("Architecture"),
    ["i386", "x86_64", "arm64"],
    "InvalidArchitecture.Malformed",
  );
  const platform = requireOneOf(parameters.text("Platform"), platforms, "InvalidPlatform.Malformed");
  const bootMode = requireOneOf(
    parameters.text("BootMode"),
    ["BIOS", "UEFI", "UEFI-Preferred"],
    "InvalidBootMode.Malformed",
  );
  const imds = requireOneOf(
    parameters.text("Features.ImdsSupport"),
    ["v1", "v2"],
    "InvalidParameter.FeaturesImdsSupport",
  );
  const os: OsTraits = {
    ...osTraitsOf(from),
    ...(architecture === undefined ? {} : { architecture }),
    ...(platform === undefined ? {} : { platform, osType: /Windows/.test(platform) ? "windows" : "linux" }),
    ...(bootMode === undefined ? {} : { bootMode }),
    ...(imds === undefined ? {} : { imdsSupport: imds }),
  };
  if (os.architecture === "arm64" && os.bootMode === "BIOS") {
    throw new RpcError(400, "InvalidBootMode.NotSupport", "An arm64 image starts by UEFI only.");
  }
  return os;
}

/** What is said of a system nobody has described. */
const unknownOs: OsTraits = {
  architecture: "x86_64",
  osType: "linux",
  platform: "Others Linux",
  bootMode: "BIOS",
  licenseType: "Aliyun",
  nvmeSupport: "unsupported",
  imdsSupport: "v1",
};

function notASystemDisk(snapshotId: string): RpcError {
  return new RpcError(403, "OperationDenied", `The snapshot ${snapshotId} is not one of a system disk.`);
}
