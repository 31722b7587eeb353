import { type PatchNote, type PatchRecord, SampanError, throwIfCancelled } from "@sampan/core";
import type { FileVolume } from "../files/file-volume.ts";
import { MountedFiles } from "../files/mounted-files.ts";
import { defaultSettings, type Fixup, type FixupSettings } from "../fixups/fixup.ts";
import type { DiskInspection } from "../inspection.ts";
import { type StagedChange, StagedFiles, toPatchChange } from "./staged-files.ts";
import { unifiedDiff } from "./unified-diff.ts";

/** How {@link stageFixups} chooses. */
export interface StageOptions {
  /** Ids of fix-ups to leave out. */
  readonly skip?: readonly string[];
  /** Ids of the only fix-ups to apply. */
  readonly only?: readonly string[];
  readonly settings?: Partial<FixupSettings>;
  readonly signal?: AbortSignal;
}

/** What fix-ups would change: for people and programs, and the contents themselves. */
export interface StagedFixups {
  readonly record: PatchRecord;
  readonly changes: readonly StagedChange[];
}

/**
 * Applies fix-ups to files held in memory over a volume that is only read; writes nothing.
 *
 * @throws `CORE_ARGUMENT` for an unknown id, `GUEST_PATCH_FAILED` for a file that cannot be edited.
 */
export async function stageFixups(
  volume: FileVolume,
  inspection: DiskInspection,
  fixups: readonly Fixup[],
  options: StageOptions = {},
): Promise<StagedFixups> {
  const settings = { ...defaultSettings, ...options.settings };
  const chosen = chooseFixups(fixups, inspection, settings, options);
  const staged = new StagedFiles(new MountedFiles(volume), () => undefined);
  const notes = await applyFixups(staged, inspection, chosen, settings, options.signal);
  const changes = await staged.changes();
  return { record: { changes: changes.map(toPatchChange), diff: unifiedDiff(changes), notes }, changes };
}

/** The fix-ups that were asked for and have something to look at. `CORE_ARGUMENT` for an unknown id. */
export function chooseFixups(
  fixups: readonly Fixup[],
  { guest }: DiskInspection,
  settings: FixupSettings,
  { skip = [], only }: StageOptions,
): readonly Fixup[] {
  for (const id of [...skip, ...(only ?? [])]) {
    if (fixups.some((fixup) => fixup.id === id)) continue;
    throw new SampanError("CORE_ARGUMENT", `choosing the fix-up "${id}", which does not exist`, {
      hint: `Fix-ups: ${fixups.map((fixup) => fixup.id).join(", ")}.`,
    });
  }
  return fixups.filter(
    ({ id, appliesTo }) =>
      guest !== null &&
      !skip.includes(id) &&
      (only === undefined || only.includes(id)) &&
      appliesTo(guest, settings),
  );
}

/**
 * Applies fix-ups one after the other. `leftOut` says of an error why a fix-up is left out because of it; half of it is then taken
 * back. Other errors are thrown.
 */
export async function applyFixups(
  staged: StagedFiles,
  inspection: DiskInspection,
  chosen: readonly Fixup[],
  settings: FixupSettings,
  signal?: AbortSignal,
  leftOut: (error: unknown) => string | undefined = () => undefined,
): Promise<readonly PatchNote[]> {
  const notes: PatchNote[] = [];
  for (const fixup of chosen) {
    throwIfCancelled(signal);
    staged.begin(fixup.id);
    const said: string[] = [];
    try {
      await fixup.apply(staged, {
        inspection,
        settings,
        note: (text) => said.push(text),
        undo: () => staged.undo(),
      });
    } catch (error) {
      const reason = leftOut(error);
      if (reason === undefined) throw error;
      staged.undo();
      said.push(reason);
    }
    for (const text of new Set(said)) notes.push({ fixup: fixup.id, text });
  }
  return notes;
}
