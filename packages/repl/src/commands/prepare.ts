import { randomBytes } from "node:crypto";
import { type ExitCode, SampanError } from "@sampan/core";
import type { HostPreparation, LiveMachine } from "@sampan/sdk";
import { argument, type CommandCall, type CommandFunction, optionList, optionSet } from "../command-call.ts";
import { hostSource } from "../disk/host-source.ts";
import { openHostOf } from "../disk/open-host-target.ts";
import { listed, say, translated } from "../language/speech.ts";
import { patchNotes } from "../render/messages.ts";
import { confirmHostByName, confirmHostChange } from "../run/confirm.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";

/** A machine whose running system can be prepared. */
type Preparable = Required<Pick<LiveMachine, "prepare" | "findPreparations" | "undoPreparation">>;

/**
 * `sampan prepare TARGET [--dry-run]` and `sampan prepare TARGET [ID] --undo`: changes a host that runs for becoming an image, and takes
 * that back. Every change is shown and asked for before.
 */
export const run: CommandFunction = async (call) => {
  const target = argument(call, 0);
  const undo = optionSet(call.options, "undo");
  if (call.args[1] !== undefined && !undo) {
    throw new SampanError("COMMAND_USAGE", `preparing ${target}: the id of a preparation goes with --undo`, {
      hint: "`sampan prepare TARGET ID --undo` takes a preparation back.",
    });
  }
  const source = await hostSource(call, target);
  if (source === undefined) {
    throw new SampanError("COMMAND_USAGE", `preparing ${target}: a file is no host that runs`, {
      hint: "Give `local://` or `ssh://root@web-01`; `sampan convert --patch` mends the copy of an image.",
    });
  }
  const host = await openHostOf(call, source);
  try {
    const machine = preparable(host.live, host.title);
    return undo ? await takeBack(call, machine, host.title) : await prepare(call, machine, host.title);
  } finally {
    await host.close();
  }
};

function preparable(live: LiveMachine | undefined, title: string): Preparable {
  const { prepare, findPreparations, undoPreparation } = live ?? {};
  if (prepare !== undefined && findPreparations !== undefined && undoPreparation !== undefined)
    return { prepare, findPreparations, undoPreparation };
  throw new SampanError(
    "HOST_KIND_UNSUPPORTED",
    `preparing ${title}: the system that runs there cannot be reached`,
    { hint: "A plan mends the copy of its disk, with `prepare()`." },
  );
}

async function prepare(call: CommandCall, machine: Preparable, title: string): Promise<ExitCode> {
  const { output, options } = call;
  const [only, skip] = [optionList(options, "only"), optionList(options, "skip")];
  const preparation = await machine.prepare({
    id: `command-${randomBytes(4).toString("hex")}`,
    ...(only.length === 0 ? {} : { only }),
    ...(skip.length === 0 ? {} : { skip }),
  });
  const dryRun = optionSet(options, "dryRun");
  const told = { host: title, dryRun, changes: preparation.changes, patch: preparation.patch };
  if (!output.asJson) show(call, preparation, title);
  if (dryRun || preparation.changes.length === 0) {
    if (output.asJson) output.json({ ...told, id: null, undo: null, notes: [] });
    else if (dryRun) output.talk("dry run: nothing was done");
    return 0;
  }
  await confirmHostByName(call, title, preparation.changes.map(changeLine));
  const { id, undo, notes } = await preparation.apply();
  if (output.asJson) output.json({ ...told, id, undo, notes });
  else {
    for (const note of notes) output.talk(oneLine(say("assess.note", { note: translated(note) })));
    output.talk(oneLine(`${title} is prepared; it counts from its next start on`));
    output.talk(oneLine(`to take it back: sampan prepare TARGET ${id} --undo, or on the host: ${undo}`));
  }
  return notes.length > 0 ? 3 : 0;
}

function changeLine({ text, fixups }: HostPreparation["changes"][number]): string {
  return oneLine(say("patch.by", { what: translated(text), fixups: listed(fixups) }));
}

function show({ output }: CommandCall, { changes, patch }: HostPreparation, title: string): void {
  if (patch !== null && patch.diff !== "") output.data(plainText(patch.diff));
  for (const change of changes) output.talk(changeLine(change));
  for (const note of patch === null ? [] : patchNotes(patch)) output.talk(note);
  if (changes.length === 0) output.talk(oneLine(`nothing has to be changed on ${title}`));
}

async function takeBack(call: CommandCall, machine: Preparable, title: string): Promise<ExitCode> {
  const { output } = call;
  const there = await machine.findPreparations();
  const id = call.args[1] ?? there[0];
  if (id === undefined || !there.includes(id)) {
    throw new SampanError(
      "HOST_PREPARE_FAILED",
      id === undefined
        ? `taking back a preparation of ${title}: there is none`
        : `taking back the preparation ${JSON.stringify(id)} of ${title}: there is none of that id`,
      there.length === 0 ? {} : { hint: `There are ${there.join(", ")}, the last first.` },
    );
  }
  const dryRun = optionSet(call.options, "dryRun");
  let kept: readonly string[] = [];
  if (!dryRun) {
    await confirmHostChange(call, title, [oneLine(say("prepare.take-back", { id }))]);
    kept = await machine.undoPreparation(id);
  }
  if (output.asJson) output.json({ host: title, dryRun, id, kept });
  else if (dryRun) output.data(oneLine(say("prepare.would-take-back", { id })));
  else {
    for (const one of kept) output.talk(oneLine(`kept as it is, for it was changed since: ${one}`));
    output.talk(oneLine(`the preparation ${id} of ${title} is taken back`));
  }
  return kept.length > 0 ? 3 : 0;
}
