import { asSampanError } from "@sampan/core";
import { isStage, type Plan, parsePlan, parseSource, resolvePlan, sourceTitle } from "@sampan/sdk";
import { hostIdentity } from "@sampan/sdk/engine";
import type { FleetHost, FleetMigration } from "../fleet-host.ts";
import type { Inventory, InventoryRemark } from "./inventory.ts";
import { problemsError } from "./inventory-error.ts";
import { madeThings } from "./made-things.ts";
import { type PlanOfHost, usualPlan } from "./usual-plan.ts";

/** How {@link planFleet} is told. */
export interface PlanFleetOptions {
  /** Makes paths of sources absolute from this folder; without it they stay as they are written, for workers elsewhere. */
  readonly baseFolder?: string;
}

/**
 * Makes the plan of each host of an inventory, in its order, and checks them: each has to be a chain of verbs, begun at the host's own
 * source or one nobody else has, and no two may make the same image or write the same object. Does no I/O; nothing is started.
 *
 * @throws `FLEET_PLAN_INVALID` with all that is wrong at once, by host, in `details.problems`.
 */
export function planFleet(
  inventory: Pick<Inventory, "hosts" | "where" | "name">,
  planOf: PlanOfHost = usualPlan,
  { baseFolder }: PlanFleetOptions = {},
): readonly FleetMigration[] {
  const problems: InventoryRemark[] = [];
  const whereOf = new Map<FleetHost, string>();
  const migrations = inventory.hosts.flatMap((host, index): readonly FleetMigration[] => {
    const where = inventory.where[index] ?? inventory.name;
    whereOf.set(host, where);
    const made = planOrProblem(host, planOf);
    if (typeof made === "string") {
      problems.push({ where, field: host.name, message: made });
      return [];
    }
    return [{ host, plan: baseFolder === undefined ? made : resolvePlan(made, baseFolder) }];
  });
  for (const { migration, message } of clashesOf(migrations)) {
    const { host } = migration;
    problems.push({ where: whereOf.get(host) ?? inventory.name, field: host.name, message });
  }
  if (problems.length > 0) {
    throw problemsError("FLEET_PLAN_INVALID", `planning the hosts of ${inventory.name}`, problems);
  }
  return migrations;
}

/** The plan of a host, or what is wrong with it. */
function planOrProblem(host: FleetHost, planOf: PlanOfHost): Plan | string {
  let made: unknown;
  try {
    made = planOf(frozen(host));
  } catch (error) {
    const { message, hint, code } = asSampanError(error);
    return code === "CORE_INTERNAL" ? `its plan ended in ${oneLine(message)}` : `${message}. ${hint}`;
  }
  // What an async function fails by is told here, and nowhere else.
  if (made instanceof Promise) made.catch(() => undefined);
  if (!isStage(made)) return `its plan is ${kindOf(made)}, no chain of Migration`;
  try {
    // By its JSON: a chain of another copy of the library has to be one of this one too.
    const plan = parsePlan(JSON.parse(JSON.stringify(made.plan())));
    return plan.steps.length > 0 ? plan : "its plan has no step: nothing would be done";
  } catch (error) {
    return `its plan is none: ${oneLine(asSampanError(error).message)}`;
  }
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && "then" in value) {
    return "events" in value ? "a run, already started" : "a promise";
  }
  return `of type ${typeof value}`;
}

/** A row that a plan cannot change for those that come after. */
function frozen(host: FleetHost): FleetHost {
  return Object.freeze({
    ...host,
    disks: Object.freeze([...host.disks]),
    targets: Object.freeze([...host.targets]),
    after: Object.freeze([...host.after]),
    more: Object.freeze({ ...host.more }),
  });
}

interface Clash {
  readonly migration: FleetMigration;
  readonly message: string;
}

/** What two plans would both do to one thing. */
function* clashesOf(migrations: readonly FleetMigration[]): Generator<Clash> {
  const makers = new Map<string, FleetHost>();
  const readers = new Map<string, FleetHost>();
  for (const migration of migrations) {
    const { host, plan } = migration;
    const own = new Set<string>();
    for (const { key, text } of madeThings(migration)) {
      const other = makers.get(key);
      if (other !== undefined && !own.has(key)) {
        yield { migration, message: `makes ${text}, as ${other.name} does` };
      } else makers.set(key, host);
      own.add(key);
    }
    // A plan made of another row than its own, by a name that was mixed up.
    const identity = `${hostIdentity(plan.source)} ${host.site}`;
    const reader = readers.get(identity);
    if (reader === undefined) readers.set(identity, host);
    else if (!isSameSource(reader, host)) {
      yield { migration, message: `reads ${sourceTitle(plan.source)}, as the plan of ${reader.name} does` };
    }
  }
}

function isSameSource(one: FleetHost, other: FleetHost): boolean {
  return hostIdentity(parseSource(one.source)) === hostIdentity(parseSource(other.source));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, 300);
}
