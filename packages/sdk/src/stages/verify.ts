import { type BootEvidence, type Cloud, verifyInstance } from "@sampan/cloud";
import { type Json, retry, SampanError } from "@sampan/core";
import type { BootVerification, LaunchedMachine } from "../fluent/results.ts";
import type { VerifyOptions } from "../plan/instance-options.ts";
import type { StageContext, StageDefinition } from "../run/stage-definition.ts";
import { cloudHooks } from "./cloud-hooks.ts";

/** What `verify` looks at. */
export interface VerifyInput {
  readonly launched: LaunchedMachine;
  readonly options: VerifyOptions;
}

/** What became of the boot. */
export interface VerifyOutput {
  readonly verification: BootVerification;
}

const sentences: Readonly<Record<BootVerification["verdict"], string>> = {
  booted: "the instance booted",
  unreachable: "the instance booted, and a port asked for does not answer",
  failed: "the instance does not boot",
  unproven: "nothing proves that the instance booted",
  simulated: "the simulator runs no machine: nothing booted, and nothing was proven",
};

/**
 * Looks for proof that the instance boots, keeps it as files in the run's folder, then keeps, stops or deletes the instance.
 * A boot that failed ends the run with `CLOUD_BOOT_FAILED`, after the same.
 */
export const verifyStage: StageDefinition<VerifyInput, VerifyOutput> = {
  name: "verify",
  summary: ({ launched }) => `looking for proof that ${launched.instanceId} boots`,
  waitsFor: ({ launched }) => ({ region: launched.region, sizeBytes: null }),
  async run({ launched, options }, context) {
    const cloud = await context.services.cloud(launched.profile ?? undefined);
    // What was seen is kept before the instance may be deleted: it cannot be seen again.
    let verification = context.checkpoint.state as unknown as BootVerification | null;
    if (verification === null) {
      verification = await look(cloud, launched, options, context);
      await context.save(verification as unknown as Json);
    }
    await finish(cloud, launched, verification.afterwards, context);
    const { verdict, evidence, checks } = verification;
    if (verdict === "failed") {
      const console_ = checks.find(({ name }) => name === "console");
      throw new SampanError(
        "CLOUD_BOOT_FAILED",
        `verifying ${launched.instanceId} in ${launched.region}: its console ${console_?.found ?? "shows that it does not boot"}`,
        { details: { instanceId: launched.instanceId, evidence, lines: [...(console_?.evidence ?? [])] } },
      );
    }
    const isProven = verdict === "booted";
    context.log(isProven ? "info" : "warning", `${sentences[verdict]}; what was seen is in ${evidence}`);
    return { verification };
  },
};

async function look(
  cloud: Cloud,
  launched: LaunchedMachine,
  options: VerifyOptions,
  context: StageContext,
): Promise<BootVerification> {
  const { region, instanceId } = launched;
  const seen = await verifyInstance(
    cloud,
    { region, instanceId, ...(options.ports === undefined ? {} : { ports: options.ports }) },
    {
      ...cloudHooks(context, cloud),
      ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
    },
  );
  const files = await keep(seen, launched, context);
  return {
    verdict: seen.verdict,
    checks: seen.checks,
    evidence: context.services.artifacts.pathOf(evidenceFile),
    files,
    afterwards: options.afterwards ?? (launched.isTest ? "delete" : "keep"),
  };
}

const evidenceFile = "verify.json";

/** Writes the evidence into the run's folder; gives the paths. */
async function keep(
  seen: BootEvidence,
  launched: LaunchedMachine,
  context: StageContext,
): Promise<readonly string[]> {
  const { artifacts, clock } = context.services;
  const names: string[] = [];
  const save = async (name: string, bytes: Uint8Array) => {
    await artifacts.save(name, bytes);
    names.push(name);
  };
  const { verdict, checks, console: console_, screenshot, instance } = seen;
  if (console_ !== null) await save("console.txt", Buffer.from(console_, "utf8"));
  if (screenshot !== null) await save(`screenshot.${screenshot[0] === 0x89 ? "png" : "jpg"}`, screenshot);
  const cloud = await context.services.cloud(launched.profile ?? undefined);
  const record = {
    verdict,
    sentence: sentences[verdict],
    at: new Date(clock.now()).toISOString(),
    cloud: cloud.identity,
    launched,
    status: instance.status,
    checks,
    files: [...names],
  };
  await save(evidenceFile, Buffer.from(`${JSON.stringify(record, null, 2)}\n`, "utf8"));
  return names.map((name) => artifacts.pathOf(name));
}

async function finish(
  cloud: Cloud,
  { region, instanceId }: LaunchedMachine,
  afterwards: BootVerification["afterwards"],
  context: StageContext,
): Promise<void> {
  const hooks = cloudHooks(context, cloud);
  const { signal } = context;
  if (afterwards === "stop") {
    await retry(() => cloud.instances.stopInstance(region, instanceId, signal), hooks);
    context.log("info", `stopping ${instanceId}`);
  }
  if (afterwards === "delete") {
    // An instance that is not deleted for one throttled call would be billed.
    await retry(() => cloud.instances.deleteInstance(region, instanceId, signal), hooks);
    await context.resourceGone(instanceId);
    context.log("info", `deleted ${instanceId}: it was a test boot`);
  }
}
