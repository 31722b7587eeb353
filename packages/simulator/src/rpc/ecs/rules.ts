import { randomBytes } from "node:crypto";
import type { RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import type { RpcParameters } from "../parameters.ts";
import type { ImageRecord } from "./records.ts";

/** Platforms of ImportImage. Source: @alicloud/ecs20140526 7.11.6. */
export const platforms = [
  ..."Aliyun,Anolis,CentOS,Ubuntu,CoreOS,SUSE,Debian,OpenSUSE,FreeBSD,RedHat,Kylin,UOS,Fedora,Fedora CoreOS".split(
    ",",
  ),
  ..."CentOS Stream,AlmaLinux,Rocky Linux,Gentoo,Customized Linux,Others Linux,Other Windows".split(","),
  ...[2022, 2019, 2016, 2012, 2008, 2003].map((year) => `Windows Server ${year}`),
];

/** Kinds of cloud disks that can be had. Source: the vendor's page on Elastic Block Storage, 2026. */
export const diskCategories = [
  "cloud_essd",
  "cloud_auto",
  "cloud_essd_entry",
  "cloud_efficiency",
  "cloud_ssd",
  "cloud",
];

/** What an id begins with: image, task, snapshot, instance, disk, network interface, and the parts of a network. */
type IdPrefix = "m" | "t" | "tsk" | "s" | "i" | "d" | "eni" | "vpc" | "vsw" | "sg" | "sgr";

/** An id as the services make them: prefix, region-looking part, random part. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}-bp1${randomBytes(9).toString("hex").slice(0, 17)}`;
}

/** The region a call names; `MissingParameter` or `InvalidRegionId.NotFound` otherwise. */
export function requireRegion(call: RpcCall, name = "RegionId"): string {
  const region = call.parameters.required(name);
  if (!call.world.options.regionIds.has(region)) {
    throw new RpcError(400, "InvalidRegionId.NotFound", `The specified region ${region} does not exist.`);
  }
  return region;
}

/** The caller's own image; `InvalidImageId.NotFound` otherwise. */
export function requireOwnImage(call: RpcCall, region: string): ImageRecord {
  const imageId = call.parameters.required("ImageId");
  const image = call.world.ecs.image(region, imageId);
  if (!image || image.ownerId !== call.caller.accountId) throw imageNotFound(imageId);
  return image;
}

/** `InvalidImageId.NotFound` naming the id. */
export function imageNotFound(imageId: string): RpcError {
  return new RpcError(404, "InvalidImageId.NotFound", `The specified ImageId ${imageId} does not exist.`);
}

/** Refuses image names outside the vendor's rules. */
export function requireImageName(name: string): string {
  const isWellFormed = /^[\p{Script=Latin}\p{Script=Han}][\p{L}\p{N}._:-]{1,127}$/u.test(name);
  if (!isWellFormed || /^(aliyun|acs:)/i.test(name) || /https?:\/\//i.test(name)) {
    throw new RpcError(400, "InvalidImageName.Malformed", `The image name ${name} is malformed.`);
  }
  return name;
}

/** Refuses a name another image of the account has in the region. */
export function requireFreeName(call: RpcCall, region: string, name: string): void {
  const taken = call.world.ecs
    .images()
    .some(
      (image) => image.ownerId === call.caller.accountId && image.region === region && image.name === name,
    );
  if (taken) {
    throw new RpcError(
      400,
      "InvalidImageName.Duplicated",
      `The image name ${name} exists already in ${region}.`,
    );
  }
}

/** Refuses another image when the account's quota in the region is used up. */
export function requireImageQuota(call: RpcCall, region: string): void {
  const own = call.world.ecs
    .images()
    .filter((image) => image.ownerId === call.caller.accountId && image.region === region);
  if (own.length >= call.world.ecs.settings.quotas.images) {
    throw new RpcError(403, "QuotaExceed.Image", "The image quota of the region is used up.");
  }
}

/** A description within the vendor's rules; empty when absent. */
export function readDescription(parameters: RpcParameters, name: string): string {
  const text = parameters.text(name);
  if (text === undefined) return "";
  if (text.length < 2 || text.length > 256 || /^https?:\/\//i.test(text)) {
    throw new RpcError(400, "InvalidDescription.Malformed", "The description is malformed.");
  }
  return text;
}

/** The tags `Tag.N.Key` / `Tag.N.Value` of a call. */
export function readTags(parameters: RpcParameters): { readonly key: string; readonly value: string }[] {
  const tags = parameters.structures("Tag").map(({ fields }) => ({
    key: fields.text("Key") ?? fields.text("key") ?? "",
    value: fields.text("Value") ?? fields.text("value") ?? "",
  }));
  if (tags.length > 20) throw new RpcError(400, "InvalidTagCount", "There are more than 20 tags.");
  for (const { key, value } of tags) {
    if (key === "" || key.length > 128 || /^(aliyun|acs:)/.test(key) || /https?:\/\//.test(key)) {
      throw new RpcError(400, "InvalidTagKey.Malformed", `The tag key ${key} is malformed.`);
    }
    if (value.length > 128 || /https?:\/\//.test(value)) {
      throw new RpcError(400, "InvalidTagValue.Malformed", `The value of the tag ${key} is malformed.`);
    }
  }
  if (new Set(tags.map((tag) => tag.key)).size < tags.length) {
    throw new RpcError(403, "TagKey.Duplication", "A tag key stands twice.");
  }
  return tags;
}

/** A value that must be one of a list; `code` names what is wrong with it. */
export function requireOneOf(
  value: string | undefined,
  allowed: readonly string[],
  code: string,
): string | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  throw new RpcError(400, code, `The value ${value} is none of ${allowed.join(", ")}.`);
}

/** A list of ids written as a JSON array in one parameter; `undefined` when absent, `InvalidParameter` when it is none. */
export function readIdArray(parameters: RpcParameters, name: string): readonly string[] | undefined {
  if (parameters.text(name) === undefined) return undefined;
  const ids = parameters.text(name)?.trimStart().startsWith("[")
    ? parameters.list(name)
    : (parameters.commaList(name) ?? []);
  if (ids.length > 100) {
    throw new RpcError(400, `Invalid${name}.Malformed`, `There are more than 100 ids in ${name}.`);
  }
  return ids;
}

/** Refuses a dry run that passed every check: that is how the services say so. */
export function endDryRun(parameters: RpcParameters): void {
  if (!parameters.boolean("DryRun")) return;
  throw new RpcError(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.");
}

/** `2026-11-22T13:36:31Z`. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

/** `2026-11-22T13:36Z`, as times of instances are given. */
export function isoMinutes(ms: number): string {
  return new Date(ms).toISOString().replace(/:\d\d\.\d+Z$/, "Z");
}
