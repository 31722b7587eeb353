import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import { systemImages } from "./catalogue/system-images.ts";
import { readPage } from "./paging.ts";
import { type ImageProgress, progressOf } from "./progress.ts";
import type { ImageRecord } from "./records.ts";
import { endDryRun, isoSeconds, requireOneOf, requireRegion } from "./rules.ts";
import { isSeenBy, ownerAliasOf } from "./visible-images.ts";

const statuses = ["Creating", "Waiting", "Available", "UnAvailable", "CreateFailed", "Deprecated"];

/** DescribeImages: those seen by the caller, `Available` ones unless `Status` says otherwise. Unknown ids are no error. */
export const describeImages: RpcAction = {
  name: "DescribeImages",
  parameters: (
    "RegionId Status ImageId ImageName ImageOwnerAlias ImageOwnerId Tag.N.Key Tag.N.Value Tag.N.key Tag.N.value " +
    "Filter.N.Key Filter.N.Value Usage OSType Architecture IsPublic ResourceGroupId DryRun PageNumber PageSize " +
    "ShowExpired SnapshotId"
  ).split(" "),
  run: async (call) => {
    const region = requireRegion(call);
    const page = readPage(call.parameters);
    const nowMs = call.world.clock.now();
    const isWanted = readSelection(call);
    const matching = candidates(call, region)
      .filter((image) => image.region === region && isSeenBy(image, call.caller.accountId))
      .map((image) => ({ image, progress: progressOf(image, nowMs) }))
      .filter(({ image, progress }) => isWanted(image, progress))
      .reverse();
    endDryRun(call.parameters);
    return {
      RegionId: region,
      ...page.totals(matching.length),
      Images: {
        Image: page.cut(matching).map(({ image, progress }) => describe(call, image, progress, nowMs)),
      },
    };
  },
};

/** Images of accounts, and those of the service when they are asked for. */
function candidates(call: RpcCall, region: string): readonly ImageRecord[] {
  const { parameters, world } = call;
  const areAskedFor =
    parameters.text("ImageOwnerAlias") === "system" || parameters.text("ImageId") !== undefined;
  const areListed = areAskedFor || world.options.switches.systemImages === "listed";
  return areListed ? [...systemImages(region), ...world.ecs.images()] : world.ecs.images();
}

/** Reads the selection once and returns the test for one image. */
function readSelection(call: RpcCall): (image: ImageRecord, progress: ImageProgress) => boolean {
  const { parameters, caller } = call;
  const wantedStatuses = readStatuses(parameters.text("Status"));
  const ids = parameters.commaList("ImageId");
  const name = parameters.text("ImageName");
  const owner = requireOneOf(
    parameters.text("ImageOwnerAlias"),
    ["system", "self", "others", "marketplace"],
    "InvalidImageOwnerAlias.ValueNotSupported",
  );
  const usage = requireOneOf(parameters.text("Usage"), ["instance", "none"], "InvalidUsage");
  const isPublic = parameters.boolean("IsPublic");
  const tags = parameters.structures("Tag").map(({ fields }) => ({
    key: fields.text("Key") ?? fields.text("key"),
    value: fields.text("Value") ?? fields.text("value"),
  }));
  const filters = readFilters(call);
  const exact: readonly (readonly [string | undefined, (image: ImageRecord) => string])[] = [
    [parameters.text("OSType"), (image) => image.osType],
    [parameters.text("Architecture"), (image) => image.architecture],
    [parameters.text("ImageOwnerId"), (image) => image.ownerId],
    [parameters.text("ResourceGroupId"), (image) => image.resourceGroupId],
  ];
  const snapshot = parameters.text("SnapshotId");
  return (image, progress) =>
    (wantedStatuses === undefined || wantedStatuses.includes(progress.status)) &&
    (ids === undefined || ids.includes(image.imageId)) &&
    (name === undefined || image.name.includes(name.replace(/^\*|\*$/g, ""))) &&
    (owner === undefined || owner === ownerAliasOf(image, caller.accountId)) &&
    (usage === undefined || usage === usageOf(call, image)) &&
    (isPublic === undefined || isPublic === image.isPublic) &&
    tags.every((tag) =>
      image.tags.some((own) => own.key === tag.key && (tag.value === undefined || own.value === tag.value)),
    ) &&
    filters.every((filter) => filter(image)) &&
    exact.every(([wanted, of]) => wanted === undefined || wanted === of(image)) &&
    (snapshot === undefined || image.disks.some((disk) => disk.snapshotId === snapshot));
}

/** Whether an instance of the caller was made from an image and is still there. */
function usageOf(call: RpcCall, image: ImageRecord): "instance" | "none" {
  const isUsed = call.world.ecs.instances
    .all()
    .some(({ imageId, ownerId }) => imageId === image.imageId && ownerId === call.caller.accountId);
  return isUsed ? "instance" : "none";
}

function readStatuses(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return ["Available"];
  if (text === "ALL") return undefined;
  const wanted = text.split(",").map((status) => status.trim());
  for (const status of wanted) requireOneOf(status, statuses, "InvalidStatus.ValueNotSupported");
  return wanted;
}

function readFilters(call: RpcCall): readonly ((image: ImageRecord) => boolean)[] {
  return call.parameters.structures("Filter").map(({ fields }) => {
    const key = fields.required("Key");
    const value = fields.required("Value");
    const atMs = Date.parse(value);
    if (key !== "CreationStartTime" && key !== "CreationEndTime") {
      throw new RpcError(404, "InvalidFilterKey.NotFound", `The filter ${key} is not known.`);
    }
    if (Number.isNaN(atMs))
      throw new RpcError(400, "InvalidFilterValue", `The filter's time ${value} is malformed.`);
    return key === "CreationStartTime"
      ? (image) => image.createdAtMs >= atMs
      : (image) => image.createdAtMs <= atMs;
  });
}

function describe(call: RpcCall, image: ImageRecord, progress: ImageProgress, nowMs: number): JsonObject {
  const percent = `${progress.percent}%`;
  const { job } = image;
  const leftMs = progress.status === "Creating" ? (job.startsAtMs ?? nowMs) + job.durationMs - nowMs : 0;
  return {
    ImageId: image.imageId,
    ImageName: image.name,
    ImageFamily: "",
    ImageVersion: "1.0",
    Description: image.description,
    Status: progress.status,
    Progress: percent,
    Size: image.disks[0]?.sizeGiB ?? 0,
    Architecture: image.architecture,
    BootMode: image.bootMode,
    OSType: image.osType,
    OSName: `${image.platform} ${image.architecture}`,
    OSNameEn: `${image.platform} ${image.architecture}`,
    Platform: image.platform,
    ImageOwnerAlias: ownerAliasOf(image, call.caller.accountId),
    ImageOwnerId: image.ownerId,
    CreationTime: isoSeconds(image.createdAtMs),
    ResourceGroupId: image.resourceGroupId,
    LicenseType: image.licenseType,
    IsCopied: image.copiedFrom !== null,
    IsPublic: image.isPublic,
    IsSubscribed: false,
    IsSupportCloudinit: false,
    IsSupportIoOptimized: true,
    IsSelfShared: image.shares.length > 0 ? "True" : "False",
    LoginAsNonRootSupported: false,
    Usable: true,
    Usage: usageOf(call, image),
    ProductCode: "",
    SupplierName: "",
    DiskDeviceMappings: {
      DiskDeviceMapping: image.disks.map((disk) => ({
        Device: disk.device,
        Type: disk.type,
        Format: disk.format,
        Size: String(disk.sizeGiB),
        SnapshotId: disk.snapshotId,
        // Empty where the image was not made of an object.
        ImportOSSBucket: disk.bucket,
        ImportOSSObject: disk.key,
        Progress: percent,
        RemainTime: Math.max(0, Math.ceil(leftMs / 1000)),
        Encrypted: false,
      })),
    },
    Tags: { Tag: image.tags.map((tag) => ({ TagKey: tag.key, TagValue: tag.value })) },
    Features: { NvmeSupport: image.nvmeSupport, ImdsSupport: image.imdsSupport },
    ...(image.detected ? { DetectionOptions: describeDetection(call, image, progress) } : {}),
  };
}

/** What the image check says; its items are there once the image is. */
function describeDetection(call: RpcCall, image: ImageRecord, { status }: ImageProgress): JsonObject {
  const scripted = call.world.ecs.settings.detection;
  const seen = (image.detection ?? []).filter(({ name }) => !scripted.some((item) => item.name === name));
  if (status === "Waiting" || status === "Creating") return { Status: "Processing", Items: { Item: [] } };
  if (status === "CreateFailed") return { Status: "Failed", Items: { Item: [] } };
  return {
    Status: image.detection || scripted.length > 0 ? "Finished" : "Failed",
    Items: {
      Item: [...seen, ...scripted].map(({ name, value, riskCode, riskLevel }) => ({
        Name: name,
        Value: value,
        ...(riskCode === undefined ? {} : { RiskCode: riskCode }),
        ...(riskLevel === undefined ? {} : { RiskLevel: riskLevel }),
      })),
    },
  };
}
