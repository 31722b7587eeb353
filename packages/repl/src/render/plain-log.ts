import type { RunEvent, RunEventOf } from "@sampan/core";
import { listed, say, translated } from "../language/speech.ts";
import type { Colours } from "../terminal/colours.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { eventLine, logLine, progressText, rehearsalNotice, runTitle } from "./messages.ts";
import { emptyRunView, foldEvent, type RunView } from "./run-view.ts";

/** A progress line at most this often; after ten minutes half as often, so that long runs keep short logs. */
const progressEveryMs = 30_000;
const calmAfterMs = 600_000;

/** What a plain log knows between two events. */
export interface PlainLog {
  readonly view: RunView;
  /** When the last line about progress was written, by the events' own clock. */
  readonly progressAtMs: number;
}

/** A log of which nothing is written yet. */
export const emptyPlainLog: PlainLog = { view: emptyRunView, progressAtMs: Number.NEGATIVE_INFINITY };

/**
 * Turns one more event into the lines a log without a terminal gets: starts and ends always, progress seldom. Pure: time is
 * the events' own.
 */
export function plainLines(
  log: PlainLog,
  event: RunEvent,
  colours: Colours,
): { readonly log: PlainLog; readonly lines: readonly string[] } {
  const view = foldEvent(log.view, event);
  const after = (lines: readonly string[], progressAtMs = log.progressAtMs) => ({
    log: { view, progressAtMs },
    lines,
  });
  const atMs = view.lastAtMs ?? 0;
  switch (event.type) {
    case "run.started": {
      const lines = [runTitle(view)];
      if (event.cloud.rehearsal) lines.push(rehearsalNotice);
      const done = view.stages.filter((stage) => stage.state === "finished").map((stage) => stage.key);
      if (event.attempt > 1 && done.length > 0) lines.push(say("run.already-done", { stages: listed(done) }));
      return after(lines, atMs);
    }
    case "stage.started":
      return after([startLine(event)]);
    case "stage.progress":
    case "stage.retrying":
    case "stage.stalled": {
      const runningMs = atMs - (view.startedAtMs ?? atMs);
      const everyMs = runningMs > calmAfterMs ? 2 * progressEveryMs : progressEveryMs;
      const sinceLineMs = atMs - log.progressAtMs;
      // Where the machine's time was set back the last line is ahead, perhaps by hours: it holds back nothing. What stands still
      // is told by its stage seldom enough.
      const isEarly = sinceLineMs >= 0 && sinceLineMs < everyMs;
      if (isEarly && event.type !== "stage.stalled") return after([]);
      return after([progressLine(view, event)], atMs);
    }
    default: {
      const line = eventLine(event, view, colours);
      return after(line === null ? [] : [line]);
    }
  }
}

function startLine({ stage, summary, attempt }: RunEventOf<"stage.started">): string {
  const line = logLine(oneLine(stage), oneLine(translated(summary)));
  return attempt > 1 ? say("stage.attempt", { stage: line, attempt }) : line;
}

function progressLine(
  view: RunView,
  event: Extract<RunEvent, { readonly type: "stage.progress" | "stage.retrying" | "stage.stalled" }>,
): string {
  const name = oneLine(event.stage);
  if (event.type === "stage.retrying") {
    const message = oneLine(translated(event.error.message));
    const time = formatDuration(event.waitMs);
    return logLine(name, say("stage.retrying", { time, attempt: event.attempt, message }));
  }
  if (event.type === "stage.stalled") {
    const note = oneLine(translated(event.note));
    return logLine(name, say("stage.stalled-note", { time: formatDuration(event.sinceMs), note }));
  }
  const stage = view.stages.find((one) => one.key === name);
  return logLine(name, stage ? progressText(stage) : "");
}
