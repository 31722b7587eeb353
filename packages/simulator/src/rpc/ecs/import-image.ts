import { GiB } from "@sampan/core";
import { ossAct } from "../../access/oss-act.ts";
import { inspectDisk } from "../../disk/inspect.ts";
import { DiskRefused, type InspectedDisk } from "../../disk/reader.ts";
import type { BucketRecord, ObjectRecord } from "../../oss/records.ts";
import { type Content, readContent } from "../../state/content.ts";
import type { World } from "../../world.ts";
import type { RpcAction, RpcCall } from "../call.ts";
import { missingParameter, RpcError } from "../errors.ts";
import type { RpcParameters } from "../parameters.ts";
import { roleAsSeenByEcs } from "../ram/trust.ts";
import { answerGivenBefore, tokenRecord } from "./client-token.ts";
import { detect } from "./detect.ts";
import { faultOfJob } from "./job-faults.ts";
import type { ImageDisk, ImageRecord } from "./records.ts";
import {
  newId,
  platforms,
  readDescription,
  readTags,
  requireFreeName,
  requireImageName,
  requireImageQuota,
  requireOneOf,
  requireRegion,
} from "./rules.ts";

const diskLimit = 17;
const largestDiskGiB = 2048;
const defaultRole = "AliyunECSImageImportDefaultRole";

/**
 * ImportImage: checks everything the service checks at once, reads the disks' own headers, and begins the task.
 *
 * Order of the checks: parameters by themselves, name and quota, role, bucket and object, the disk inside.
 */
export const importImage: RpcAction = {
  name: "ImportImage",
  parameters: (
    "RegionId ImageName Description ResourceGroupId Tag.N.Key Tag.N.Value ClientToken Architecture OSType Platform " +
    "BootMode LicenseType DiskDeviceMapping.N.OSSBucket DiskDeviceMapping.N.OSSObject DiskDeviceMapping.N.Format " +
    "DiskDeviceMapping.N.DiskImageSize DiskDeviceMapping.N.DiskImSize DiskDeviceMapping.N.Device " +
    "Features.NvmeSupport Features.ImdsSupport DetectionStrategy RoleName DryRun"
  ).split(" "),
  run: (call) =>
    call.world.ecs.exclusively(call.caller.accountId, () =>
      // The objects may be deleted while their disks are being looked at.
      call.world.oss.blobs.keeping(async (keep) => {
        const given = answerGivenBefore(call, "ImportImage");
        if (given) return given;
        const region = requireRegion(call);
        const imageId = newId("m");
        const taskId = newId("t");
        const answer = { RegionId: region, ImageId: imageId, TaskId: taskId };
        const { image, isDryRun } = await check(call, region, imageId, taskId, keep);
        if (isDryRun) {
          const code = call.world.options.switches.importDryRunCode;
          throw new RpcError(400, code, "Request validation has been passed with DryRun flag set.");
        }
        await call.world.ecs.putTask({
          taskId,
          region,
          ownerId: call.caller.accountId,
          imageId,
          status: "Processing",
          createdAtMs: image.createdAtMs,
          finishedAtMs: null,
          endPercent: 0,
          failure: null,
        });
        const [system] = image.disks;
        const detection = image.detected && system ? await detect(call.world.oss.blobs, system, image) : null;
        const token = tokenRecord(call, "ImportImage", answer);
        await call.world.ecs.putImage({ ...image, detection, token });
        return answer;
      }),
    ),
};

async function check(
  call: RpcCall,
  region: string,
  imageId: string,
  taskId: string,
  keep: (content: Content) => void,
): Promise<{ readonly image: ImageRecord; readonly isDryRun: boolean }> {
  const { parameters, world, caller } = call;
  const name = parameters.text("ImageName");
  const traits = readTraits(parameters);
  const mappings = readMappings(parameters);
  const imageName = name === undefined ? `ImportImage_${taskId}` : requireImageName(name);
  requireFreeName(call, region, imageName);
  requireImageQuota(call, region);
  requireRole(call, roleNameOf(call));
  const disks: ImageDisk[] = [];
  let lateProblem: string | null = null;
  for (const [index, mapping] of mappings.entries()) {
    const object = requireObject(call, region, mapping);
    keep(object.content);
    refuseSecondImport(world, caller.accountId, mapping);
    const found = await inspect(world, object, mapping);
    lateProblem ??= found.lateProblem;
    disks.push(diskOf(index, mapping, object, found));
  }
  const nowMs = world.clock.now();
  const { speed } = world.options;
  const storedGiB = disks.reduce((sum, disk) => sum + disk.content.sizeBytes, 0) / GiB;
  const scripted = faultOfJob(call.effect, "ImportImageFailed");
  const found = lateProblem ? { atPercent: 10, code: "ImportImageFailed", message: lateProblem } : null;
  const image: ImageRecord = {
    ...traits,
    imageId,
    region,
    ownerId: caller.accountId,
    name: imageName,
    status: "Waiting",
    createdAtMs: nowMs,
    isPublic: false,
    disks,
    shares: [],
    copiedFrom: null,
    taskId,
    job: {
      kind: "import",
      queuedAtMs: nowMs,
      startsAtMs: nowMs + speed.importWaitingMs,
      durationMs: speed.importBaseMs + storedGiB * speed.importPerGiBMs,
      endedAtMs: null,
      failure: scripted.failure ?? found,
      hang: scripted.hang,
    },
    token: null,
  };
  return { image, isDryRun: parameters.boolean("DryRun") ?? false };
}

function readTraits(parameters: RpcParameters) {
  const value = (name: string, allowed: string, code: string) =>
    requireOneOf(parameters.text(name), allowed.split("|"), code);
  const architecture =
    value("Architecture", "x86_64|i386|arm64", "InvalidArchitecture.Malformed") ?? "x86_64";
  const osType = value("OSType", "linux|windows", "InvalidOSType.Malformed") ?? "linux";
  const platform = requireOneOf(parameters.text("Platform"), platforms, "InvalidPlatform.Malformed");
  const bootMode = value("BootMode", "BIOS|UEFI", "InvalidBootMode.Malformed");
  const licenseType = value("LicenseType", "Auto|Aliyun|BYOL", "InvalidLicenseType.NotSupported");
  if (osType === "windows" && licenseType === undefined) throw missingParameter("LicenseType");
  if (architecture === "arm64" && bootMode === "BIOS") {
    throw new RpcError(400, "InvalidBootMode.NotSupport", "An arm64 image starts by UEFI only.");
  }
  const isWindows = /Windows/.test(platform ?? "");
  if (platform !== undefined && isWindows !== (osType === "windows")) {
    throw new RpcError(
      400,
      "InvalidPlatform.Malformed",
      `The platform ${platform} is not one of OSType ${osType}.`,
    );
  }
  if (architecture === "arm64" && isWindows) {
    throw new RpcError(403, "InvalidArchitecture.PlatformUnsupported", "There is no arm64 image of Windows.");
  }
  return {
    architecture,
    osType,
    platform: platform ?? (osType === "windows" ? "Other Windows" : "Others Linux"),
    bootMode: bootMode ?? (architecture === "arm64" ? "UEFI" : "BIOS"),
    licenseType: licenseType ?? "Aliyun",
    nvmeSupport:
      value("Features.NvmeSupport", "supported|unsupported", "InvalidParameter.FeaturesNvmeSupport") ??
      "unsupported",
    imdsSupport: value("Features.ImdsSupport", "v1|v2", "InvalidParameter.FeaturesImdsSupport") ?? "v1",
    detected: value("DetectionStrategy", "Standard", "InvalidParameter.DetectionStrategy") !== undefined,
    description: readDescription(parameters, "Description"),
    resourceGroupId: parameters.text("ResourceGroupId") ?? "",
    tags: readTags(parameters),
  };
}

interface Mapping {
  readonly isSystem: boolean;
  readonly bucket: string;
  readonly key: string;
  readonly format: "VHD" | "RAW" | "QCOW2" | undefined;
  readonly sizeGiB: number | undefined;
}

function readMappings(parameters: RpcParameters): readonly Mapping[] {
  const found = parameters.structures("DiskDeviceMapping").filter(({ number }) => number <= diskLimit);
  if (found.length === 0) {
    throw new RpcError(403, "MissingParameter.DiskDeviceMapping", "There is no DiskDeviceMapping.");
  }
  if (found[0]?.number !== 1) throw missingParameter("DiskDeviceMapping.1.OSSBucket");
  return found.map(({ fields, number }) => {
    const format = fields.text("Format")?.toUpperCase();
    if (format !== undefined && format !== "VHD" && format !== "RAW" && format !== "QCOW2") {
      const detail = format === "VMDK" ? "VMDK is open to invited accounts only" : `${format} is not known`;
      throw new RpcError(400, "InvalidImageFormat.Malformed", `The disk's format: ${detail}.`);
    }
    const device = fields.text("Device");
    if (device !== undefined && !/^\/dev\/xvd[a-z]$/.test(device)) {
      throw new RpcError(403, "InvalidParameter.Malformed", `The device ${device} is malformed.`);
    }
    const sizeText = fields.text("DiskImageSize") ?? fields.text("DiskImSize");
    const sizeGiB = sizeText === undefined ? undefined : Number(sizeText);
    const isSystem = number === 1;
    if (sizeGiB !== undefined && !(Number.isInteger(sizeGiB) && sizeGiB >= 1 && sizeGiB <= largestDiskGiB)) {
      throw sizeError(isSystem, `The disk size of ${sizeText} GiB is outside 1 to ${largestDiskGiB}.`);
    }
    return {
      isSystem,
      bucket: fields.required("OSSBucket"),
      key: fields.required("OSSObject"),
      format,
      sizeGiB,
    };
  });
}

function roleNameOf(call: RpcCall): string {
  return call.parameters.text("RoleName") ?? defaultRole;
}

function requireRole(call: RpcCall, roleName: string): void {
  const { world, caller, effect } = call;
  const seen = roleAsSeenByEcs(world, caller.accountId, roleName);
  if (effect?.kind === "roleNotVisible" || seen === "missing" || seen === "untrusted") {
    throw new RpcError(
      403,
      world.options.switches.missingRoleCode,
      `ECS has no role to read OSS with: ${roleName} is missing, does not trust ecs.aliyuncs.com, or is not known to ECS yet.`,
    );
  }
}

/** The role's policies must let ECS ask about the bucket and read the object. */
function requireReadableByRole(call: RpcCall, bucket: BucketRecord, key: string): void {
  const roleName = roleNameOf(call);
  const acts = [
    ossAct("oss:GetBucketLocation", bucket),
    ossAct("oss:GetBucketInfo", bucket),
    ossAct("oss:GetObject", bucket, key),
  ];
  if (roleAsSeenByEcs(call.world, call.caller.accountId, roleName, acts) === "ready") return;
  throw new RpcError(
    403,
    "InvalidOSS.NotAuthorized",
    `The role ${roleName} may not read ${key} in the bucket ${bucket.name}.`,
  );
}

function requireObject(call: RpcCall, region: string, mapping: Mapping): ObjectRecord {
  const { oss, options } = call.world;
  const bucket = oss.bucket(mapping.bucket);
  if (!bucket || bucket.ownerId !== call.caller.accountId) {
    throw new RpcError(400, "InvalidOSSBucket.NotFound", `The bucket ${mapping.bucket} does not exist.`);
  }
  requireReadableByRole(call, bucket, mapping.key);
  if (bucket.region !== region) {
    throw new RpcError(
      400,
      "InvalidOSSBucket.NotMatched",
      `The bucket lies in ${bucket.region}, not in ${region}.`,
    );
  }
  if (/^[/\\]/.test(mapping.key) || Buffer.byteLength(mapping.key) > 1023) {
    throw new RpcError(400, "InvalidOSSObject.Malformed", `The object name ${mapping.key} is malformed.`);
  }
  if (!options.switches.importSuffixes.some((suffix) => mapping.key.toLowerCase().endsWith(suffix))) {
    const wanted = options.switches.importSuffixes.join(", ");
    throw new RpcError(400, "UnsupportedSuffix.OSSObject", `The object name must end in one of ${wanted}.`);
  }
  const object = oss.object(mapping.bucket, mapping.key);
  if (!object) {
    throw new RpcError(400, "InvalidOSSObject.NotFound", `The object ${mapping.key} does not exist.`);
  }
  if (object.content.sizeBytes === 0) {
    throw new RpcError(400, "InvalidOSSObject.Size", `The object ${mapping.key} is empty.`);
  }
  if (/Archive/.test(object.storageClass)) {
    throw new RpcError(400, "InvalidOSSObject.NeedRestore", `The object is of class ${object.storageClass}.`);
  }
  if (object.encryption !== null || bucket.encryption !== null) {
    throw new RpcError(
      403,
      "InvalidOSSBucket.EncryptUnsupported",
      "The bucket or object is encrypted by the server.",
    );
  }
  return object;
}

function refuseSecondImport(world: World, ownerId: string, mapping: Mapping): void {
  const running = world.ecs
    .images()
    .filter(
      (image) => image.ownerId === ownerId && image.status === "Waiting" && image.job.kind === "import",
    );
  const isRunning = running.some((image) =>
    image.disks.some((disk) => disk.bucket === mapping.bucket && disk.key === mapping.key),
  );
  if (isRunning)
    throw new RpcError(403, "ImageIsImporting", `The object ${mapping.key} is being imported already.`);
}

async function inspect(world: World, object: ObjectRecord, mapping: Mapping): Promise<InspectedDisk> {
  const { content } = object;
  try {
    const found = await inspectDisk(
      {
        sizeBytes: content.sizeBytes,
        read: async (offset, length) => {
          const into = Buffer.alloc(length);
          await readContent(world.oss.blobs, content, { offset, length }, into);
          return into;
        },
      },
      mapping.format,
    );
    const neededGiB = Math.ceil(found.virtualSizeBytes / GiB);
    if (neededGiB > (mapping.sizeGiB ?? largestDiskGiB)) {
      throw sizeError(
        mapping.isSystem,
        `The disk in ${mapping.key} needs ${neededGiB} GiB; ${mapping.sizeGiB ?? largestDiskGiB} are given.`,
      );
    }
    return found;
  } catch (error) {
    if (error instanceof DiskRefused) throw new RpcError(403, error.code, error.message);
    throw error;
  }
}

function diskOf(index: number, mapping: Mapping, object: ObjectRecord, found: InspectedDisk): ImageDisk {
  return {
    device: `/dev/xvd${String.fromCharCode(97 + index)}`,
    type: mapping.isSystem ? "system" : "data",
    format: found.format,
    sizeGiB: mapping.sizeGiB ?? Math.ceil(found.virtualSizeBytes / GiB),
    virtualSizeBytes: found.virtualSizeBytes,
    snapshotId: newId("s"),
    bucket: mapping.bucket,
    key: mapping.key,
    content: object.content,
  };
}

function sizeError(isSystem: boolean, message: string): RpcError {
  return new RpcError(400, isSystem ? "InvalidImageSize" : "InvalidDataDiskSize", message);
}
