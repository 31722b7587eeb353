import { channel } from "node:diagnostics_channel";
import { debugChannels, type ErrorNote, type SettingsNote } from "@sampan/core";
import type { OptionValues } from "../command-call.ts";
import type { ResolvedSetting } from "../settings/resolve-settings.ts";

const errors = channel(debugChannels.error);
const settings = channel(debugChannels.settings);

/** Tells an error that ends what was asked for on `sampan:error`. */
export function tellError(error: unknown): void {
  if (errors.hasSubscribers) errors.publish({ where: { ended: "command" }, error } satisfies ErrorNote);
}

/** Tells which settings count, and where each was said, on `sampan:settings`: those of a command's options before those looked up. */
export function tellSettings(lookedUp: readonly ResolvedSetting[], options: OptionValues = {}): void {
  if (!settings.hasSubscribers) return;
  const note: SettingsNote = {
    settings: lookedUp.map(({ name, value, origin }) => {
      const typed = options[name];
      if (typed === undefined) return { name, value, origin };
      return { name, value: typed, origin: { kind: "flag", name: `--${name}`, line: null } };
    }),
  };
  settings.publish(note);
}
