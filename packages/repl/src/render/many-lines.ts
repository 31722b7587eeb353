import { say, translated } from "../language/speech.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { fitText, padText, textWidth } from "../terminal/width.ts";
import type { ScreenStyle } from "./live-screen.ts";
import { logLine, progressText } from "./messages.ts";
import type { RunView } from "./run-view.ts";

/** One of several runs as a screen of all shows it. */
export interface ShownRun {
  /** The host, short. */
  readonly label: string;
  /** Not begun while its view is empty. */
  readonly view: RunView;
  readonly ended: boolean;
}

const widestLabel = 24;

/**
 * Draws several runs: a line that counts them, and one for each that is under way. Pure: the same runs and style give the
 * same lines, none wider than the screen.
 */
export function manyLines(runs: readonly ShownRun[], style: ScreenStyle): string[] {
  const { colours, columns, unicode } = style;
  const fit = (text: string): string => fitText(text, columns, unicode);
  const active = runs.filter((run) => !run.ended && run.view.attempt > 0);
  const ended = runs.filter((run) => run.ended).length;
  const rehearsal = active.length > 0 && active.every((run) => run.view.cloud?.rehearsal === true);
  const waiting = runs.length - ended - active.length;
  const told = say("many.counts", { ended, runs: runs.length, active: active.length, waiting });
  const counts = rehearsal ? say("many.rehearsal", { counts: told }) : told;
  const lines = ["", rehearsal ? colours.magenta(fit(counts)) : colours.bold(fit(counts))];
  const width = Math.min(widestLabel, Math.max(0, ...active.map(({ label }) => textWidth(label))));
  for (const { label, view } of active) {
    const name = fitText(label, width, unicode);
    lines.push(fit(`${padText(name, width)}  ${stagesText(view, style.nowMs)}`));
  }
  if (style.stopping) {
    lines.push(colours.yellow(fit(say("run.stopping"))));
  }
  return lines;
}

function stagesText(view: RunView, nowMs: number): string {
  const running = view.stages.filter((stage) => stage.state === "running");
  if (running.length === 0) return say("stage.between");
  return running
    .map((stage) => {
      if (stage.retry !== null)
        return logLine(stage.key, say("stage.retrying-now", { message: translated(stage.retry.message) }));
      if (stage.stalled !== null) {
        const { ms, atMs } = stage.stalled;
        return logLine(
          stage.key,
          say("stage.stalled", { time: formatDuration(ms + Math.max(0, nowMs - atMs)) }),
        );
      }
      const progress = progressText(stage);
      return progress === "" ? stage.key : logLine(stage.key, progress);
    })
    .join(" · ");
}

/** Short names for hosts, no two the same: the last part of a path where that is enough. */
export function shortLabels(titles: readonly string[]): readonly string[] {
  const short = titles.map((title) => title.split(/[\\/]/).filter(Boolean).at(-1) ?? title);
  return titles.map((title, index) => {
    const name = short[index] ?? title;
    const unique = titles.every((other, at) => other === title || short[at] !== name);
    return unique ? name : title;
  });
}
