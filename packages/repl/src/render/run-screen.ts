import type { RunEvent } from "@sampan/core";
import { createLiveBlock } from "../terminal/live-block.ts";
import type { Output } from "../terminal/output.ts";
import { createTerminalStatus } from "../terminal/terminal-status.ts";
import { liveLines } from "./live-screen.ts";
import { eventLine, rehearsalNotice, statusLine, workStatus } from "./messages.ts";
import { emptyPlainLog, heartbeat, type PlainLog, plainLines } from "./plain-log.ts";
import { emptyRunView, foldEvent, type RunView } from "./run-view.ts";

/** Shows the events of one run as they come. */
export interface RunScreen {
  /** Takes the next event. */
  show(event: RunEvent): void;
  /** Says that the user asked to stop. */
  stopping(): void;
  /** Writes one line about where the run stands, however it is shown. */
  tellStatus(): void;
  /** Ends the drawing, leaves the terminal clean and gives what was learnt. */
  end(): RunView;
}

/** What {@link createRunScreen} needs besides the output. */
export interface RunScreenOptions {
  /** Events older than this were shown by an earlier start: they count, but get no line. Milliseconds since 1970. */
  readonly sinceMs: number;
  readonly now?: () => number;
}

/** Chooses how a run is shown: NDJSON, a live screen on a terminal, plain lines otherwise, or nothing when quiet. */
export function createRunScreen(output: Output, options: RunScreenOptions): RunScreen {
  if (output.asJson) return jsonScreen(output, options);
  if (output.quiet) return silentScreen(output, options);
  return output.live ? liveScreen(output, options) : plainScreen(output, options);
}

function jsonScreen(output: Output, { now = Date.now }: RunScreenOptions): RunScreen {
  let view = emptyRunView;
  return {
    show(event) {
      view = foldEvent(view, event);
      output.json(event);
    },
    stopping() {},
    tellStatus: () => output.alert(statusLine(view, now())),
    end: () => view,
  };
}

function silentScreen(output: Output, { now = Date.now }: RunScreenOptions): RunScreen {
  let view = emptyRunView;
  return {
    show(event) {
      view = foldEvent(view, event);
    },
    stopping() {},
    tellStatus: () => output.alert(statusLine(view, now())),
    end: () => view,
  };
}

function plainScreen(output: Output, options: RunScreenOptions): RunScreen {
  let log: PlainLog = emptyPlainLog;
  const now = options.now ?? Date.now;
  const isPast = pastOf(options);
  const timer = setInterval(() => {
    const step = heartbeat(log, now());
    log = step.log;
    for (const line of step.lines) output.talk(line);
  }, lookEveryMs);
  timer.unref();
  return {
    show(event) {
      const step = plainLines(log, event, output.talkColours);
      log = step.log;
      if (isPast(event)) return;
      for (const line of step.lines) output.talk(line);
    },
    stopping: () => output.talk("stopping: what is in flight ends or is aborted"),
    tellStatus: () => output.alert(statusLine(log.view, now())),
    end() {
      clearInterval(timer);
      return log.view;
    },
  };
}

const redrawEveryMs = 200;
const lookEveryMs = 5_000;

function liveScreen(output: Output, options: RunScreenOptions): RunScreen {
  const now = options.now ?? Date.now;
  const block = createLiveBlock(output.stderr, { ...output, reflows: output.traits.reflows });
  const status = createTerminalStatus(output.stderr, output.traits);
  let view = emptyRunView;
  let stopping = false;
  let noticed = false;
  const isPast = pastOf(options);
  const draw = (): void => {
    const style = {
      // One cell stays free: some terminals wrap when the last one is written.
      columns: Math.max(10, output.columns() - 1),
      unicode: output.unicode,
      colours: output.talkColours,
      nowMs: now(),
      stopping,
    };
    block.draw(liveLines(view, style));
    if (view.attempt > 0) status.show(workStatus(view), style.nowMs);
  };
  /** Writes a line above the drawing. The terminal wraps it, so that it can be copied whole. */
  const sayAbove = (line: string): void => {
    block.clear();
    output.talk(line);
    draw();
  };
  const timer = setInterval(draw, redrawEveryMs);
  timer.unref();
  return {
    show(event) {
      view = foldEvent(view, event);
      if (isPast(event)) return;
      if (event.type === "run.started" && event.cloud.rehearsal && !noticed) {
        noticed = true;
        sayAbove(output.talkColours.magenta(rehearsalNotice));
      }
      const line = eventLine(event, view, output.talkColours);
      if (line !== null) sayAbove(line);
      // The bars are redrawn by the timer; only a change of stages is worth drawing at once.
      if (event.type.startsWith("stage.") && event.type !== "stage.progress") draw();
    },
    stopping() {
      stopping = true;
      draw();
    },
    tellStatus: () => sayAbove(statusLine(view, now())),
    end() {
      clearInterval(timer);
      block.end();
      status.end();
      return view;
    },
  };
}

/** Tells events that an earlier start has shown; after the first that is new all are, also where the machine's time is set back. */
function pastOf({ sinceMs }: RunScreenOptions): (event: RunEvent) => boolean {
  let isNew = false;
  return (event) => {
    isNew ||= Date.parse(event.at) >= sinceMs;
    return !isNew;
  };
}
