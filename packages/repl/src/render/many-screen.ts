import type { RunEvent } from "@sampan/core";
import { createLiveBlock } from "../terminal/live-block.ts";
import type { Output } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { manyLines, shortLabels } from "./many-lines.ts";
import { eventLine, rehearsalNotice, statusLine } from "./messages.ts";
import { emptyPlainLog, heartbeat, type PlainLog, plainLines } from "./plain-log.ts";
import type { RunView } from "./run-view.ts";

/** Shows the events of several runs as they come. */
export interface ManyScreen {
  show(index: number, event: RunEvent): void;
  /** Writes lines about one of the runs. */
  say(index: number, lines: readonly string[]): void;
  /** Says that the user asked to stop. */
  stopping(): void;
  /** Writes a line about where each run under way stands, however they are shown. */
  tellStatus(): void;
  /** Takes a run as over, and gives what was learnt of it. */
  ended(index: number): RunView;
  /** Ends the drawing and leaves the terminal clean. */
  end(): void;
}

const redrawEveryMs = 200;
const lookEveryMs = 5_000;

/**
 * Chooses how several runs are shown: NDJSON, one line for each under way on a terminal, plain lines that begin with the host
 * otherwise, or nothing when quiet. Events older than `sinceMs` were shown by an earlier start: they count, but get no line.
 */
export function createManyScreen(output: Output, titles: readonly string[], sinceMs: number): ManyScreen {
  const labels = shortLabels(titles).map(oneLine);
  const logs: PlainLog[] = titles.map(() => emptyPlainLog);
  const over = titles.map(() => false);
  let stopping = false;
  let noticed = false;

  const block = output.live
    ? createLiveBlock(output.stderr, { ...output, reflows: output.traits.reflows })
    : undefined;
  const draw = (): void => {
    if (block === undefined) return;
    const style = {
      // One cell stays free: some terminals wrap when the last one is written.
      columns: Math.max(10, output.columns() - 1),
      unicode: output.unicode,
      colours: output.talkColours,
      nowMs: Date.now(),
      stopping,
    };
    const shown = logs.map(({ view }, at) => ({ label: labels[at] ?? "", view, ended: over[at] === true }));
    block.draw(manyLines(shown, style));
  };
  const timer = block === undefined ? undefined : setInterval(draw, redrawEveryMs);
  timer?.unref();

  const beat = (): void => {
    for (const [index, log] of logs.entries()) {
      if (over[index] === true || block !== undefined) continue;
      const step = heartbeat(log, Date.now());
      logs[index] = step.log;
      talk(named(index, step.lines));
    }
  };
  const beats = setInterval(beat, lookEveryMs);
  beats.unref();

  const talk = (lines: readonly string[]): void => {
    if (lines.length === 0 || output.quiet || output.asJson) return;
    block?.clear();
    for (const line of lines) output.talk(line);
    draw();
  };
  const named = (index: number, lines: readonly string[]): readonly string[] =>
    lines
      .flatMap((text) => text.split("\n"))
      .map((line) => `${output.talkColours.bold(labels[index] ?? "")}  ${line}`);

  return {
    show(index, event) {
      const step = plainLines(logs[index] ?? emptyPlainLog, event, output.talkColours);
      logs[index] = step.log;
      if (output.asJson) output.json(event);
      if (Date.parse(event.at) < sinceMs) return;
      if (event.type === "run.started" && event.cloud.rehearsal && !noticed) {
        noticed = true;
        talk([output.talkColours.magenta(rehearsalNotice)]);
      }
      const own = eventLine(event, step.log.view, output.talkColours);
      const lines = block === undefined ? step.lines : own === null ? [] : [own];
      talk(
        named(
          index,
          lines.filter((line) => line !== rehearsalNotice),
        ),
      );
    },
    say: (index, lines) => talk(named(index, lines)),
    stopping() {
      stopping = true;
      if (block === undefined) talk(["stopping: what is in flight ends or is aborted"]);
      draw();
    },
    tellStatus() {
      const going = logs.flatMap(({ view }, at) => (over[at] === true || view.attempt === 0 ? [] : [view]));
      block?.clear();
      for (const view of going) output.alert(statusLine(view, Date.now()));
      if (going.length === 0) output.alert("no run is under way");
      draw();
    },
    ended(index) {
      over[index] = true;
      return (logs[index] ?? emptyPlainLog).view;
    },
    end() {
      clearInterval(timer);
      clearInterval(beats);
      block?.end();
    },
  };
}
