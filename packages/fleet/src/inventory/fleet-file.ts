import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import type { FleetHost } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import { parseFleetPolicy } from "../schedule/policy.ts";
import type { Inventory, InventoryRemark } from "./inventory.ts";
import { problemsError } from "./inventory-error.ts";
import { shown } from "./raw-inventory.ts";
import type { InventoryText } from "./read-inventory.ts";
import { type PlanOfHost, usualPlan } from "./usual-plan.ts";

/** A cell of a host that a file of TypeScript gives. */
type FleetCell = string | number | boolean | null | undefined | readonly (string | number)[];

/** A host as a `fleet.ts` writes it: the columns of an inventory, and any of one's own. */
export interface FleetRow {
  readonly source: string;
  readonly [column: string]: FleetCell;
}

/** What the default export of a `fleet.ts` says. */
export interface FleetDefinition {
  /** A CSV, JSON or YAML file, from the folder of this one; or the hosts themselves. */
  readonly inventory:
    | string
    | readonly FleetRow[]
    | {
        readonly defaults?: Readonly<Record<string, FleetCell>>;
        readonly hosts: readonly FleetRow[];
      };
  /** Makes the plan of a host of its row. Without it {@link usualPlan}. */
  readonly plan?: (host: FleetHost) => ReturnType<PlanOfHost>;
  readonly policy?: FleetPolicy;
}

/** A definition that was checked, with its paths made absolute. */
export interface Fleet {
  /** For `readInventory`. */
  readonly inventory: string | InventoryText;
  readonly planOf: PlanOfHost;
  readonly policy: FleetPolicy;
}

/**
 * Gives the definition of a fleet back as it is; an editor completes and checks it by its type.
 *
 * @example
 * ```ts
 * export default defineFleet({
 *   inventory: "./inventory.csv",
 *   policy: { waves: ["pilot", "main"], canaries: 2, hostsPerSite: 5 },
 * });
 * ```
 */
export function defineFleet(definition: FleetDefinition): FleetDefinition {
  return definition;
}

const fields = ["inventory", "plan", "policy"];

/**
 * Checks what a `fleet.ts` exports. Pure: the inventory is not read, and `plan` not called.
 *
 * @throws `FLEET_FILE_INVALID` for what is no definition of a fleet; `FLEET_POLICY_INVALID` for a policy that cannot be kept.
 */
export function readFleet(value: unknown, baseFolder: string, name = "the fleet"): Fleet {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(
      name,
      `it is ${value === null ? "null" : Array.isArray(value) ? "a list" : `of type ${typeof value}`}`,
    );
  }
  const { inventory, plan, policy, ...others } = value as Readonly<Record<string, unknown>>;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw invalid(name, `${shown(other)} is none of its fields, which are ${fields.join(", ")}`);
  }
  if (plan !== undefined && typeof plan !== "function") {
    throw invalid(name, `plan is of type ${typeof plan}, no function that makes a plan of a host`);
  }
  return {
    inventory: inventoryOf(inventory, baseFolder, name),
    planOf: (plan as PlanOfHost | undefined) ?? usualPlan,
    policy: policy === undefined ? {} : parseFleetPolicy(policy),
  };
}

function inventoryOf(inventory: unknown, baseFolder: string, name: string): string | InventoryText {
  if (typeof inventory === "string" && inventory !== "" && !inventory.includes("\0")) {
    return resolve(baseFolder, inventory);
  }
  if (typeof inventory === "object" && inventory !== null) return { value: inventory, name };
  throw invalid(name, "inventory is neither the path of a file nor a list of hosts");
}

function invalid(name: string, problem: string): SampanError {
  return new SampanError("FLEET_FILE_INVALID", `reading ${name}: ${problem}`);
}

/**
 * Refuses a policy that speaks of waves or sites the inventory does not have: nearly always a name that was mistyped, and then its limits
 * would hold for nobody.
 *
 * @throws `FLEET_POLICY_INVALID` with all such names.
 */
export function assertPolicyFits(
  policy: FleetPolicy,
  { hosts, name }: Pick<Inventory, "hosts" | "name">,
): void {
  const waves = new Set(hosts.map(({ wave }) => wave));
  const sites = new Set(hosts.map(({ site }) => site));
  const problems: InventoryRemark[] = [];
  const missing = (kind: "wave" | "site", known: ReadonlySet<string>, said: string, field: string): void => {
    if (known.has(said)) return;
    const all = [...known].slice(0, 20).join(", ");
    const message = `no host of ${name} is of ${kind} ${shown(said)}; there are ${all}`;
    problems.push({ where: "policy", field, message });
  };
  for (const wave of policy.waves ?? []) missing("wave", waves, wave, "waves");
  for (const site of Object.keys(policy.bandwidth ?? {})) missing("site", sites, site, "bandwidth");
  for (const [index, { site }] of (policy.blackouts ?? []).entries()) {
    if (site !== undefined) missing("site", sites, site, `blackouts[${index}]`);
  }
  if (problems.length > 0) {
    throw problemsError("FLEET_POLICY_INVALID", "reading the policy of the fleet", problems);
  }
}
