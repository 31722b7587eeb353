import { SampanError } from "@sampan/core";
import { readDiskLayout, readUsedMap } from "@sampan/guest/volumes";
import type { HostDisk } from "@sampan/host";
import { AllocationMap, type BlockSource, openOverlay, withUsedExtents } from "@sampan/image";
import { type SourceSpec, sourceTitle } from "../plan/plan.ts";
import type { StageContext } from "../run/stage-definition.ts";

/** A disk of a host as later stages see it. */
export interface DiskReference {
  readonly source: SourceSpec;
  readonly disk: HostDisk;
  /** Name of the artifact that holds the fix-ups' overlay; `null` when nothing was changed. */
  readonly overlay: string | null;
}

/**
 * Opens a disk with its overlay on top, and closes it after use.
 *
 * A disk that is no longer what it was when the run began is refused with `HOST_SOURCE_CHANGED`: parts sent before and
 * after would not belong together.
 */
export async function withDisk<T>(
  reference: DiskReference,
  context: StageContext,
  use: (source: BlockSource) => Promise<T>,
): Promise<T> {
  const host = await context.services.openHost(reference.source);
  try {
    const name = reference.disk.name;
    const now = (await host.disks(context.signal)).find((disk) => disk.name === name);
    if (now === undefined || JSON.stringify(now.identity) !== JSON.stringify(reference.disk.identity)) {
      throw new SampanError(
        "HOST_SOURCE_CHANGED",
        `disk ${name} of ${sourceTitle(reference.source)} is not what it was`,
        {
          details: { was: reference.disk.identity, is: now?.identity ?? null },
        },
      );
    }
    const base = await host.openDisk(name, context.signal);
    try {
      return await use(await applyOverlay(base, reference, context));
    } finally {
      await base.close();
    }
  } finally {
    await host.close();
  }
}

async function applyOverlay(
  base: BlockSource,
  reference: DiskReference,
  context: StageContext,
): Promise<BlockSource> {
  if (reference.overlay === null) return base;
  const saved = await context.services.artifacts.load(reference.overlay);
  if (saved === undefined) {
    throw new SampanError(
      "RUN_JOURNAL_CORRUPT",
      `the overlay ${reference.overlay} of run ${context.runId} is missing`,
    );
  }
  return openOverlay(base, saved);
}

/** A disk's bytes worth sending: what the medium holds, without what the file systems call free. */
export async function mapDisk(
  source: BlockSource,
  freeSpace: "skip" | "keep",
  context: StageContext,
): Promise<{ readonly source: BlockSource; readonly map: AllocationMap; readonly notes: readonly string[] }> {
  if (freeSpace === "keep")
    return { source, map: await AllocationMap.read(source, context.signal), notes: [] };
  const layout = await readDiskLayout(source, context.signal);
  const used = await readUsedMap(source, layout, context.signal);
  const trimmed = withUsedExtents(source, used.map);
  return { source: trimmed, map: await AllocationMap.read(trimmed, context.signal), notes: used.notes };
}
