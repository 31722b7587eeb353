import type { PatchRecord } from "@sampan/core";
import { type DiskInspection, inspectDisk, makePatch } from "@sampan/guest";
import type { HeldMoment, HostDisk } from "@sampan/host";
import type { PrepareOptions } from "../plan/options.ts";
import type { SourceSpec } from "../plan/sources.ts";
import { nearDisks, type StageDefinition } from "../run/stage-definition.ts";
import { diskReference, withDisk } from "./open-disk.ts";

/** What `prepare` mends. */
export interface PrepareInput {
  readonly source: SourceSpec;
  /** The system disk. */
  readonly disk: HostDisk;
  readonly inspection: DiskInspection;
  /** Whether another was looked at than is mended: a machine that runs, and not the file a tool wrote of its disk. */
  readonly looksAnew?: boolean;
  /** The moment of the system disk that is mended; absent for a disk that lies still. */
  readonly moment?: HeldMoment;
  readonly options: PrepareOptions;
}

/** What `prepare` changed. */
export interface PrepareOutput {
  readonly patch: PatchRecord;
  /** Name of the artifact that holds the overlay; `null` when nothing had to change. */
  readonly overlay: string | null;
}

const overlayName = "system-disk.overlay";

/**
 * Runs the fix-ups over an overlay and keeps that with the run.
 *
 * File systems write the time into what they change, so the overlay is made once and kept: every later stage, also of a
 * resumed run, reads the same bytes.
 */
export const prepareStage: StageDefinition<PrepareInput, PrepareOutput> = {
  name: "prepare",
  place: nearDisks,
  summary: () => "mending the guest on an overlay",
  async run({ source, disk, inspection, looksAnew = false, moment, options }, context) {
    const { patch, saved } = await withDisk(
      diskReference({ source, disk, overlay: null }, moment),
      context,
      async (open) => {
        // What was judged was the system as it ran; a patch is made of the bytes that will be sent.
        const seen =
          moment === undefined && !looksAnew ? inspection : await inspectDisk(open, context.signal);
        const made = await makePatch(open, seen, {
          ...(options.skip === undefined ? {} : { skip: options.skip }),
          ...(options.only === undefined ? {} : { only: options.only }),
          settings: {
            ...(options.selinux === undefined ? {} : { selinux: options.selinux }),
            ...(options.permitRootLogin === undefined ? {} : { permitRootLogin: options.permitRootLogin }),
          },
          signal: context.signal,
        });
        return { patch: made.record, saved: made.overlay.save() };
      },
    );
    await context.patch(patch);
    if (patch.changes.length === 0) return { patch, overlay: null };
    await context.services.artifacts.save(overlayName, saved);
    return { patch, overlay: overlayName };
  },
};
