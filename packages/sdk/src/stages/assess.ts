import { type Finding, SampanError } from "@sampan/core";
import {
  assessDisk,
  type DiskInspection,
  type DiskLayout,
  inspectDisk,
  type RuleInput,
  readDiskLayout,
} from "@sampan/guest";
import type { HostDisk } from "@sampan/host";
import type { AssessOptions } from "../plan/options.ts";
import { type SourceSpec, sourceTitle } from "../plan/sources.ts";
import { nearDisks, type StageContext, type StageDefinition } from "../run/stage-definition.ts";
import { systemDisk } from "./choose-disks.ts";
import { withDisk } from "./open-disk.ts";

/** What `assess` judges. */
export interface AssessInput {
  readonly source: SourceSpec;
  readonly disks: readonly HostDisk[];
  readonly options: AssessOptions;
  /** What the plan will send: names of disks, and the format; `null` while it does not say. */
  readonly sends: { readonly disks: readonly string[]; readonly format: string | null };
}

/** What `assess` saw and found. */
export interface AssessOutput {
  readonly inspection: DiskInspection;
  readonly findings: readonly Finding[];
}

/** Judges the host by the rules of a profile; blockers that are not accepted end the run. */
export const assessStage: StageDefinition<AssessInput, AssessOutput> = {
  name: "assess",
  place: nearDisks,
  summary: ({ options }) => `judging the host by the rules of ${options.profile ?? "current"}`,
  async run({ source, disks, options, sends }, context) {
    const disk = systemDisk(disks);
    const inspection = await inspect(source, disk, context);
    const data = disks.filter((one) => one !== disk && sends.disks.includes(one.name));
    const dataDisks: DiskLayout[] = [];
    for (const one of data) {
      const reference = { source, disk: one, overlay: null };
      dataDisks.push(await withDisk(reference, context, (open) => readDiskLayout(open, context.signal)));
    }
    const about = { diskCount: disks.length, ...(sends.format === null ? {} : { sentAs: sends.format }) };
    const system = { sizeBytes: disk.sizeBytes, system: true };
    const inputs: RuleInput[] = [{ ...about, inspection, dataDisks, disk: system }];
    for (const [index, layout] of dataDisks.entries()) {
      const sizeBytes = data[index]?.sizeBytes ?? layout.sizeBytes;
      inputs.push({
        ...about,
        inspection: { layout, guest: null, notes: [] },
        disk: { sizeBytes, system: false },
      });
    }
    const { profile, accept } = options;
    const findings = inputs.flatMap((input) =>
      assessDisk(input, {
        ...(profile === undefined ? {} : { profile }),
        ...(accept === undefined ? {} : { accept }),
      }),
    );
    for (const finding of findings) await context.finding(finding);
    const blockers = findings.filter(
      (finding) => finding.severity === "blocker" && finding.accepted === null,
    );
    if (blockers.length > 0) throw blockedError(sourceTitle(source), inspection, blockers);
    return { inspection, findings };
  },
};

/** A machine that runs is looked at as it runs; others by their disk. */
async function inspect(source: SourceSpec, disk: HostDisk, context: StageContext): Promise<DiskInspection> {
  const host = await context.services.openHost(source);
  try {
    if (host.live !== undefined) return await host.live.inspect(context.signal);
  } finally {
    await host.close();
  }
  return withDisk({ source, disk, overlay: null }, context, (open) => inspectDisk(open, context.signal));
}

function blockedError(host: string, inspection: DiskInspection, blockers: readonly Finding[]): SampanError {
  const rules = blockers.map((finding) => finding.rule);
  const list = blockers.map((finding) => `${finding.rule}: ${finding.message}`).join("; ");
  // A disk with nothing on it deserves its own code: no acceptance makes it boot.
  return inspection.guest === null
    ? new SampanError("GUEST_NONE", `assessing ${host}: ${list}`, { details: { rules } })
    : new SampanError("GUEST_BLOCKED", `assessing ${host}: ${list}`, { details: { rules } });
}
