import type { CloudInstance, InstanceDisk } from "@sampan/cloud";
import { type Finding, GiB, SampanError } from "@sampan/core";
import type { AssessOptions } from "../plan/options.ts";
import { type EcsSource, sourceTitle } from "../plan/sources.ts";
import type { StageContext, StageDefinition } from "../run/stage-definition.ts";
import { instanceOfRehearsal } from "./rehearsal-instance.ts";

/** An ECS instance as the stages of the in-cloud path see it. */
export interface InstanceReference {
  readonly region: string;
  readonly instanceId: string;
  /** Name fit for images. */
  readonly name: string;
  readonly osType: "linux" | "windows";
  readonly osName: string;
}

/** The instance as it was found. */
export interface SelectInstanceOutput extends InstanceReference {
  readonly title: string;
  readonly disks: readonly InstanceDisk[];
}

/** Looks the instance up. */
export const selectInstanceStage: StageDefinition<EcsSource, SelectInstanceOutput> = {
  name: "select",
  summary: (source) => `looking at ${sourceTitle(source)}`,
  retry: { attempts: 4, backoffMs: 1000 },
  async run(source, context) {
    const { region } = source;
    const { instance, disks } = await describe(source, context);
    const { instanceId } = instance;
    const name = imageNameOf(instance.name) ?? imageNameOf(instance.hostName) ?? instanceId;
    const { osType, osName } = instance;
    return { title: sourceTitle(source), region, instanceId, name, osType, osName, disks };
  },
};

async function describe(source: EcsSource, context: StageContext) {
  const cloud = await context.services.cloud();
  const { region, instanceId } = source;
  const [named] = await cloud.instances.listInstances(region, { instanceIds: [instanceId] }, context.signal);
  const instance = named ?? (await instanceOfRehearsal(source, cloud, context));
  if (instance === undefined) {
    throw new SampanError(
      "CLOUD_INSTANCE_NOT_FOUND",
      `looking for instance ${instanceId} in ${region}: there is none`,
      {
        details: { instanceId, region },
      },
    );
  }
  return { instance, disks: await cloud.instances.listDisks(region, instance.instanceId, context.signal) };
}

/** A name as an image may have it; `undefined` when nothing is left of it. */
export function imageNameOf(text: string): string | undefined {
  const name = text
    .replace(/[^\p{L}\p{N}.:_-]+/gu, "-")
    .replace(/^[^\p{L}]+/u, "")
    .slice(0, 100);
  return name.length < 2 || /^(aliyun|acs:|auto)/i.test(name) ? undefined : name;
}

/** What `assess` judges on an instance. */
export interface AssessInstanceInput {
  readonly source: EcsSource;
  readonly options: AssessOptions;
  /** Accounts the plan shares the image with. */
  readonly shareAccounts: readonly string[];
}

/** What `assess` saw and found on an instance. */
export interface AssessInstanceOutput {
  readonly findings: readonly Finding[];
}

/**
 * Judges an instance by what ECS tells of it. Its disks are not read: what lies on them already runs on ECS, so nothing there
 * has to change for another VPC, region or account. Says what was not looked at.
 */
export const assessInstanceStage: StageDefinition<AssessInstanceInput, AssessInstanceOutput> = {
  name: "assess",
  summary: ({ source }) => `judging ${sourceTitle(source)} by what ECS tells of it`,
  retry: { attempts: 4, backoffMs: 1000 },
  async run(input, context) {
    const { instance, disks } = await describe(input.source, context);
    const accepted = input.options.accept ?? {};
    const unknown = Object.keys(accepted).find((id) => !Object.values(ids).includes(id as never));
    if (unknown !== undefined) {
      throw new SampanError(
        "CORE_ARGUMENT",
        `accepting findings of "${unknown}", which is no rule for instances`,
        {
          hint: `Rules for instances are ${Object.values(ids).join(", ")}.`,
        },
      );
    }
    const findings = judge(instance, disks, input.shareAccounts).map((finding) => ({
      ...finding,
      accepted: Object.hasOwn(accepted, finding.rule) ? (accepted[finding.rule] ?? null) : null,
    }));
    for (const finding of findings) await context.finding(finding);
    context.log(
      "info",
      "the disks of the instance were not read: file systems, drivers and boot files are not judged",
    );
    const blockers = findings.filter(
      ({ severity, accepted: reason }) => severity === "blocker" && reason === null,
    );
    if (blockers.length > 0) {
      throw new SampanError(
        "GUEST_BLOCKED",
        `assessing ${sourceTitle(input.source)}: ${blockers.map(({ rule, message }) => `${rule}: ${message}`).join("; ")}`,
        { details: { rules: blockers.map(({ rule }) => rule) } },
      );
    }
    return { findings };
  },
};

const ids = {
  locked: "SAMPAN.InstanceLocked",
  disks: "SAMPAN.InstanceDiskCount",
  encryption: "SAMPAN.InstanceEncryption",
  size: "SAMPAN.InstanceSystemDisk",
} as const;

// The whitepaper's own limit for instances, §3.3; the reference of CreateImage (2025) names 2,048 GiB.
const largestSystemDisk = 2048 * GiB;
const reference = {
  title: "CreateImage, ECS API reference",
  url: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-createimage",
  date: "2026-04-16",
};

function judge(
  instance: CloudInstance,
  disks: readonly InstanceDisk[],
  shareAccounts: readonly string[],
): readonly Omit<Finding, "accepted">[] {
  const about = { fixup: null, source: reference };
  const fact = (name: string, text: string) => ({ kind: "fact", name, text }) as const;
  const findings: Omit<Finding, "accepted">[] = [];
  if (instance.lockReasons.length > 0) {
    findings.push({
      ...about,
      rule: ids.locked,
      severity: "blocker",
      message: "The cloud has locked the instance, so nothing can be made of it.",
      hint: "Settle the reason of the lock in the console.",
      evidence: [fact("OperationLocks", instance.lockReasons.join(", "))],
    });
  }
  if (disks.length > 17) {
    findings.push({
      ...about,
      rule: ids.disks,
      severity: "blocker",
      message: `The instance has ${disks.length} disks, and an image holds one system disk and 16 data disks.`,
      hint: 'Take the system disk alone with `snapshot({ disks: "system" })`, or detach data disks.',
      evidence: disks.slice(17).map((disk) => fact("disk", `${disk.device} ${disk.diskId}`)),
    });
  }
  const system = disks.find((disk) => disk.kind === "system");
  if (system !== undefined && system.sizeBytes > largestSystemDisk) {
    findings.push({
      ...about,
      rule: ids.size,
      severity: "blocker",
      message: `The system disk has ${Math.round(system.sizeBytes / GiB)} GiB, and an image's has at most 2,048.`,
      hint: "Move data to a data disk and replace the system disk by a smaller one.",
      evidence: [fact("size", `${system.diskId}: ${Math.round(system.sizeBytes / GiB)} GiB`)],
    });
  }
  const encrypted = disks.filter((disk) => disk.encrypted);
  if (encrypted.length > 0) {
    const shared = shareAccounts.length > 0;
    findings.push({
      ...about,
      rule: ids.encryption,
      severity: shared ? "warning" : "info",
      message: shared
        ? "Disks of the instance are encrypted: an image of them can be shared only when the key is one of the account's own."
        : "Disks of the instance are encrypted: an image of them is encrypted too, and cannot leave the region unless the key allows it.",
      hint: "Copy the image with a key of your own (`copyTo` with `encrypted` and `kmsKeyId`) before it is shared.",
      evidence: encrypted.map((disk) => fact("encrypted", `${disk.device} ${disk.diskId}`)),
    });
  }
  return findings;
}
