import { type BandwidthBudget, bandwidthBudget } from "@sampan/cloud";
import { type Clock, isSampanError, SampanError } from "@sampan/core";
import type { FleetPolicy } from "../fleet-policy.ts";
import { parseFleetPolicy, usualPolicy } from "./policy.ts";

/**
 * The budgets of a fleet's sites for runs of this process: one for each site whose bandwidth the policy says, to be given to an embedded
 * runner for each site. Workers of other processes have budgets of their own; the scheduler limits nobody's bytes.
 *
 * @throws `FLEET_POLICY_INVALID` for a policy that cannot be, and when the hosts of a site that may run at the same time would have less than a connection needs.
 */
export function siteBudgets(policy: FleetPolicy, clock?: Clock): ReadonlyMap<string, BandwidthBudget> {
  const { hostsPerSite, hostsAtOnce, bandwidth } = { ...usualPolicy, ...parseFleetPolicy(policy) };
  const uploads = Math.min(hostsPerSite, hostsAtOnce);
  const budgetOf = (site: string, bytesPerSecond: number): BandwidthBudget => {
    try {
      return bandwidthBudget({ bytesPerSecond, uploads, ...(clock === undefined ? {} : { clock }) });
    } catch (error) {
      if (!isSampanError(error, "CORE_ARGUMENT")) throw error;
      throw new SampanError(
        "FLEET_POLICY_INVALID",
        `reading the policy of the fleet: bandwidth.${site}: ${error.message}`,
        { hint: "Allow the site more, or fewer hosts at once by `hostsPerSite`.", cause: error },
      );
    }
  };
  return new Map(Object.entries(bandwidth).map(([site, rate]) => [site, budgetOf(site, rate)]));
}
