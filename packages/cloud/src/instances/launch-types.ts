import { SampanError } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import type { CloudImage } from "../image-registry.ts";
import { retrying } from "../images/retrying.ts";
import type { InstanceType } from "../launch-offers.ts";
import type { LaunchOptions, LaunchRequest, RefusedPlace } from "./launch-instance.ts";

/**
 * The types of the request on which the image can run, in the request's order; the others with why not.
 *
 * @throws `CLOUD_LAUNCH_REFUSED` when there are none.
 */
export async function fittingTypes(
  cloud: Cloud,
  image: CloudImage,
  request: LaunchRequest,
  options: LaunchOptions,
): Promise<{ readonly types: readonly string[]; readonly refused: RefusedPlace[] }> {
  const { region, instanceTypes } = request;
  const known = await retrying(options, () =>
    cloud.offers.describeInstanceTypes(region, instanceTypes, options.signal),
  );
  const types: string[] = [];
  const refused: RefusedPlace[] = [];
  for (const name of new Set(instanceTypes)) {
    const type = known.find((one) => one.instanceType === name);
    const reason = type === undefined ? "there is no such type" : misfit(image, type);
    if (reason === undefined) types.push(name);
    else refused.push({ instanceType: name, zone: region, reason });
  }
  for (const { instanceType, reason } of refused) options.onNote?.(`${instanceType} does not fit: ${reason}`);
  if (types.length > 0) return { types, refused };
  const why = refused.map(({ instanceType, reason }) => `${instanceType}: ${reason}`);
  throw new SampanError(
    "CLOUD_LAUNCH_REFUSED",
    `launching ${request.name} in ${region}: no instance type fits image ${image.imageId} (${why.join("; ")})`,
    {
      hint: "Give `instanceTypes` that fit the image's architecture, boot mode and disk driver.",
      details: {
        imageId: image.imageId,
        architecture: image.architecture,
        bootMode: image.bootMode,
        nvmeSupport: image.nvmeSupport,
      },
    },
  );
}

/** Why the image does not run on the type; `undefined` when nothing speaks against it. */
function misfit(image: CloudImage, type: InstanceType): string | undefined {
  const needed = image.architecture === "arm64" ? "arm64" : "x86_64";
  if (type.architecture !== needed) return `it is ${type.architecture} and the image ${image.architecture}`;
  const { bootMode } = image;
  // UEFI-Preferred leaves the choice to the type.
  const strict = bootMode === "BIOS" || bootMode === "UEFI";
  if (strict && type.bootModes.length > 0 && !type.bootModes.includes(bootMode)) {
    return `it boots by ${type.bootModes.join(" or ")} and the image by ${bootMode}`;
  }
  if (type.nvme === "required" && image.nvmeSupport === false) {
    return "its disks are NVMe and the image does not say that it supports them";
  }
  return undefined;
}
