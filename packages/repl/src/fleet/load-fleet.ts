import { readFile } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { SampanError } from "@sampan/core";
import type { FleetMigration, FleetPolicy } from "@sampan/fleet";
import { argument, type CommandCall, optionList, optionText } from "../command-call.ts";
import { say } from "../language/speech.ts";
import { loadDefault, loadPlanFile } from "../plan/load-plan.ts";
import { parseBandwidth } from "../terminal/bandwidth.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { anySite, planHosts } from "./plan-hosts.ts";
import { isAlone } from "./store-wishes.ts";

/** The hosts of a fleet with their plans, and by which rules they are migrated. */
export interface LoadedFleet {
  /** The file it is described by; the first of several. */
  readonly path: string;
  /** Folder that relative paths start from, and beside which runs are recorded. */
  readonly folder: string;
  readonly migrations: readonly FleetMigration[];
  readonly policy: FleetPolicy;
}

/**
 * Loads what a command line names: an inventory (CSV, JSON, YAML), a module that exports `defineFleet(…)`, or any number of plan files.
 * Tells what an inventory says that is probably not meant. What `--bandwidth SITE=RATE` says wins over the policy, and `--wave` leaves
 * other hosts out.
 *
 * @throws what reading an inventory or a plan throws; `COMMAND_USAGE` for several fleets at once, or a wave that there is none of;
 * `PLAN_INVALID` for a plan whose password somebody would have to type.
 */
export async function loadFleet(call: CommandCall): Promise<LoadedFleet> {
  const paths = [argument(call, 0), ...call.args.slice(1).filter((path) => path !== undefined)];
  const fleet = await loadWhole(call, paths);
  await refuseAsked(fleet.migrations);
  const bandwidth = { ...fleet.policy.bandwidth, ...siteRates(optionList(call.options, "bandwidth")) };
  const policy = Object.keys(bandwidth).length === 0 ? fleet.policy : { ...fleet.policy, bandwidth };
  return { ...fleet, policy, migrations: ofWaves(call, fleet.migrations) };
}

async function loadWhole(call: CommandCall, paths: readonly string[]): Promise<LoadedFleet> {
  const [first = ""] = paths;
  const whole = await Promise.all(paths.map((path) => isFleet(path, call.cwd)));
  if (!whole.includes(true)) return ofPlans(call, paths);
  if (paths.length > 1) {
    throw new SampanError("COMMAND_USAGE", `${oneLine(paths.join(" "))} are a fleet and something else`, {
      hint: "Give one inventory or fleet file, or any number of plan files.",
    });
  }
  const path = resolve(call.cwd, first);
  const { assertPolicyFits, planFleet, readFleet, readInventory } = await import("@sampan/fleet");
  const folder = dirname(path);
  const isModule = /\.[cm]?[jt]s$/i.test(path);
  const {
    inventory: from,
    planOf,
    policy,
  } = isModule
    ? readFleet(await loadDefault(first, call.cwd), folder, first)
    : { inventory: path, planOf: undefined, policy: {} };
  const inventory = await readInventory(from, policy.waves === undefined ? {} : { waves: policy.waves });
  assertPolicyFits(policy, inventory);
  for (const { where, message } of inventory.warnings)
    call.output.talk(say("fleet-run.warning", { where: oneLine(where), what: oneLine(message) }));
  // Paths of a fleet with workers are seen from where those are.
  const migrations = planFleet(inventory, planOf, isAlone(call) ? { baseFolder: folder } : {});
  return { path, folder, migrations, policy };
}

async function ofPlans(call: CommandCall, paths: readonly string[]): Promise<LoadedFleet> {
  const files = [];
  for (const path of paths) files.push(await loadPlanFile(path, call.cwd));
  const [first] = files;
  const plans = files.flatMap((file) => file.plans);
  return {
    path: first?.path ?? call.cwd,
    folder: first?.folder ?? call.cwd,
    migrations: planHosts(plans, optionText(call.options, "site") ?? anySite),
    policy: {},
  };
}

/** Whether a file describes a fleet, not plans alone. JSON may be either: a plan's source is an object, a host's a text. */
async function isFleet(path: string, cwd: string): Promise<boolean> {
  const full = resolve(cwd, path);
  const ending = extname(full).toLowerCase();
  if ([".csv", ".tsv", ".yaml", ".yml"].includes(ending)) return true;
  let text: string;
  try {
    text = await readFile(full, "utf8");
  } catch {
    // Whoever reads it says what is wrong.
    return false;
  }
  if (ending !== ".json") return !basename(full).includes(".migration.") && text.includes("defineFleet");
  try {
    return !hasPlans(JSON.parse(text));
  } catch {
    return false;
  }
}

function hasPlans(json: unknown): boolean {
  const one: unknown = Array.isArray(json) ? json[0] : json;
  if (typeof one !== "object" || one === null) return false;
  return "steps" in one || "plan" in one || "plans" in one;
}

/** What sites may send, in bytes a second, from texts such as `shanghai=1gbit`. */
export function siteRates(texts: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at > 0) return [text.slice(0, at), parseBandwidth(text.slice(at + 1)) / 8];
      throw new SampanError("COMMAND_USAGE", `--bandwidth ${oneLine(text)} names no site`, {
        hint: "Write --bandwidth shanghai=1gbit.",
      });
    }),
  );
}

/** The hosts of the waves that were asked for. Those of others that they wait for are taken to have been migrated. */
function ofWaves(call: CommandCall, migrations: readonly FleetMigration[]): readonly FleetMigration[] {
  const wanted = new Set(optionList(call.options, "wave"));
  if (wanted.size === 0) return migrations;
  const all = new Set(migrations.map(({ host }) => host.wave));
  const unknown = [...wanted].find((wave) => !all.has(wave));
  if (unknown !== undefined) {
    throw new SampanError("COMMAND_USAGE", `the fleet has no wave ${oneLine(unknown)}`, {
      hint: `Its waves are ${oneLine([...all].join(", "))}.`,
    });
  }
  const chosen = migrations.filter(({ host }) => wanted.has(host.wave));
  const names = new Set(chosen.map(({ host }) => host.name));
  const before = new Set(chosen.flatMap(({ host }) => host.after).filter((name) => !names.has(name)));
  if (before.size > 0)
    call.output.talk(say("fleet-run.taken-as-done", { hosts: oneLine([...before].join(", ")) }));
  return chosen.map(({ host, plan }) => ({
    host: { ...host, after: host.after.filter((name) => names.has(name)) },
    plan,
  }));
}

/** Refuses plans with a secret that somebody would have to type: nobody sits before a worker, and a fleet is gone on with unattended. */
async function refuseAsked(migrations: readonly FleetMigration[]): Promise<void> {
  const { askedSecret } = await import("@sampan/fleet");
  const asked = migrations.filter(({ plan }) => askedSecret(plan) !== undefined);
  const [first] = asked;
  if (first === undefined) return;
  const others = asked.length === 1 ? "" : ` and ${asked.length - 1} more`;
  throw new SampanError(
    "PLAN_INVALID",
    `loading the fleet: the plan of ${oneLine(first.host.name)}${others} asks for a password, and nobody sits at a worker to type it`,
    {
      hint: "Use SSH keys, or say where workers find it: `passwordFrom: { env: NAME }` or `{ file: PATH }`.",
      details: { hosts: asked.slice(0, 100).map(({ host }) => host.name) },
    },
  );
}
