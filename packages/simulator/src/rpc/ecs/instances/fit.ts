import type { InstanceType } from "../catalogue/instance-types.ts";
import type { OsTraits } from "../records.ts";

/** How an image starts on an instance type; `undefined` when it does not. Source: the vendor's page on boot modes, 2026. */
export function bootModeOn(os: OsTraits, type: InstanceType): "BIOS" | "UEFI" | undefined {
  const wanted: readonly ("BIOS" | "UEFI")[] =
    os.bootMode === "UEFI-Preferred" ? ["UEFI", "BIOS"] : [os.bootMode === "UEFI" ? "UEFI" : "BIOS"];
  return wanted.find((mode) => type.bootModes.includes(mode));
}

/** Why an image cannot be launched on an instance type; `undefined` when it can. */
export function misfit(os: OsTraits, type: InstanceType): string | undefined {
  const isArm = os.architecture === "arm64";
  if (isArm !== (type.architecture === "ARM")) {
    return `${type.id} is ${type.architecture}, the image is ${os.architecture}`;
  }
  if (bootModeOn(os, type) === undefined) {
    return `${type.id} starts by ${type.bootModes.join(" and ")}, the image by ${os.bootMode}`;
  }
  if (type.nvme === "required" && os.nvmeSupport !== "supported") {
    return `${type.id} has NVMe disks only, which the image does not support`;
  }
  return undefined;
}
