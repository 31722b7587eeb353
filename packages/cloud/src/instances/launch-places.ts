import { isSampanError, SampanError } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import { retrying } from "../images/retrying.ts";
import type { OfferedZone, VSwitch } from "../launch-offers.ts";
import type { LaunchOptions, LaunchRequest, RefusedPlace } from "./launch-instance.ts";

/** Categories of system disks, the best first. */
const categories = ["cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_ssd", "cloud_efficiency"];

/** A type in a zone, with the network it gets there. */
export interface LaunchPlace {
  readonly instanceType: string;
  readonly zone: string;
  readonly vSwitchId: string;
  readonly securityGroupId: string;
  readonly systemDiskCategory: string;
}

/**
 * The places to try, in order: every zone for the first type, then for the next; and those that stock rules out.
 *
 * @throws `CLOUD_LAUNCH_REFUSED` when the networks do not fit together or leave a choice that is not Sampan's.
 */
export async function placesFor(
  cloud: Cloud,
  types: readonly string[],
  request: LaunchRequest,
  options: LaunchOptions,
): Promise<{ readonly places: readonly LaunchPlace[]; readonly refused: readonly RefusedPlace[] }> {
  const { vSwitches, securityGroupId } = await networkFor(cloud, request, options);
  const places: LaunchPlace[] = [];
  const refused: RefusedPlace[] = [];
  for (const instanceType of types) {
    const offered = await offersOf(cloud, request.region, instanceType, options);
    for (const { vSwitchId, zone, freeAddresses } of vSwitches) {
      const offer =
        offered === undefined ? { zone, systemDiskCategories: [] } : offered.find((one) => one.zone === zone);
      const systemDiskCategory = offer && categoryFor(offer, request.systemDiskCategory);
      if (freeAddresses < 1) refused.push({ instanceType, zone, reason: `${vSwitchId} has no free address` });
      else if (offer === undefined) refused.push({ instanceType, zone, reason: "not in stock" });
      else if (systemDiskCategory === undefined)
        refused.push({
          instanceType,
          zone,
          reason: `no system disk of ${request.systemDiskCategory ?? "a known kind"}`,
        });
      else places.push({ instanceType, zone, vSwitchId, securityGroupId, systemDiskCategory });
    }
  }
  return { places, refused };
}

/** Where the type is in stock; `undefined` when the account may not ask, which RunInstances then answers. */
async function offersOf(
  cloud: Cloud,
  region: string,
  instanceType: string,
  options: LaunchOptions,
): Promise<readonly OfferedZone[] | undefined> {
  try {
    return await retrying(options, () => cloud.offers.offeredZones(region, instanceType, options.signal));
  } catch (error) {
    if (isSampanError(error, "CLOUD_PERMISSION_DENIED")) return undefined;
    throw error;
  }
}

function categoryFor(offer: OfferedZone, wanted: string | undefined): string | undefined {
  const known = offer.systemDiskCategories;
  if (known.length === 0) return wanted ?? categories[0];
  if (wanted !== undefined) return known.includes(wanted) ? wanted : undefined;
  return categories.find((category) => known.includes(category));
}

async function networkFor(cloud: Cloud, request: LaunchRequest, options: LaunchOptions) {
  const { region, securityGroupId, vSwitchIds, zone } = request;
  const refuse = (problem: string, hint: string): SampanError =>
    new SampanError("CLOUD_LAUNCH_REFUSED", `launching ${request.name} in ${region}: ${problem}`, {
      hint,
      details: {
        region,
        vpcId: request.vpcId ?? null,
        vSwitchIds: [...(vSwitchIds ?? [])],
        securityGroupId: securityGroupId ?? null,
      },
    });
  const group = securityGroupId === undefined ? undefined : await groupOf(securityGroupId);
  const vpcId = request.vpcId ?? group?.vpcId ?? undefined;

  const found = await retrying(options, () =>
    cloud.offers.listVSwitches(
      region,
      vSwitchIds === undefined ? (vpcId === undefined ? {} : { vpcId }) : { vSwitchIds },
      options.signal,
    ),
  );
  const missing = vSwitchIds?.find((id) => !found.some((one) => one.vSwitchId === id));
  if (missing !== undefined) throw refuse(`there is no vSwitch ${missing}`, "Check the id and the region.");
  const vSwitches = ordered(found, vSwitchIds).filter((one) => zone === undefined || one.zone === zone);
  const [first] = vSwitches;
  if (first === undefined) {
    const where =
      [vpcId && `VPC ${vpcId}`, zone && `zone ${zone}`].filter(Boolean).join(", ") || "the region";
    throw refuse(
      `there is no vSwitch in ${where}`,
      "Create a vSwitch there, or name one that exists with `vSwitchId`.",
    );
  }
  const vpcs = new Set(vSwitches.map((one) => one.vpcId));
  if (vpcs.size > 1) {
    throw refuse(
      `the vSwitches lie in ${vpcs.size} VPCs (${[...vpcs].slice(0, 5).join(", ")})`,
      "Say which with `vpcId`, `vSwitchId` or `securityGroupId`.",
    );
  }
  if (vpcId !== undefined && first.vpcId !== vpcId) {
    throw refuse(
      `vSwitch ${first.vSwitchId} lies in ${first.vpcId}, and ${group === undefined ? "the plan names" : `security group ${group.securityGroupId} in`} ${vpcId}`,
      "Give a vSwitch and a security group of one VPC.",
    );
  }
  if (group !== undefined) {
    if (group.vpcId !== first.vpcId) {
      throw refuse(
        `security group ${group.securityGroupId} lies in ${group.vpcId ?? "no VPC"} and vSwitch ${first.vSwitchId} in ${first.vpcId}`,
        "Give a vSwitch and a security group of one VPC.",
      );
    }
    return { vSwitches, securityGroupId: group.securityGroupId };
  }
  const groups = await retrying(options, () =>
    cloud.offers.listSecurityGroups(region, { vpcId: first.vpcId }, options.signal),
  );
  const [only] = groups;
  if (only === undefined || groups.length > 1) {
    const names = groups
      .slice(0, 5)
      .map((one) => one.securityGroupId)
      .join(", ");
    throw refuse(
      groups.length === 0
        ? `VPC ${first.vpcId} has no security group`
        : `VPC ${first.vpcId} has ${groups.length} security groups (${names})`,
      "Say which with `securityGroupId`: its rules decide who can reach the instance.",
    );
  }
  return { vSwitches, securityGroupId: only.securityGroupId };

  async function groupOf(id: string) {
    const [found] = await retrying(options, () =>
      cloud.offers.listSecurityGroups(region, { securityGroupIds: [id] }, options.signal),
    );
    if (found === undefined) throw refuse(`there is no security group ${id}`, "Check the id and the region.");
    return found;
  }
}

/** In the order the request names them; otherwise those with the most free addresses first. */
function ordered(found: readonly VSwitch[], ids: readonly string[] | undefined): readonly VSwitch[] {
  return ids === undefined
    ? [...found].sort((a, b) => b.freeAddresses - a.freeAddresses)
    : ids.flatMap((id) => found.filter((one) => one.vSwitchId === id));
}
