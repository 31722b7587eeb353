import type { Cloud, PermissionAnswer } from "@sampan/cloud";
import { asSampanError, defaultRegion } from "@sampan/core";
import { connectCloud, findCloudCredentials, type Identity, whoAmI } from "@sampan/sdk";
import { accountTasks } from "./account.ts";
import { type Check, type CheckTask, checkGroups, type DoctorWorld, type Finding, failed } from "./check.ts";
import { cloudTasks } from "./cloud-state.ts";
import { hostTasks } from "./host.ts";
import { machineTasks } from "./machine.ts";
import { networkTasks } from "./network.ts";

/** What a doctor found. */
export interface Diagnosis {
  readonly checks: readonly Check[];
  /** Each permission that was asked for; empty where no cloud was chosen. */
  readonly permissions: readonly PermissionAnswer[];
  /** What `--fix` would do, or did. */
  readonly repairs: readonly (() => Promise<string>)[];
}

/** How checks are made; the rest is for tests. */
export interface RunChecksOptions {
  /** Bounds every check, in milliseconds, in place of its own limit. */
  readonly limitMs?: number;
  /** Further checks. */
  readonly tasks?: readonly CheckTask[];
}

/**
 * Makes every check at once, each under a limit of time. One that breaks or takes too long is a failed check, never an error. Only
 * what a chosen cloud and a named host need leaves this machine.
 */
export async function runChecks(world: DoctorWorld, options: RunChecksOptions = {}): Promise<Diagnosis> {
  const identity = once(() => loggedIn(world));
  const cloud = once(() => connected(world));
  const region = once(() => regionOf(world));
  let permissions: readonly PermissionAnswer[] = [];
  const tasks = [
    ...machineTasks(world),
    ...networkTasks(world, region),
    ...accountTasks(world, identity),
    ...cloudTasks(world, { identity, region, cloud }, (answers) => {
      permissions = answers;
    }),
    ...hostTasks(world),
    ...(options.tasks ?? []),
  ];
  try {
    const found = await Promise.all(
      tasks.map(async (task) => ({
        task,
        findings: await findingsOf(task, options.limitMs ?? task.limitMs),
      })),
    );
    const all = found.flatMap(({ task, findings }) => findings.map((finding) => ({ task, finding })));
    const checks = all.map(({ task: { group }, finding: { name, state, fact, fix } }): Check => {
      return { group, name, state, fact, fix };
    });
    return {
      checks: checkGroups.flatMap((group) => checks.filter((check) => check.group === group)),
      permissions,
      repairs: all.flatMap(({ finding }) => finding.repair ?? []),
    };
  } finally {
    await cloud.made()?.then(
      (open) => open.close(),
      () => undefined,
    );
  }
}

/** The findings of a check; what breaks it, or its limit, as one. */
async function findingsOf(task: CheckTask, limitMs: number): Promise<readonly Finding[]> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      const fix = "Try it again; if it stays so, look at the network between here and there.";
      resolve(failed(task.name, `no result within ${limitMs / 1000} s`, fix));
      controller.abort();
    }, limitMs);
  });
  try {
    const found = await Promise.race([task.run(controller.signal), late]);
    return Array.isArray(found) ? found : [found as Finding];
  } catch (thrown) {
    const { code, message, hint } = asSampanError(thrown);
    return [failed(task.name, `${code}: ${message}`, hint || `sampan explain ${code}`)];
  } finally {
    clearTimeout(timer);
  }
}

function loggedIn({ choice, home, env }: DoctorWorld): Promise<Identity> {
  if (choice === undefined) throw new Error("no cloud was chosen");
  return whoAmI(choice, { home, env });
}

function connected({ choice, home, env }: DoctorWorld): Promise<Cloud> {
  if (choice === undefined) throw new Error("no cloud was chosen");
  return connectCloud(choice, home, { env });
}

/** The region that is asked about: the one that was named, else the credentials' own. */
async function regionOf({ region, choice, env }: DoctorWorld): Promise<string> {
  if (region !== undefined) return region;
  if (choice?.kind !== "alibaba") return defaultRegion;
  const found = await findCloudCredentials(choice, env).catch(() => undefined);
  return found?.region?.value ?? defaultRegion;
}

/** Does something when it is first asked for, and gives the same to all. */
function once<T>(work: () => Promise<T>): (() => Promise<T>) & { made(): Promise<T> | undefined } {
  let made: Promise<T> | undefined;
  const ask = async (): Promise<T> => {
    made ??= (async () => work())();
    return made;
  };
  return Object.assign(ask, { made: () => made });
}
