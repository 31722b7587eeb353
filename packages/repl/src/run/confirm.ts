import {
  type CloudChoice,
  findCloudCredentials,
  type LaunchOptions,
  type Plan,
  sourceTitle,
  whoAmI,
} from "@sampan/sdk";
import type { CommandCall } from "../command-call.ts";
import { listed, say, translated } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { ask } from "./ask.ts";

/**
 * Asks before a real account is changed by plans, naming what would be touched. A rehearsal, or `--yes`, asks nothing.
 *
 * @throws as {@link confirmChange} does.
 */
export async function confirmRealCloud(
  call: CommandCall,
  choice: CloudChoice,
  plans: readonly Plan[],
): Promise<void> {
  await confirmChange(call, choice, plans.map(describeTouched));
}

/**
 * Asks as {@link confirmRealCloud} does, once for each account that the plans name; and for each bucket in which objects are replaced,
 * its name has to be typed.
 */
export async function confirmRealClouds(
  call: CommandCall,
  jobs: readonly { readonly plan: Plan; readonly cloud: CloudChoice }[],
): Promise<void> {
  const accounts = new Map<string, { readonly cloud: CloudChoice; readonly plans: Plan[] }>();
  for (const { plan, cloud } of jobs) {
    const key = JSON.stringify(cloud);
    const known = accounts.get(key);
    if (known === undefined) accounts.set(key, { cloud, plans: [plan] });
    else known.plans.push(plan);
  }
  for (const { cloud, plans } of accounts.values()) {
    await confirmRealCloud(call, cloud, plans);
    await confirmOverwrites(call, cloud, plans);
  }
}

/**
 * Asks before a real account is changed; each of `changes` is a line that says one. A rehearsal, or `--yes`, asks nothing.
 *
 * @throws `CLOUD_CREDENTIALS_MISSING` and the like before any question; `COMMAND_CONFIRMATION_NEEDED` where nobody can answer;
 * `COMMAND_DECLINED` when the answer is not yes.
 */
export async function confirmChange(
  call: CommandCall,
  choice: CloudChoice,
  changes: readonly string[],
): Promise<void> {
  if (choice.kind !== "alibaba") return;
  const found = await findCloudCredentials(choice, call.env);
  const { accessKeyId } = await found.provider.get();
  call.output.talk(
    say("ask.credentials", { source: oneLine(translated(found.source)), key: maskKey(accessKeyId) }),
  );
  for (const warning of found.warnings)
    call.output.talk(say("ask.warning", { warning: oneLine(translated(warning)) }));
  const title = async () => say("ask.account", { who: await accountOf(call, choice) });
  await ask(call, { what: "a real account", title, changes });
}

/** Asks for the name of each bucket in which a plan replaces what is there. A rehearsal, or `--confirm BUCKET`, asks nothing. */
async function confirmOverwrites(
  call: CommandCall,
  choice: CloudChoice,
  plans: readonly Plan[],
): Promise<void> {
  if (choice.kind !== "alibaba") return;
  const objects = new Map<string, string[]>();
  for (const step of plans.flatMap(({ steps }) => steps)) {
    if (step.verb !== "upload" || step.options.overwrite !== true) continue;
    const { bucket, key } = step.options;
    objects.set(bucket, [...(objects.get(bucket) ?? []), `oss://${bucket}/${key ?? "…"}`]);
  }
  for (const [name, found] of objects) {
    const title = async () => say("ask.overwrites", { who: await accountOf(call, choice) });
    await ask(call, {
      what: `bucket ${name}`,
      title,
      changes: found.map((object) => say("ask.replace", { object })),
      name,
    });
  }
}

/**
 * Asks for a run's id before what it left in a real account is deleted, or, by another title, the run with it. A rehearsal, or
 * `--confirm ID`, asks nothing.
 */
export async function confirmDeletion(
  call: CommandCall,
  choice: CloudChoice,
  runId: string,
  changes: readonly string[],
  asking: "ask.deletes" | "fleet-gc.title-named" = "ask.deletes",
): Promise<void> {
  if (choice.kind !== "alibaba") return;
  const title = async () => say(asking, { run: runId, who: await accountOf(call, choice) });
  await ask(call, { what: "a real account", title, changes, name: runId });
}

/** Asks for the name of the host before a run of it in a real cloud is cancelled. A rehearsal, or `--confirm HOST`, asks nothing. */
export async function confirmCancel(
  call: CommandCall,
  run: { readonly runId: string; readonly title: string; readonly rehearsal: boolean },
  changes: readonly string[],
): Promise<void> {
  if (run.rehearsal) return;
  await ask(call, {
    what: "a real account",
    title: () => say("ask.cancels", { run: run.runId }),
    changes,
    name: run.title,
  });
}

/** Whose account a choice means, as people know it; by the key alone where STS cannot be asked. */
async function accountOf(call: CommandCall, choice: CloudChoice): Promise<string> {
  try {
    const identity = await whoAmI(choice, { home: call.cwd, env: call.env, alias: true });
    const { caller, parts, accountAlias } = identity;
    const key = parts.accessKeyId.value ?? "…";
    const account =
      accountAlias === null
        ? caller.accountId
        : say("ask.account-alias", { account: caller.accountId, alias: accountAlias });
    return oneLine(say("ask.who", { account, arn: caller.arn, key }));
  } catch {
    const { accessKeyId } = await (await findCloudCredentials(choice, call.env)).provider.get();
    return say("ask.who-by-key", { key: maskKey(accessKeyId) });
  }
}

/** Stages that change no host, up to which a run may be told to go. */
const harmless: readonly string[] = ["select", "assess", "check"];

/**
 * Asks before plans change hosts themselves (`prepare({ on: "host" })`), in a rehearsal too: its host is a real one. Each host's name has
 * to be typed; `--confirm HOST` does without.
 *
 * @throws as {@link confirmHostChange} does.
 */
export async function confirmHosts(
  call: CommandCall,
  plans: readonly Plan[],
  through: string | undefined,
): Promise<void> {
  if (through !== undefined && harmless.includes(through)) return;
  const changed = plans.flatMap(({ source, steps }) =>
    steps.some((step) => step.verb === "prepare" && step.options.on === "host") ? [sourceTitle(source)] : [],
  );
  for (const title of new Set(changed))
    await confirmHostByName(call, title, [say("ask.prepare", { host: title })]);
}

/**
 * Asks before something is changed on a host; each of `changes` is a line that says one. `--yes` asks nothing.
 *
 * @throws `COMMAND_CONFIRMATION_NEEDED` where nobody can answer; `COMMAND_DECLINED` when the answer is not yes.
 */
export async function confirmHostChange(
  call: CommandCall,
  title: string,
  changes: readonly string[],
): Promise<void> {
  await ask(call, { what: "a host", title: () => say("ask.host", { host: title }), changes });
}

/** As {@link confirmHostChange} for what cannot simply be taken back: the host's name has to be typed, or given by `--confirm`. */
export async function confirmHostByName(
  call: CommandCall,
  title: string,
  changes: readonly string[],
): Promise<void> {
  await ask(call, { what: "a host", title: () => say("ask.host", { host: title }), changes, name: title });
}

/** What a plan touches, in one line: host, bucket, image, regions. */
export function describeTouched(plan: Plan): string {
  const words = [say("touched.host", { host: sourceTitle(plan.source) })];
  for (const step of plan.steps) {
    if (step.verb === "upload") {
      const { bucket, region } = step.options;
      words.push(inRegion(say("touched.bucket", { bucket }), region));
    }
    if (step.verb === "import") {
      const { name, region } = step.options;
      const image = imageWords(name, "touched.image-of-host");
      words.push(
        region === undefined ? `${image} ${say("touched.in-bucket-region")}` : inRegion(image, region),
      );
    }
    if (step.verb === "copyTo") words.push(say("touched.copies", { regions: listed(step.options.regions) }));
    if (step.verb === "snapshot")
      words.push(say(step.options.stop === true ? "touched.stopped" : "touched.snapshots"));
    if (step.verb === "createImage") {
      const image = imageWords(step.options.name, "touched.image-of-instance");
      words.push(`${image} ${say("touched.in-instance-region")}`);
    }
    if (step.verb === "launch") words.push(launchWords(step.options));
    if (step.verb === "verify" && step.options.afterwards !== undefined)
      words.push(say("touched.then", { what: step.options.afterwards }));
    if (step.verb === "shareWith")
      words.push(say("touched.shared", { accounts: listed(step.options.accounts) }));
  }
  return oneLine(words.join(" · "));
}

function launchWords({ region, profile, test }: LaunchOptions): string {
  const words = [
    say(test === true ? "touched.test-instance" : "touched.instance"),
    ...(region === undefined ? [] : [say("touched.in", { region })]),
    ...(profile === undefined ? [] : [say("touched.by-profile", { profile })]),
  ];
  return words.join(" ");
}

function inRegion(what: string, region: string | undefined): string {
  return region === undefined ? what : `${what} ${say("touched.in", { region })}`;
}

function imageWords(
  name: string | undefined,
  unnamed: "touched.image-of-host" | "touched.image-of-instance",
): string {
  return name === undefined ? say(unnamed) : say("touched.image", { image: name });
}

/** Enough of a key id to know which it is: `LTAI…9f2c`. */
export function maskKey(accessKeyId: string): string {
  const plain = oneLine(accessKeyId);
  return plain.length <= 8 ? "…" : `${plain.slice(0, 4)}…${plain.slice(-4)}`;
}
