import { createInterface } from "node:readline/promises";
import { SampanError } from "@sampan/core";
import {
  type CloudChoice,
  findCloudCredentials,
  type LaunchOptions,
  type Plan,
  sourceTitle,
} from "@sampan/sdk";
import { type CommandCall, optionSet } from "../command-call.ts";
import { oneLine } from "../terminal/plain-text.ts";

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

/** Asks as {@link confirmRealCloud} does, once for each account that the plans name. */
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
  for (const { cloud, plans } of accounts.values()) await confirmRealCloud(call, cloud, plans);
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
  call.output.talk(`credentials: ${oneLine(found.source)} (key ${maskKey(accessKeyId)})`);
  for (const warning of found.warnings) call.output.talk(`warning: ${oneLine(warning)}`);
  await ask(
    call,
    "a real account",
    `This changes a real account of Alibaba Cloud (access key ${maskKey(accessKeyId)}):`,
    changes,
  );
}

/** Stages that change no host, up to which a run may be told to go. */
const harmless: readonly string[] = ["select", "assess", "check"];

/**
 * Asks before plans change hosts themselves (`prepare({ on: "host" })`), in a rehearsal too: its host is a real one. `--yes` asks nothing.
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
  if (changed.length === 0) return;
  await confirmHostChange(
    call,
    changed.join(", "),
    changed.map((title) =>
      oneLine(`prepare ${title} itself; \`sampan prepare ${title} --dry-run\` shows what that changes`),
    ),
  );
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
  await ask(call, "a host", oneLine(`This changes ${title}:`), changes);
}

async function ask(
  call: CommandCall,
  what: string,
  question: string,
  changes: readonly string[],
): Promise<void> {
  if (optionSet(call.options, "yes")) return;
  if (call.output.asJson || process.stdin.isTTY !== true || call.output.stderr.isTTY !== true) {
    throw new SampanError(
      "COMMAND_CONFIRMATION_NEEDED",
      `asking whether ${what} may be changed: there is no terminal`,
      { hint: "Pass `--yes` to go on without being asked." },
    );
  }
  call.output.alert(question);
  for (const change of changes) call.output.alert(`  ${change}`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question("Go on? [y/N] ");
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new SampanError("COMMAND_DECLINED", `asking whether ${what} may be changed: the answer was no`);
}

/** What a plan touches, in one line: host, bucket, image, regions. */
export function describeTouched(plan: Plan): string {
  const words = [`host ${sourceTitle(plan.source)}`];
  for (const step of plan.steps) {
    if (step.verb === "upload") words.push(`bucket ${step.options.bucket}`);
    if (step.verb === "import") words.push(`image ${step.options.name ?? "named after the host"}`);
    if (step.verb === "import" && step.options.region) words.push(`in ${step.options.region}`);
    if (step.verb === "copyTo") words.push(`copies to ${step.options.regions.join(", ")}`);
    if (step.verb === "snapshot")
      words.push(step.options.stop === true ? "stopped for snapshots" : "snapshots");
    if (step.verb === "createImage") words.push(`image ${step.options.name ?? "named after the instance"}`);
    if (step.verb === "launch") words.push(launchWords(step.options));
    if (step.verb === "verify" && step.options.afterwards !== undefined)
      words.push(`then ${step.options.afterwards}`);
    if (step.verb === "shareWith") words.push(`shared with ${step.options.accounts.join(", ")}`);
  }
  return oneLine(words.join(" · "));
}

function launchWords({ region, profile, test }: LaunchOptions): string {
  const where = region === undefined ? "" : ` in ${region}`;
  const who = profile === undefined ? "" : ` by profile ${profile}`;
  return `${test === true ? "a test instance" : "an instance, billed until deleted,"}${where}${who}`;
}

/** Enough of a key id to know which it is: `LTAI…9f2c`. */
export function maskKey(accessKeyId: string): string {
  const plain = oneLine(accessKeyId);
  return plain.length <= 8 ? "…" : `${plain.slice(0, 4)}…${plain.slice(-4)}`;
}
