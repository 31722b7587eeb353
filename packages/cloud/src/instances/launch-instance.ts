import { isSampanError, SampanError } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import type { CloudImage } from "../image-registry.ts";
import { tokenAfter, tokenTag, withTokenTag } from "../images/own-image.ts";
import { retrying } from "../images/retrying.ts";
import type { CloudInstance } from "../instance-registry.ts";
import { type LaunchPlace, placesFor } from "./launch-places.ts";
import { fittingTypes } from "./launch-types.ts";
import { type InstanceWaitOptions, waitForStatus } from "./wait-for-status.ts";

/** What {@link launchInstance} is asked for. */
export interface LaunchRequest {
  readonly region: string;
  readonly imageId: string;
  readonly name: string;
  /** Types to try, the best first; at least one. */
  readonly instanceTypes: readonly string[];
  /** vSwitches to try, the best first. Absent: those of the VPC. */
  readonly vSwitchIds?: readonly string[];
  /** Absent: the security group's; without one the only VPC there is. */
  readonly vpcId?: string;
  /** Absent: the only one of the VPC. */
  readonly securityGroupId?: string;
  /** Only this zone. Absent: any. */
  readonly zone?: string;
  /** Absent: the best the zone has. */
  readonly systemDiskCategory?: string;
  /** Bytes; at least the image's. */
  readonly systemDiskBytes?: number;
  readonly keyPairName?: string;
  readonly internetMbps?: number;
  /** When the cloud deletes the instance by itself, in milliseconds since 1970. */
  readonly releaseAtMs?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** The same on every attempt: each place that is tried has a token made from it. */
  readonly clientToken: string;
}

/** One place an instance could not be had in. */
export interface RefusedPlace {
  readonly instanceType: string;
  readonly zone: string;
  /** The vendor's code, or a few words of ours. */
  readonly reason: string;
}

/** What {@link launchInstance} gives. */
export interface LaunchedMachine {
  readonly instance: CloudInstance;
  /** Where it was tried before in vain. */
  readonly refused: readonly RefusedPlace[];
  /** Whether an earlier attempt had launched it. */
  readonly adopted: boolean;
}

/** Options of {@link launchInstance}. */
export interface LaunchOptions extends InstanceWaitOptions {
  /** Told of the instance as soon as it exists, and is billed. */
  readonly onLaunched?: (launched: {
    readonly instanceId: string;
    readonly adopted: boolean;
  }) => Promise<void> | void;
}

/**
 * Starts an instance of an image and waits until it runs.
 *
 * Checked before: the image is available and the account's own or shared with it; each type fits its architecture, boot mode
 * and NVMe support; vSwitch, zone and security group lie in one VPC; the type is in stock; the system disk is large enough.
 * Where stock says no after all, the next zone and then the next type is tried. An instance an earlier attempt launched is
 * found by its tag.
 *
 * @throws `CLOUD_IMAGE_NOT_FOUND`, `CLOUD_IMAGE_BUSY`, `CLOUD_LAUNCH_REFUSED` for what does not fit, `CLOUD_NO_STOCK` with
 * every place tried in the details, `CLOUD_QUOTA`, `CLOUD_INSTANCE_STATE` when it does not come to run.
 */
export async function launchInstance(
  cloud: Cloud,
  request: LaunchRequest,
  options: LaunchOptions = {},
): Promise<LaunchedMachine> {
  const own = await findLaunched(cloud, request, options);
  if (own !== undefined) return finish(cloud, own.instanceId, true, [], request, options);

  const image = await imageToLaunch(cloud, request, options);
  const { types, refused } = await fittingTypes(cloud, image, request, options);
  const places = await placesFor(cloud, types, request, options);
  refused.push(...places.refused);
  for (const place of places.places) {
    try {
      const instanceId = await run(cloud, place, request, options);
      return await finish(cloud, instanceId, false, refused, request, options);
    } catch (error) {
      if (!isSampanError(error, "CLOUD_NO_STOCK")) throw error;
      const { vendorCode } = error.details;
      const reason = typeof vendorCode === "string" ? vendorCode : error.message;
      refused.push({ instanceType: place.instanceType, zone: place.zone, reason });
      options.onNote?.(`${place.instanceType} cannot be had in ${place.zone} (${reason})`);
    }
  }
  const tried = refused.map(({ instanceType, zone, reason }) => `${instanceType} in ${zone}: ${reason}`);
  throw new SampanError(
    "CLOUD_NO_STOCK",
    `launching ${request.name} in ${request.region}: nothing to be had (${tried.slice(0, 6).join("; ")})`,
    { details: { region: request.region, tried: tried.slice(0, 50) } },
  );
}

/** The instance an earlier attempt of this request launched. */
export async function findLaunched(
  cloud: Cloud,
  request: Pick<LaunchRequest, "region" | "clientToken">,
  options: LaunchOptions,
): Promise<CloudInstance | undefined> {
  const tag = { key: tokenTag, value: request.clientToken };
  const found = await retrying(options, () =>
    cloud.instances.listInstances(request.region, { tag }, options.signal),
  );
  return found[0];
}

async function imageToLaunch(
  cloud: Cloud,
  request: LaunchRequest,
  options: LaunchOptions,
): Promise<CloudImage> {
  const { region, imageId, systemDiskBytes } = request;
  const [image] = await retrying(options, () =>
    cloud.images.listImages(
      region,
      { imageIds: [imageId], owners: ["self", "others", "system"] },
      options.signal,
    ),
  );
  const doing = `launching ${request.name} in ${region}`;
  if (image === undefined) {
    throw new SampanError(
      "CLOUD_IMAGE_NOT_FOUND",
      `${doing}: the account has no image ${imageId} there, nor is one shared with it`,
      {
        hint: "Images are launched in their own region, and by another account once `shareWith` has shared them with it.",
        details: { imageId, region },
      },
    );
  }
  if (image.status !== "Available" && image.status !== "Deprecated") {
    throw new SampanError("CLOUD_IMAGE_BUSY", `${doing}: image ${imageId} is ${image.status}`, {
      details: { imageId, region, status: image.status },
    });
  }
  if (systemDiskBytes !== undefined && systemDiskBytes < image.sizeBytes) {
    const [asked, needed] = [systemDiskBytes, image.sizeBytes].map(
      (bytes) => `${Math.ceil(bytes / 1024 ** 3)} GiB`,
    );
    throw new SampanError(
      "CLOUD_LAUNCH_REFUSED",
      `${doing}: a system disk of ${asked} is smaller than the image's ${needed}`,
      {
        details: { systemDiskBytes, imageBytes: image.sizeBytes },
      },
    );
  }
  return image;
}

async function run(
  cloud: Cloud,
  place: LaunchPlace,
  request: LaunchRequest,
  options: LaunchOptions,
): Promise<string> {
  const { region, imageId, name, clientToken, tags } = request;
  const { systemDiskBytes, keyPairName, internetMbps, releaseAtMs } = request;
  options.onNote?.(`launching a ${place.instanceType} in ${place.zone}`);
  const asked = {
    ...place,
    imageId,
    name,
    tags: withTokenTag(tags, clientToken),
    // Another place, or time of release, is another request: the token of the first would be refused for it.
    clientToken: tokenAfter(clientToken, JSON.stringify([place, releaseAtMs ?? null])),
    ...(systemDiskBytes === undefined ? {} : { systemDiskBytes }),
    ...(keyPairName === undefined ? {} : { keyPairName }),
    ...(internetMbps === undefined ? {} : { internetMbps }),
    ...(releaseAtMs === undefined ? {} : { releaseAtMs }),
  };
  const { instanceId } = await retrying(options, () =>
    cloud.instances.runInstance(region, asked, options.signal),
  );
  return instanceId;
}

async function finish(
  cloud: Cloud,
  instanceId: string,
  adopted: boolean,
  refused: readonly RefusedPlace[],
  request: LaunchRequest,
  options: LaunchOptions,
): Promise<LaunchedMachine> {
  await options.onLaunched?.({ instanceId, adopted });
  const target = { region: request.region, instanceId, status: "Running" } as const;
  return { instance: await waitForStatus(cloud.instances, target, options), refused, adopted };
}
