import type { RunEvent, RunEventOf } from "@sampan/core";
import { listed, say, translated } from "../language/speech.ts";
import type { Colours } from "../terminal/colours.ts";
import { formatDuration, percentDone } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { eventLine, logLine, progressText, rehearsalNotice, runTitle, standText } from "./messages.ts";
import { emptyRunView, foldEvent, type RunView } from "./run-view.ts";

/** At most one line about progress in this time. */
const leastMs = 30_000;
/** And one after this time at the latest, whether something moved or not: who reads the log sees that the run is alive. */
const mostMs = 60_000;
/** In between, where a stage came so much further. */
const stepPercent = 10;

/** What a plain log knows between two events. */
export interface PlainLog {
  readonly view: RunView;
  /** When the last line about progress was written, by the events' own clock. */
  readonly progressAtMs: number;
  /** How far each stage was when a line told of it: whole steps of ten per cent. */
  readonly told: ReadonlyMap<string, number>;
}

/** A log of which nothing is written yet. */
export const emptyPlainLog: PlainLog = {
  view: emptyRunView,
  progressAtMs: Number.NEGATIVE_INFINITY,
  told: new Map(),
};

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
  const after = (lines: readonly string[], progressAtMs = log.progressAtMs, told = log.told) => ({
    log: { view, progressAtMs, told },
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
      const sinceLineMs = atMs - log.progressAtMs;
      const step = stepOf(view, oneLine(event.stage));
      const hasStepped = step > (log.told.get(event.stage) ?? 0);
      // Where the machine's time was set back the last line is ahead, perhaps by hours: it holds back nothing. What stands still
      // is told by its stage seldom enough.
      const isEarly =
        sinceLineMs >= 0 && sinceLineMs < (hasStepped || event.type === "stage.retrying" ? leastMs : mostMs);
      if (isEarly && event.type !== "stage.stalled") return after([]);
      return after([progressLine(view, event)], atMs, new Map(log.told).set(event.stage, step));
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

/** Whole steps of ten per cent that a stage has done. */
function stepOf(view: RunView, key: string): number {
  const stage = view.stages.find((one) => one.key === key);
  const percent = stage === undefined ? null : percentDone(stage.doneBytes, stage.totalBytes);
  return percent === null ? 0 : Math.floor(percent / stepPercent);
}

/** The line that says, where no event came for a minute, that the run goes on: one for all stages under way. Pure. */
export function heartbeat(
  log: PlainLog,
  nowMs: number,
): { readonly log: PlainLog; readonly lines: readonly string[] } {
  const { view } = log;
  const lastMs = Math.max(log.progressAtMs, view.startedAtMs ?? Number.NEGATIVE_INFINITY);
  const going = view.stages.filter(({ state }) => state === "running");
  if (going.length === 0 || view.end !== null || nowMs - lastMs < mostMs) return { log, lines: [] };
  const line = going.map((stage) => standText(stage, nowMs)).join(say("status.between"));
  return { log: { ...log, progressAtMs: nowMs }, lines: [line] };
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
