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

/** An id as the services make them: prefix, region-looking part, random part. */
export function newId(prefix: "m" | "t" | "s"): string {
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
  if (own.length >= call.world.options.imageQuota) {
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

/** A page as DescribeX actions take it. */
export function readPage(parameters: RpcParameters): { readonly number: number; readonly size: number } {
  return {
    number: parameters.integer("PageNumber", { min: 1, max: 1_000_000 }) ?? 1,
    size: parameters.integer("PageSize", { min: 1, max: 100 }) ?? 10,
  };
}

/** `2026-11-22T13:36:31Z`. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
