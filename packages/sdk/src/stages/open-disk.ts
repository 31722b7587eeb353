import { isSampanError, SampanError } from "@sampan/core";
import { readDiskLayout, readUsedMap } from "@sampan/guest/volumes";
import type { HeldMoment, Host, HostDisk } from "@sampan/host";
import { AllocationMap, type BlockSource, openOverlay, withUsedExtents } from "@sampan/image";
import { type SourceSpec, sourceTitle } from "../plan/sources.ts";
import type { StageContext } from "../run/stage-definition.ts";
import { identityChanges, sourceChanged } from "./source-changes.ts";

/** A disk of a host as later stages see it. */
export interface DiskReference {
  readonly source: SourceSpec;
  readonly disk: HostDisk;
  /** Name of the artifact that holds the fix-ups' overlay; `null` when nothing was changed. */
  readonly overlay: string | null;
  /** The moment at which it is read, on a host that runs; absent for a disk that lies still. */
  readonly moment?: HeldMoment;
}

/** A reference to a disk, at a moment where one is held. */
export function diskReference(
  disk: Omit<DiskReference, "moment">,
  moment: HeldMoment | undefined,
): DiskReference {
  return moment === undefined ? disk : { ...disk, moment };
}

/**
 * Opens a disk with its overlay on top, and closes it after use.
 *
 * A disk that is no longer what it was when the run began is refused with `HOST_SOURCE_CHANGED`: parts sent before and
 * after would not belong together. `HOST_MOMENT_LOST` when the host has let go of the moment at which it was to be read.
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
    const changes = identityChanges(name, reference.disk.identity, now?.identity);
    if (changes.length > 0) throw sourceChanged(sourceTitle(reference.source), changes, sinceRun(context));
    const base = tellingAlive(await openBase(host, reference, context), context);
    try {
      return await use(await applyOverlay(base, reference, context));
    } finally {
      await base.close();
    }
  } catch (error) {
    throw lostMoment(error, context);
  } finally {
    await host.close();
  }
}

/** Since when a disk must not have changed, for messages. */
export function sinceRun({ runId }: StageContext): string {
  return `run ${runId} began to read it`;
}

/** The disk, telling with everything read of it that the stage does not stand still. */
function tellingAlive(base: BlockSource, context: StageContext): BlockSource {
  return {
    sizeBytes: base.sizeBytes,
    features: base.features,
    async read(range, into, signal) {
      await base.read(range, into, signal);
      context.alive();
    },
    async *extents(range, signal) {
      for await (const extent of base.extents(range, signal)) {
        context.alive();
        yield extent;
      }
    },
    close: () => base.close(),
  };
}

async function openBase(
  host: Host,
  { disk, moment }: DiskReference,
  context: StageContext,
): Promise<BlockSource> {
  if (moment === undefined) return host.openDisk(disk.name, context.signal);
  if (host.live === undefined) {
    throw new SampanError(
      "HOST_SOURCE_CHANGED",
      `reading disk ${disk.name} of ${host.title} as it was at a moment: it is no machine that runs any more`,
    );
  }
  return host.live.openMoment(moment, context.signal);
}

/** Says how to go on after a moment was lost: what was sent of it belongs to no other. */
function lostMoment(error: unknown, { runId }: StageContext): unknown {
  if (!isSampanError(error, "HOST_MOMENT_LOST")) return error;
  return new SampanError("HOST_MOMENT_LOST", error.message, {
    hint: `This run cannot go on. \`sampan run PLAN --again\` takes the disk as it is then; \`sampan gc ${runId}\` deletes what was sent of this moment.`,
    details: error.details,
    cause: error,
  });
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
export function mapDisk(
  source: BlockSource,
  freeSpace: "skip" | "keep",
  context: StageContext,
): ReturnType<typeof mapUsed> {
  return mapUsed(source, freeSpace, context.signal);
}

/** As {@link mapDisk}, outside of a run. */
export async function mapUsed(
  source: BlockSource,
  freeSpace: "skip" | "keep",
  signal: AbortSignal,
): Promise<{ readonly source: BlockSource; readonly map: AllocationMap; readonly notes: readonly string[] }> {
  if (freeSpace === "keep") return { source, map: await AllocationMap.read(source, signal), notes: [] };
  const layout = await readDiskLayout(source, signal);
  const used = await readUsedMap(source, layout, signal);
  const trimmed = withUsedExtents(source, used.map);
  return { source: trimmed, map: await AllocationMap.read(trimmed, signal), notes: used.notes };
}
