import { type Json, type PatchRecord, SampanError } from "@sampan/core";
import type { HostPreparation, LiveMachine } from "@sampan/host";
import type { PrepareOptions } from "../plan/options.ts";
import { type SourceSpec, sourceTitle } from "../plan/sources.ts";
import { nearDisks, type StageContext, type StageDefinition } from "../run/stage-definition.ts";

/** What `prepare` mends on the machine itself. */
export interface PrepareHostInput {
  readonly source: SourceSpec;
  readonly options: Pick<PrepareOptions, "skip" | "only" | "selinux">;
}

/** What `prepare` changed on the machine. */
export interface PrepareHostOutput {
  /** Ids of the fix-ups that changed something. */
  readonly mended: readonly string[];
  /** The changes, one line each. */
  readonly changes: readonly string[];
  /** The changes to files with their diff; `null` where settings were changed, or nothing. */
  readonly patch: PatchRecord | null;
  /** What takes it back on the machine, without Sampan; `null` when nothing had to be changed. */
  readonly undo: string | null;
}

/** What an attempt was about to do, written down before it did anything. */
interface Begun extends Omit<PrepareHostOutput, "undo"> {
  readonly id: string;
}

/** Its key in a run is `prepare:host`, beside `prepare`, which mends the copy. */
export const prepareHostSuffix = "host";

/**
 * Runs the fix-ups on the machine itself, before anything of its disk is held or read.
 *
 * An attempt after a crash finds what an earlier one has changed as no longer to be changed. What that was is taken from the record:
 * the import, and people, are told of all of it.
 */
export const prepareHostStage: StageDefinition<PrepareHostInput, PrepareHostOutput> = {
  name: "prepare",
  place: nearDisks,
  summary: ({ source }) => `mending the guest on ${sourceTitle(source)} itself`,
  async run({ source, options }, context) {
    const host = await context.services.openHost(source);
    try {
      if (host.live?.prepare === undefined) {
        throw new SampanError(
          "HOST_KIND_UNSUPPORTED",
          `preparing ${sourceTitle(source)} itself: the system that runs there cannot be reached`,
          { hint: "Prepare the copy, with `prepare()`." },
        );
      }
      const earlier = context.checkpoint.items as unknown as readonly Begun[];
      const id = earlier.length === 0 ? context.runId : `${context.runId}-${earlier.length + 1}`;
      const { skip, only, selinux } = options;
      const preparation = await host.live.prepare(
        {
          id,
          ...(skip === undefined ? {} : { skip }),
          ...(only === undefined ? {} : { only }),
          ...(selinux === undefined ? {} : { settings: { selinux } }),
        },
        context.signal,
      );
      const before = await known(host.live, earlier, context);
      const now = await apply(preparation, id, source, context);
      return together(before, now);
    } finally {
      await host.close();
    }
  },
};

type Done = Begun & { readonly undo: string | null };

/** What earlier attempts of this run have changed: those that came as far as leaving a way back on the machine. */
async function known(
  live: LiveMachine,
  begun: readonly Begun[],
  context: StageContext,
): Promise<readonly Done[]> {
  if (begun.length === 0) return [];
  const there = (await live.findPreparations?.(context.signal)) ?? [];
  return begun
    .filter(({ id }) => there.some((one) => one === id || one.startsWith(`${id}-`)))
    .map((one) => ({ ...one, undo: null }));
}

/** Shows the changes, writes down that they are about to be made, and makes them. */
async function apply(
  { changes, patch, apply: make }: HostPreparation,
  id: string,
  source: SourceSpec,
  context: StageContext,
): Promise<readonly Done[]> {
  if (changes.length === 0) {
    context.log("info", "nothing has to be changed on the host");
    for (const { fixup, text } of patch?.notes ?? []) context.log("warning", `fix-up ${fixup}: ${text}`);
    return [];
  }
  if (patch !== null) await context.patch(patch);
  for (const { text } of changes) context.log("info", `on the host: ${text}`);
  const mended = [...new Set(changes.flatMap(({ fixups }) => fixups))];
  const begun: Begun = { id, mended, changes: changes.map(({ text }) => text), patch };
  await context.record(begun as unknown as Json);
  const done = await make(context.signal);
  for (const note of done.notes) context.log("warning", note);
  const byProgram = `\`sampan prepare ${sourceTitle(source)} ${done.id ?? id} --undo\``;
  context.log(
    "info",
    `the host is prepared; ${byProgram} takes it back${done.undo === null ? "" : `, on the host ${done.undo}`}`,
  );
  return [{ ...begun, undo: done.undo }];
}

function together(before: readonly Done[], now: readonly Done[]): PrepareHostOutput {
  const all = [...before, ...now];
  const patches = all.flatMap(({ patch }) => patch ?? []);
  return {
    mended: [...new Set(all.flatMap(({ mended }) => mended))],
    // One that broke off half-way had more in mind than it did.
    changes: [...new Set(all.flatMap(({ changes }) => changes))],
    patch:
      patches.length === 0
        ? null
        : {
            changes: patches.flatMap(({ changes }) => changes),
            diff: patches.map(({ diff }) => diff).join(""),
            notes: patches.at(-1)?.notes ?? [],
          },
    undo: now.at(-1)?.undo ?? null,
  };
}
