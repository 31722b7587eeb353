import type { Host, HostDisk } from "@sampan/host";
import type { Plan } from "../plan/plan.ts";
import { mayRun, sourceTitle } from "../plan/sources.ts";
import type { CaptureOutput } from "../stages/capture.ts";
import { diskChanges, type SourceChange, sourceChanged } from "../stages/source-changes.ts";
import { changedSamples } from "../stages/source-samples.ts";
import type { RunRecord } from "./fold-run.ts";
import type { Services } from "./stage-definition.ts";

/**
 * Makes sure that a finished run still stands for its source: disks that are others by now must not pass for migrated.
 *
 * A host that cannot be reached is left alone: what was done stays done. Of disks that lie still the bytes that were sampled are read again.
 *
 * @throws `HOST_SOURCE_CHANGED`, saying what changed.
 */
export async function assertSourceUnchanged(
  openHost: Services["openHost"],
  plan: Plan,
  record: RunRecord,
  runId: string,
): Promise<void> {
  const selected = record.stages.get("select")?.output as
    | { readonly disks?: readonly HostDisk[] }
    | undefined;
  const host = await openHost(plan.source).catch(() => undefined);
  if (host === undefined) return;
  try {
    if (selected?.disks === undefined) return;
    const changes = diskChanges(selected.disks, await host.disks());
    const found = changes.length > 0 || mayRun(plan.source) ? changes : await contentChanges(host, record);
    if (found.length > 0)
      throw sourceChanged(sourceTitle(plan.source), found, `run ${runId} of this plan was finished`);
  } finally {
    await host.close();
  }
}

async function contentChanges(host: Host, record: RunRecord): Promise<readonly SourceChange[]> {
  const captured = record.stages.get("capture")?.output as CaptureOutput | undefined;
  const changes: SourceChange[] = [];
  for (const { disk, samples } of captured?.disks ?? []) {
    if (samples === undefined) continue;
    const source = await host.openDisk(disk.name);
    try {
      changes.push(...(await changedSamples(disk.name, source, samples)));
    } finally {
      await source.close();
    }
  }
  return changes;
}
