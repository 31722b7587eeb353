import type { RunEvent } from "@sampan/core";
import { createLogUpdate } from "log-update";
import type { Output } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { manyLines, shortLabels } from "./many-lines.ts";
import { eventLine, rehearsalNotice } from "./messages.ts";
import { emptyPlainLog, type PlainLog, plainLines } from "./plain-log.ts";
import type { RunView } from "./run-view.ts";

/** Shows the events of several runs as they come. */
export interface ManyScreen {
  show(index: number, event: RunEvent): void;
  /** Writes lines about one of the runs. */
  say(index: number, lines: readonly string[]): void;
  /** Says that the user asked to stop. */
  stopping(): void;
  /** Takes a run as over, and gives what was learnt of it. */
  ended(index: number): RunView;
  /** Ends the drawing and leaves the terminal clean. */
  end(): void;
}

const redrawEveryMs = 200;

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

  const block = output.live ? createLogUpdate(output.stderr as NodeJS.WriteStream) : undefined;
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
    block(manyLines(shown, style).join("\n"));
  };
  const timer = block === undefined ? undefined : setInterval(draw, redrawEveryMs);
  timer?.unref();

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
    ended(index) {
      over[index] = true;
      return (logs[index] ?? emptyPlainLog).view;
    },
    end() {
      clearInterval(timer);
      block?.clear();
      block?.done();
    },
  };
}
