import type { DescribeImagesResponseBodyImagesImage } from "@alicloud/ecs20140526";
import { GiB } from "@sampan/core";
import type { CloudImage, CloudImageStatus, ImageDetection } from "../image-registry.ts";

/** Every state an image can be in; DescribeImages answers with `Available` ones only unless all are asked for. */
export const imageStatuses: readonly CloudImageStatus[] = [
  "Creating",
  "Waiting",
  "Available",
  "UnAvailable",
  "CreateFailed",
  "Deprecated",
];

/** Reads one row of DescribeImages; `undefined` when it has no id or a state unknown to this version. */
export function cloudImageOf(
  row: DescribeImagesResponseBodyImagesImage,
  region: string,
): CloudImage | undefined {
  const status = imageStatuses.find((known) => known === row.status);
  if (row.imageId === undefined || status === undefined) return undefined;
  const disks = row.diskDeviceMappings?.diskDeviceMapping ?? [];
  const system = disks.find((disk) => disk.type === "system") ?? disks[0];
  const sizeGib = row.size ?? Number(system?.size ?? 0);
  return {
    imageId: row.imageId,
    region,
    name: row.imageName ?? "",
    status,
    progressPercent: percentOf(row.progress),
    sizeBytes: Number.isFinite(sizeGib) ? sizeGib * GiB : 0,
    architecture: row.architecture ?? "",
    bootMode: row.bootMode ?? null,
    platform: row.platform ?? null,
    nvmeSupport: row.features?.nvmeSupport ? row.features.nvmeSupport.toLowerCase() === "supported" : null,
    isCopied: row.isCopied ?? false,
    tags: tagsOf(row),
    createdAt: row.creationTime ?? "",
    snapshotIds: disks.flatMap((disk) => (disk.snapshotId ? [disk.snapshotId] : [])),
    detection: detectionOf(row),
  };
}

/** Only the names of these fields are documented: what is missing is empty. */
function detectionOf(row: DescribeImagesResponseBodyImagesImage): ImageDetection | null {
  const found = row.detectionOptions;
  if (found === undefined) return null;
  return {
    status: found.status ?? "",
    items: (found.items?.item ?? []).map((item) => ({
      name: item.name ?? "",
      value: item.value ?? "",
      riskCode: item.riskCode ?? "",
      riskLevel: item.riskLevel ?? "",
    })),
  };
}

function tagsOf(row: DescribeImagesResponseBodyImagesImage): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const tag of row.tags?.tag ?? []) {
    if (tag.tagKey !== undefined) tags[tag.tagKey] = tag.tagValue ?? "";
  }
  return tags;
}

/** `"32%"` as 32; `null` for an empty text, which is what the vendor sends before it knows. */
export function percentOf(text: string | undefined): number | null {
  const found = /^\s*([0-9]{1,3})(?:\.[0-9]+)?\s*%?\s*$/.exec(text ?? "");
  return found === null ? null : Math.min(100, Number(found[1]));
}
