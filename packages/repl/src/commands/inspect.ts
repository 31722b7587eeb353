import type { ExitCode } from "@sampan/core";
import { argument, type CommandFunction } from "../command-call.ts";
import { roundingNotes } from "../disk/conversion-report.ts";
import { guestPairs, pairLines } from "../disk/describe-guest.ts";
import { imagePairs } from "../disk/describe-image.ts";
import { inspectImage } from "../disk/inspect-report.ts";
import { layoutTable } from "../disk/layout-table.ts";
import { missingParentNote, missingParentOption } from "../disk/missing-parent.ts";
import { closing, openTarget } from "../disk/open-target.ts";
import { say, translated } from "../language/speech.ts";
import type { Colours } from "../terminal/colours.ts";
import { oneLine } from "../terminal/plain-text.ts";

function noteLine(colours: Colours, note: string): string {
  return `${colours.yellow(say("assess.note", { note: "" }).trim())} ${oneLine(translated(note))}`;
}

/** `sampan inspect IMAGE`: shows what an image file holds; exit code 0, or 3 when a parent is not there. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  // An image without its parent still says much about itself; whoever looks is told what it lacks.
  const options = { missingParent: missingParentOption(call) ?? ("zeros" as const) };
  return closing(await openTarget(call, argument(call, 0), options), async (image): Promise<ExitCode> => {
    const report = await inspectImage(image);
    const exitCode = report.missingParent === null ? 0 : 3;
    if (output.asJson) {
      output.json(report);
      return exitCode;
    }
    const { colours, stdout } = output;
    const pairs = [...imagePairs(report), ...guestPairs(report.guest)];
    output.data(
      pairLines(
        pairs.map(([name, value]) => [name, oneLine(value)]),
        colours.dim,
      ),
    );
    output.data("");
    output.data(layoutTable(report.layout, report.use.volumes, stdout.isTTY ? stdout.columns : undefined));
    const notes = [
      ...(report.missingParent === null ? [] : [missingParentNote(report.missingParent)]),
      ...roundingNotes(report),
      ...report.notes,
      // Without its parent no image is thinned.
      ...(report.missingParent === null ? report.use.notes.map((note) => `with --used-only ${note}`) : []),
    ];
    for (const note of notes) output.data(noteLine(colours, note));
    return exitCode;
  });
};
