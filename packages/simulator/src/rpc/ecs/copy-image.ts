import { GiB } from "@sampan/core";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import { answerGivenBefore, tokenRecord } from "./client-token.ts";
import { faultOfJob } from "./job-faults.ts";
import type { ImageRecord } from "./records.ts";
import {
  imageNotFound,
  newId,
  readDescription,
  readTags,
  requireFreeName,
  requireImageName,
  requireImageQuota,
  requireOwnImage,
  requireRegion,
} from "./rules.ts";

/** CopyImage: gives the id of the copy in the destination region at once; the bytes are shared, not copied. */
export const copyImage: RpcAction = {
  name: "CopyImage",
  parameters: (
    "RegionId ImageId DestinationRegionId DestinationImageName DestinationDescription Encrypted ResourceGroupId " +
    "Tag.N.Key Tag.N.Value ClientToken DryRun"
  ).split(" "),
  run: (call) =>
    call.world.ecs.exclusively(call.caller.accountId, async () => {
      const given = answerGivenBefore(call, "CopyImage");
      if (given) return given;
      const { parameters, world, caller } = call;
      const { source, region } = requirePlaces(call);
      requireCopyable(call, source, region);
      const name =
        parameters.text("DestinationImageName") ?? `CopyImage_${source.imageId}_${newId("m").slice(-6)}`;
      requireFreeName(call, region, requireImageName(name));
      requireImageQuota(call, region);
      const description = readDescription(parameters, "DestinationDescription");
      const tags = readTags(parameters);
      if (parameters.boolean("DryRun")) {
        throw new RpcError(
          400,
          "DryRunOperation",
          "Request validation has been passed with DryRun flag set.",
        );
      }
      const nowMs = world.clock.now();
      const { speed } = world.options;
      const imageId = newId("m");
      const answer = { ImageId: imageId };
      const storedGiB = source.disks.reduce((sum, disk) => sum + disk.content.sizeBytes, 0) / GiB;
      await world.ecs.putImage({
        ...source,
        imageId,
        region,
        ownerId: caller.accountId,
        name,
        description,
        tags,
        status: "Waiting",
        createdAtMs: nowMs,
        resourceGroupId: parameters.text("ResourceGroupId") ?? "",
        isPublic: false,
        disks: source.disks.map((disk) => ({ ...disk, snapshotId: newId("s") })),
        shares: [],
        copiedFrom: { region: source.region, imageId: source.imageId },
        taskId: null,
        job: {
          kind: "copy",
          queuedAtMs: nowMs,
          startsAtMs: world.ecs.hasRoomForCopy(caller.accountId, region) ? nowMs : null,
          durationMs: speed.copyBaseMs + storedGiB * speed.copyPerGiBMs,
          endedAtMs: null,
          ...faultOfJob(call.effect, "CopyImageFailed"),
        },
        token: tokenRecord(call, "CopyImage", answer),
      });
      return answer;
    }),
};

/** CancelCopyImage: removes a copy that has not ended. The source stays. */
export const cancelCopyImage: RpcAction = {
  name: "CancelCopyImage",
  parameters: ["RegionId", "ImageId"],
  run: async (call) => {
    const region = requireRegion(call);
    const image = requireOwnImage(call, region);
    if (!image.copiedFrom) {
      throw new RpcError(400, "ImageCreatedNotFromCopy", "The image was not made by CopyImage.");
    }
    if (image.status !== "Waiting") {
      throw new RpcError(400, "IncorrectImageStatus", `The copy has ended: it is ${image.status}.`);
    }
    await call.world.ecs.removeImage(image);
    return {};
  },
};

function requirePlaces(call: RpcCall): { readonly source: ImageRecord; readonly region: string } {
  const { parameters, world, caller } = call;
  const sourceRegion = parameters.required("RegionId");
  if (!world.options.regionIds.has(sourceRegion)) {
    throw new RpcError(400, "SourceRegion.NotFound", `The region ${sourceRegion} does not exist.`);
  }
  const region = parameters.text("DestinationRegionId") ?? sourceRegion;
  if (!world.options.regionIds.has(region)) {
    throw new RpcError(400, "DestinationRegion.NotFound", `The region ${region} does not exist.`);
  }
  const imageId = parameters.required("ImageId");
  const source = world.ecs.image(sourceRegion, imageId);
  const isShared = source?.shares.some((share) => share.accountId === caller.accountId) ?? false;
  if (!source || (source.ownerId !== caller.accountId && !isShared)) throw imageNotFound(imageId);
  return { source, region };
}

function requireCopyable(call: RpcCall, source: ImageRecord, region: string): void {
  const isOwn = source.ownerId === call.caller.accountId;
  if (call.parameters.boolean("Encrypted")) {
    throw new RpcError(
      400,
      "InvalidParameter.KmsNotEnabled",
      "The simulator has no key management: no encrypted copies.",
    );
  }
  if (region === source.region && isOwn) {
    throw new RpcError(
      403,
      "IncorrectDestinationRegion",
      "A copy within a region is allowed only to encrypt it.",
    );
  }
  if (region !== source.region && !isOwn) {
    throw new RpcError(
      403,
      "OperationDenied.SameRegionOnly",
      "A shared image is copied within its region only.",
    );
  }
  if (source.status !== "Available") {
    throw new RpcError(400, "IncorrectImageStatus", "The image to be copied is not Available.");
  }
  const hasVhd = source.disks.some((disk) => disk.format === "VHD");
  const isRefused =
    call.world.options.switches.copyVhd === "refused" || call.effect?.kind === "copyRefusesVhd";
  if (hasVhd && isRefused) {
    throw new RpcError(
      403,
      "InvalidOperation.VhdImageUnsupported",
      "VHD images cannot be copied; use a RAW image.",
    );
  }
}
