import {
  debugChannels,
  type ErrorNote,
  type HostCommandNote,
  type RunEventNote,
  type SettingsNote,
} from "@sampan/core";
import { onChannels } from "./channels.ts";
import type { Note } from "./debug-log.ts";
import { errorFacts } from "./error-facts.ts";
import { shortArguments } from "./local-programs.ts";

/** Writes an error, and each of its causes on a line of its own behind it. */
export function noteError(note: Note, where: ErrorNote["where"], error: unknown): void {
  for (const [depth, facts] of errorFacts(error).entries()) {
    note({
      area: "error",
      message: depth === 0 ? "thrown" : "caused by",
      facts: { ...where, depth, ...facts },
    });
  }
}

/** Notes what Sampan itself tells on {@link debugChannels}. */
export function noteSampan(note: Note): () => void {
  return onChannels({
    [debugChannels.runEvent]: ({ runId, event }: RunEventNote) => {
      // Of progress there are several a second, and the requests behind it are all here.
      if (event.type === "stage.progress") return;
      const { type, ...facts } = event;
      note({ area: "run", message: type, facts: { run: runId, ...facts } });
    },
    [debugChannels.error]: ({ where, error }: ErrorNote) => noteError(note, where, error),
    [debugChannels.hostCommand]: ({ id, host, argv, end }: HostCommandNote) => {
      const area = "host";
      const facts = { n: id, host, argv: shortArguments(argv) };
      if (end === undefined) return note({ area, message: "started", facts });
      const { kind, tookMs } = end;
      if (kind === "ended")
        return note({ area, message: "ended", facts: { ...facts, exitCode: end.exitCode, tookMs } });
      note({ area, message: "failed", facts: { ...facts, tookMs } });
      noteError(note, { n: id, host }, end.error);
    },
    [debugChannels.settings]: ({ settings }: SettingsNote) => {
      for (const { name, value, origin } of settings) {
        const { kind, name: place, line } = origin;
        const from = kind === "default" ? kind : `${kind}:${place}${line === null ? "" : `:${line}`}`;
        note({ area: "setting", message: name, facts: { value, from } });
      }
    },
  });
}
