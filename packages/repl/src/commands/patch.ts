import type { ExitCode } from "@sampan/core";
import { inspectDisk, makePatch } from "@sampan/guest";
import { argument, type CommandFunction } from "../command-call.ts";
import { withImage } from "../disk/open-target.ts";
import { requireGuest } from "../disk/require-guest.ts";
import { listed, say, translated } from "../language/speech.ts";
import { patchNotes } from "../render/messages.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";

/** `sampan patch IMAGE`: prints the fix-ups as a unified diff; writes nothing. */
export const run: CommandFunction = async (call) => {
  const target = argument(call, 0);
  return withImage(
    call,
    target,
    async ({ source }): Promise<ExitCode> => {
      const { output } = call;
      const inspection = await inspectDisk(source);
      requireGuest(inspection, `making the patch of ${target}`);
      const { record } = await makePatch(source, inspection);
      if (output.asJson) {
        output.json(record);
        return 0;
      }
      if (record.diff !== "") output.data(plainText(record.diff));
      for (const change of record.changes) {
        const link =
          change.link === null
            ? ""
            : say("patch.link", {
                before: change.link.before ?? translated("none"),
                after: change.link.after ?? translated("none"),
              });
        const told = {
          what: `${translated(change.kind)} ${change.path}${link}`,
          fixups: listed(change.fixups),
        };
        output.talk(oneLine(say("patch.by", told)));
      }
      for (const note of patchNotes(record)) output.talk(note);
      output.talk(
        record.changes.length === 0
          ? "nothing has to change"
          : say("patch.count", { changes: record.changes.length }),
      );
      return 0;
    },
    { purpose: "read" },
  );
};
