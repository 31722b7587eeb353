import type { ErrorCode } from "@sampan/core";
import { ecsCaptureErrors } from "./ecs-capture.ts";
import { ecsCommonErrors } from "./ecs-common.ts";
import { ecsCopyErrors } from "./ecs-copy.ts";
import { ecsImportErrors } from "./ecs-import.ts";
import { ecsInstanceErrors } from "./ecs-instances.ts";
import { ecsLaunchErrors } from "./ecs-launch.ts";
import { ecsShareErrors } from "./ecs-share.ts";
import type { VendorErrorEntry, VendorService } from "./entry.ts";
import { ossErrors } from "./oss.ts";
import { ramErrors } from "./ram.ts";
import { stsErrors } from "./sts.ts";

export type { VendorErrorEntry, VendorService } from "./entry.ts";

/** Every vendor code in the catalogue, by service. A code may stand under several services. */
export const vendorErrors: readonly VendorErrorEntry[] = [
  ...ossErrors,
  ...ecsImportErrors,
  ...ecsInstanceErrors,
  ...ecsCopyErrors,
  ...ecsShareErrors,
  ...ecsCaptureErrors,
  ...ecsLaunchErrors,
  ...ecsCommonErrors,
  ...ramErrors,
  ...stsErrors,
];

const index = new Map<string, VendorErrorEntry[]>();
for (const entry of vendorErrors) {
  const key = entry.vendorCode.toLowerCase();
  index.set(key, [...(index.get(key) ?? []), entry]);
}

/**
 * Explains a vendor's error code, in any case; `undefined` when it is not in the catalogue.
 *
 * `service` chooses between services that use one code; RAM and STS answer with the common codes of ECS too.
 *
 * @example
 * ```ts
 * vendorErrorEntry("InvalidOSSBucket.NotMatched")?.code; // "CLOUD_BUCKET_REGION"
 * ```
 */
export function vendorErrorEntry(vendorCode: string, service?: VendorService): VendorErrorEntry | undefined {
  const entries = vendorErrorEntries(vendorCode);
  if (service === undefined) return entries[0];
  const common = service === "ram" || service === "sts" ? "ecs" : undefined;
  return (
    entries.find((entry) => entry.service === service) ?? entries.find((entry) => entry.service === common)
  );
}

/** What a vendor's error code means in each service that uses it; empty when it is not in the catalogue. */
export function vendorErrorEntries(vendorCode: string): readonly VendorErrorEntry[] {
  return index.get(vendorCode.toLowerCase()) ?? [];
}

/** Sampan's code for an entry met in a call of that name, such as `ImportImage`. */
export function errorCodeIn(entry: VendorErrorEntry, action: string): ErrorCode {
  if (entry.code !== "refused") return entry.code;
  if (action === "ImportImage") return "CLOUD_IMPORT_REFUSED";
  if (action === "CopyImage") return "CLOUD_COPY_REFUSED";
  if (action === "ModifyImageSharePermission") return "CLOUD_SHARE_REFUSED";
  if (action === "CreateImage") return "CLOUD_CREATE_REFUSED";
  if (action === "RunInstances") return "CLOUD_LAUNCH_REFUSED";
  return "CLOUD_FAILED";
}
