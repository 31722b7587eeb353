import { formatBytes, SampanError } from "@sampan/core";
import type { HostDisk } from "@sampan/host";
import { mapDigest } from "@sampan/image";
import type { CaptureOptions } from "../plan/options.ts";
import { type SourceSpec, sourceTitle } from "../plan/plan.ts";
import type { StageContext, StageDefinition } from "../run/stage-definition.ts";
import { type DiskReference, mapDisk, withDisk } from "./open-disk.ts";

/** What `capture` takes. */
export interface CaptureInput {
  readonly source: SourceSpec;
  readonly disks: readonly HostDisk[];
  /** Artifact with the system disk's overlay. */
  readonly overlay: string | null;
  readonly options: CaptureOptions;
}

/** A disk as it will be sent. */
export interface CaptureReference extends DiskReference {
  readonly freeSpace: "skip" | "keep";
  /** Digest of the allocation map: proves that a later stage sees the same layout. */
  readonly mapDigest: string;
  readonly dataBytes: number;
}

/** The captured disks, the system disk first. */
export interface CaptureOutput {
  readonly disks: readonly CaptureReference[];
}

/** Fixes which disks are sent, and which of their bytes. */
export const captureStage: StageDefinition<CaptureInput, CaptureOutput> = {
  name: "capture",
  summary: ({ options }) =>
    options.freeSpace === "keep"
      ? "mapping the disks, free space included"
      : "finding what the file systems use",
  async run(input, context) {
    const disks: CaptureReference[] = [];
    for (const disk of chosenDisks(input)) disks.push(await captureDisk(input, disk, context));
    return { disks };
  },
};

async function captureDisk(
  input: CaptureInput,
  disk: HostDisk,
  context: StageContext,
): Promise<CaptureReference> {
  const freeSpace = input.options.freeSpace ?? "skip";
  const reference = { source: input.source, disk, overlay: disk.system ? input.overlay : null };
  const { map, notes } = await withDisk(reference, context, (open) => mapDisk(open, freeSpace, context));
  for (const note of notes) context.log("info", `${disk.name}: ${note}`);
  context.log(
    "info",
    `${disk.name}: ${formatBytes(map.dataBytes)} of ${formatBytes(disk.sizeBytes)} to send`,
  );
  return { ...reference, freeSpace, mapDigest: mapDigest(map), dataBytes: map.dataBytes };
}

function chosenDisks({ disks, options, source }: CaptureInput): readonly HostDisk[] {
  if (options.disks === undefined) return disks.filter((disk) => disk.system);
  const chosen = options.disks.map((name) => {
    const disk = disks.find((candidate) => candidate.name === name);
    if (disk === undefined) {
      throw new SampanError("HOST_DISK_UNKNOWN", `capturing disk ${name} of ${sourceTitle(source)}`, {
        hint: `Its disks are ${disks.map((candidate) => candidate.name).join(", ")}.`,
      });
    }
    return disk;
  });
  return chosen.sort((a, b) => Number(b.system) - Number(a.system));
}
