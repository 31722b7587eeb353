import { channel } from "node:diagnostics_channel";
import { debugChannels, type ErrorNote, type RunEventBody, type RunEventNote } from "@sampan/core";

const events = channel(debugChannels.runEvent);
const errors = channel(debugChannels.error);

/** Tells an event of a run on `sampan:run:event`; nothing happens while nobody listens. */
export function tellRunEvent(runId: string, event: RunEventBody): void {
  if (events.hasSubscribers) events.publish({ runId, event } satisfies RunEventNote);
}

/** Tells an error and what it ended on `sampan:error`; nothing happens while nobody listens. */
export function tellError(where: ErrorNote["where"], error: unknown): void {
  if (errors.hasSubscribers) errors.publish({ where, error } satisfies ErrorNote);
}
