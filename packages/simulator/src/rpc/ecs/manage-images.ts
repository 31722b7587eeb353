import type { RpcAction, RpcCall } from "../call.ts";
import { missingParameter, RpcError } from "../errors.ts";
import { snapshotsOfImage } from "./disks/snapshot-view.ts";
import { readPage } from "./paging.ts";
import type { ImageRecord } from "./records.ts";
import {
  imageNotFound,
  isoSeconds,
  readDescription,
  requireFreeName,
  requireImageName,
  requireOneOf,
  requireOwnImage,
  requireRegion,
} from "./rules.ts";

const accountsPerCall = 10;

/** DeleteImage. The snapshots of its disks stay and are billed. */
export const deleteImage: RpcAction = {
  name: "DeleteImage",
  parameters: ["RegionId", "ImageId", "Force"],
  run: async (call) => {
    const region = requireRegion(call);
    const imageId = call.parameters.required("ImageId");
    const image = call.world.ecs.image(region, imageId);
    if (!image || image.ownerId !== call.caller.accountId) {
      if (call.world.options.switches.deleteUnknownImage === "refused") throw imageNotFound(imageId);
      return {};
    }
    if (image.status === "Waiting") {
      throw refusalWhileMaking(image);
    }
    const isUsed = call.world.ecs.instances.all().some((instance) => instance.imageId === imageId);
    if (isUsed && !call.parameters.boolean("Force")) {
      throw new RpcError(403, "ImageUsingByInstance", "Instances were made of the image.");
    }
    const isBeingCopied = call.world.ecs
      .images()
      .some((other) => other.status === "Waiting" && other.copiedFrom?.imageId === imageId);
    if (isBeingCopied) throw new RpcError(403, "OperationDenied.ImageCopying", "The image is being copied.");
    if (image.shares.length > 0 && !call.parameters.boolean("Force")) {
      throw new RpcError(403, "ImageUseShared", "The image is shared with other accounts.");
    }
    // The snapshots stay, as things of their own from now on.
    for (const snapshot of snapshotsOfImage(image, call.world.clock.now())) {
      if (!call.world.ecs.disks.keptSnapshot(snapshot.snapshotId))
        await call.world.ecs.disks.putSnapshot(snapshot);
    }
    await call.world.ecs.removeImage(image);
    return {};
  },
};

/** ModifyImageAttribute: name, description, boot mode, features, deprecation. */
export const modifyImageAttribute: RpcAction = {
  name: "ModifyImageAttribute",
  parameters:
    "RegionId ImageId ImageName Description BootMode Status LicenseType Features.NvmeSupport Features.ImdsSupport DryRun".split(
      " ",
    ),
  run: async (call) => {
    const { parameters } = call;
    const region = requireRegion(call);
    const image = requireOwnImage(call, region);
    const name = parameters.text("ImageName");
    if (name !== undefined && name !== image.name) requireFreeName(call, region, requireImageName(name));
    const value = (parameter: string, allowed: string, code: string) =>
      requireOneOf(parameters.text(parameter), allowed.split("|"), code);
    const bootMode = value("BootMode", "BIOS|UEFI|UEFI-Preferred", "InvalidBootMode.Malformed");
    const status = value("Status", "Available|Deprecated", "InvalidStatus.ValueNotSupported");
    const license = value("LicenseType", "BYOL", "InvalidLicenseType.NotSupported");
    const nvme = value(
      "Features.NvmeSupport",
      "supported|unsupported",
      "InvalidParameter.FeaturesNvmeSupport",
    );
    const imds = value("Features.ImdsSupport", "v1|v2", "InvalidParameter.FeaturesImdsSupport");
    if (imds === "v1" && image.imdsSupport === "v2") {
      throw new RpcError(400, "InvalidParameter.FeaturesImdsSupport", "ImdsSupport v2 cannot be taken back.");
    }
    if (image.architecture === "arm64" && bootMode === "BIOS") {
      throw new RpcError(400, "InvalidBootMode.NotSupport", "An arm64 image starts by UEFI only.");
    }
    if (status !== undefined && image.status !== "Available" && image.status !== "Deprecated") {
      throw new RpcError(400, "IncorrectImageStatus", "The image is not finished.");
    }
    const description = parameters.text("Description");
    if (parameters.boolean("DryRun")) {
      throw new RpcError(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.");
    }
    await call.world.ecs.putImage({
      ...image,
      name: name ?? image.name,
      description: description === undefined ? image.description : readDescription(parameters, "Description"),
      bootMode: bootMode ?? image.bootMode,
      status: status === "Available" || status === "Deprecated" ? status : image.status,
      licenseType: license ?? image.licenseType,
      nvmeSupport: nvme ?? image.nvmeSupport,
      imdsSupport: imds ?? image.imdsSupport,
    });
    return {};
  },
};

/** ModifyImageSharePermission: up to ten accounts a call (more are silently left out), fifty an image. */
export const modifyImageSharePermission: RpcAction = {
  name: "ModifyImageSharePermission",
  parameters: "RegionId ImageId AddAccount.N RemoveAccount.N IsPublic DryRun".split(" "),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const image = requireOwnImage(call, requireRegion(call));
    const added = parameters.list("AddAccount").slice(0, accountsPerCall);
    const removed = parameters.list("RemoveAccount").slice(0, accountsPerCall);
    const isPublic = parameters.boolean("IsPublic");
    if (added.length === 0 && removed.length === 0 && isPublic === undefined)
      throw missingParameter("AddAccount");
    if (image.status !== "Available") {
      throw new RpcError(403, "OperationDenied.InvalidImageStatus", "The image is not Available.");
    }
    for (const accountId of added) requireShareable(call, accountId);
    const nowMs = world.clock.now();
    const kept = image.shares.filter((share) => !removed.includes(share.accountId));
    const fresh = [...new Set(added)].filter(
      (accountId) => !kept.some((share) => share.accountId === accountId),
    );
    const shares = [...kept, ...fresh.map((accountId) => ({ accountId, atMs: nowMs }))];
    if (shares.length > image.shares.length) requireShareQuotas(call, image, shares.length);
    if (parameters.boolean("DryRun")) {
      throw new RpcError(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.");
    }
    await world.ecs.putImage({
      ...image,
      shares,
      isPublic: isPublic ?? image.isPublic,
      ownerId: caller.accountId,
    });
    return {};
  },
};

/** DescribeImageSharePermission: the accounts an image is shared with. */
export const describeImageSharePermission: RpcAction = {
  name: "DescribeImageSharePermission",
  parameters: ["RegionId", "ImageId", "PageNumber", "PageSize"],
  run: async (call) => {
    const region = requireRegion(call);
    const image = requireOwnImage(call, region);
    const page = readPage(call.parameters);
    const shown = image.shares.slice((page.number - 1) * page.size, page.number * page.size);
    return {
      RegionId: region,
      ImageId: image.imageId,
      TotalCount: image.shares.length,
      PageNumber: page.number,
      PageSize: page.size,
      Accounts: {
        Account: shown.map((share) => ({ AliyunId: share.accountId, SharedTime: isoSeconds(share.atMs) })),
      },
      ShareGroups: { ShareGroup: image.isPublic ? [{ Group: "all" }] : [] },
    };
  },
};

/** Refuses to share an image with one account too many, or one image too many. */
function requireShareQuotas({ world }: RpcCall, image: ImageRecord, accounts: number): void {
  const { accountsPerImage, sharedImages } = world.ecs.settings.quotas;
  if (accounts > accountsPerImage) {
    throw new RpcError(
      403,
      "QuotaExceed.ShareImageUser",
      `An image is shared with ${accountsPerImage} accounts at most.`,
    );
  }
  const shared = world.ecs
    .images()
    .filter(
      (other) => other.ownerId === image.ownerId && other.region === image.region && other.shares.length > 0,
    );
  if (image.shares.length === 0 && shared.length >= sharedImages) {
    throw new RpcError(403, "QuotaExceed.ShareImage", `${sharedImages} images are shared already.`);
  }
}

function refusalWhileMaking({ job }: ImageRecord): RpcError {
  switch (job.kind) {
    case "copy":
      return new RpcError(403, "OperationDenied.ImageCopying", "The image is being copied.");
    case "import":
      return new RpcError(403, "ImageIsImporting", "The image is being imported: cancel the task.");
    case "create":
      return new RpcError(403, "IncorrectImageStatus", "The image is being made.");
  }
}

function requireShareable(call: RpcCall, accountId: string): void {
  if (accountId === call.caller.accountId) {
    throw new RpcError(404, "InvalidAccount.Forbbiden", "An image cannot be shared with its owner.");
  }
  // Any sixteen digits may be an account of somebody else; what is not even that does not exist.
  if (!/^\d{16}$/.test(accountId) && !call.world.accounts.account(accountId)) {
    throw new RpcError(404, "InvalidAccount.NotFound", `The account ${accountId} does not exist.`);
  }
}
