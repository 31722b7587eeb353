import { type ExitCode, SampanError } from "@sampan/core";
import { type HeldMoment, heldMoments, type SourceSpec, sourceTitle } from "@sampan/sdk";
import { type CommandCall, optionSet } from "../command-call.ts";
import { openHostOf } from "../disk/open-host-target.ts";
import { say } from "../language/speech.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { confirmHostByName } from "./confirm.ts";
import { type FoundRun, lookingRunner } from "./homes.ts";

/** A moment that a run left on its host. */
export interface LeftMoment {
  readonly kind: "moment";
  readonly id: string;
  readonly name: string | null;
  readonly region: null;
  readonly sizeBytes: null;
}

/** A held moment as something that is left. */
export function leftMoment({ id, made }: HeldMoment): LeftMoment {
  return {
    kind: "moment",
    id,
    name: made.length === 0 ? null : made.join(", "),
    region: null,
    sizeBytes: null,
  };
}

/** The moments a run has not let go of, as its journal tells. */
export async function momentsOf({ home, status }: FoundRun): Promise<readonly HeldMoment[]> {
  const runner = lookingRunner(home);
  const { source } = await runner.plan(status.runId);
  return heldMoments(source, await runner.recorded(status.runId));
}

/** Whether a host may still hold a moment: its lease runs from the last that was heard of the run at the latest. */
export function mayBeHeld({ status }: FoundRun, { leaseMs }: HeldMoment): boolean {
  return Date.parse(status.updatedAt) + leaseMs > Date.now();
}

/** Lets go of what a run holds on its host, after asking. Gives what there was. */
export async function collectMoments(
  call: CommandCall,
  found: FoundRun,
  dryRun: boolean,
): Promise<readonly LeftMoment[]> {
  const moments = await momentsOf(found);
  const left = moments.map(leftMoment);
  if (moments.length === 0 || dryRun) return left;
  const { source } = await lookingRunner(found.home).plan(found.status.runId);
  const lines = left.map(({ id, name }) => oneLine(say("gc.let-go", { moment: name ?? id })));
  await confirmHostByName(call, sourceTitle(source), lines);
  const host = await openHostOf(call, source);
  try {
    for (const [index, moment] of moments.entries()) {
      await host.live?.release(moment);
      call.output.talk(lines[index] ?? "");
    }
  } finally {
    await host.close();
  }
  return left;
}

/** `sampan gc ssh://…`: removes what is left on a host of moments that nobody holds any more, and tells which are held. */
export async function collectHost(call: CommandCall, source: SourceSpec): Promise<ExitCode> {
  const { output } = call;
  const title = sourceTitle(source);
  const dryRun = optionSet(call.options, "dryRun");
  const host = await openHostOf(call, source);
  try {
    if (host.findLeftovers === undefined || host.removeLeftover === undefined) {
      throw new SampanError(
        "HOST_KIND_UNSUPPORTED",
        `looking for what is left on ${title}, where that cannot be told`,
      );
    }
    const left = await host.findLeftovers();
    const held = (await host.live?.heldMoments?.()) ?? [];
    for (const line of held.map(heldLine)) output.talk(line);
    const lines = left.map(({ id, made }) => oneLine(made.length === 0 ? `moment ${id}` : made.join(", ")));
    if (left.length > 0 && !dryRun) {
      await confirmHostByName(
        call,
        title,
        lines.map((line) => say("gc.remove", { what: line })),
      );
      for (const [index, one] of left.entries()) {
        await host.removeLeftover(one);
        output.talk(say("gc.removed", { what: lines[index] ?? "" }));
      }
    }
    if (output.asJson) output.json({ host: title, deleted: !dryRun, left, held: held.map(leftMoment) });
    else if (left.length === 0) output.talk(oneLine(`nothing is left on ${title}`));
    else if (dryRun) for (const line of lines) output.data(say("gc.would-remove", { what: line }));
    return 0;
  } finally {
    await host.close();
  }
}

/** A moment that somebody holds: it is not removed, for a run may be reading it. */
function heldLine({ id, disk, consistency, leaseMs, made }: HeldMoment): string {
  const what = made.length === 0 ? `moment ${id}` : `${made.join(", ")} (moment ${id})`;
  const minutes = Math.ceil(leaseMs / 60_000);
  return oneLine(
    `held now: ${what} of ${disk}, ${consistency}; a run may be reading it, and it goes by itself ${minutes} min after its last use`,
  );
}
