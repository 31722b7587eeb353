import { formatBytes } from "@sampan/core";
import type { HeldMoment, HostDisk } from "@sampan/host";
import { mapDigest } from "@sampan/image";
import type { CaptureOptions } from "../plan/options.ts";
import type { SourceSpec } from "../plan/sources.ts";
import { nearDisks, type StageContext, type StageDefinition } from "../run/stage-definition.ts";
import { chosenDisks } from "./choose-disks.ts";
import type { ExportedFile } from "./export.ts";
import { type DiskReference, diskReference, mapDisk, withDisk } from "./open-disk.ts";
import { type SourceSample, takeSamples } from "./source-samples.ts";

/** What `capture` takes. */
export interface CaptureInput {
  readonly source: SourceSpec;
  readonly disks: readonly HostDisk[];
  /** Artifact with the system disk's overlay. */
  readonly overlay: string | null;
  /** The moments held of them; absent for disks that lie still. */
  readonly moments?: readonly HeldMoment[];
  /** The files a tool wrote them into, which are read in their place. */
  readonly files?: readonly ExportedFile[];
  readonly options: CaptureOptions;
}

/** A disk as it will be sent. */
export interface CaptureReference extends DiskReference {
  readonly freeSpace: "skip" | "keep";
  /** The disk's name on the host, when what is read is a file that a tool wrote of it. */
  readonly of?: string;
  /** Digest of the allocation map: proves that a later stage sees the same layout. */
  readonly mapDigest: string;
  /** Bytes here and there of the disk, without the fix-ups; absent where it changes while it is read, and in older records. */
  readonly samples?: readonly SourceSample[];
  readonly dataBytes: number;
}

/** The captured disks, the system disk first. */
export interface CaptureOutput {
  readonly disks: readonly CaptureReference[];
}

/** Fixes which disks are sent, and which of their bytes. */
export const captureStage: StageDefinition<CaptureInput, CaptureOutput> = {
  name: "capture",
  place: nearDisks,
  summary: ({ options }) =>
    options.freeSpace === "keep"
      ? "mapping the disks, free space included"
      : "finding what the file systems use",
  async run(input, context) {
    const disks: CaptureReference[] = [];
    for (const disk of chosenDisks(input.source, input.disks, input.options))
      disks.push(await captureDisk(input, disk, context));
    return { disks };
  },
};

async function captureDisk(
  input: CaptureInput,
  disk: HostDisk,
  context: StageContext,
): Promise<CaptureReference> {
  const freeSpace = input.options.freeSpace ?? "skip";
  const file = input.files?.find(({ of }) => of === disk.name);
  const reference = diskReference(
    {
      source: file?.source ?? input.source,
      disk: file?.disk ?? disk,
      overlay: disk.system ? input.overlay : null,
    },
    input.moments?.find((moment) => moment.disk === disk.name),
  );
  const { map, notes } = await withDisk(reference, context, (open) => mapDisk(open, freeSpace, context));
  for (const note of notes) context.log("info", `${disk.name}: ${note}`);
  context.log(
    "info",
    `${disk.name}: ${formatBytes(map.dataBytes)} of ${formatBytes(disk.sizeBytes)} to send`,
  );
  const of = file === undefined ? {} : { of: disk.name };
  const captured = { ...reference, ...of, freeSpace, mapDigest: mapDigest(map), dataBytes: map.dataBytes };
  if (reference.moment?.consistency === "none") return captured;
  const samples = await withDisk({ ...reference, overlay: null }, context, (open) =>
    takeSamples(open, map, context.signal),
  );
  return { ...captured, samples };
}
