import { formatBytes } from "@sampan/core";
import { say, translated } from "../language/speech.ts";
import type { Colours } from "../terminal/colours.ts";
import { formatDuration, formatRate, percentDone } from "../terminal/numbers.ts";
import { fitText, padText, textWidth } from "../terminal/width.ts";
import { bytesDone, leftText, runTitle, travelText } from "./messages.ts";
import { type RunView, type StageView, sinceMs } from "./run-view.ts";

/** How a screen is drawn. */
export interface ScreenStyle {
  readonly columns: number;
  readonly unicode: boolean;
  readonly colours: Colours;
  /** Milliseconds since 1970, for how long things have been going on. */
  readonly nowMs: number;
  /** Set once the user asked to stop. */
  readonly stopping: boolean;
}

/**
 * Draws a run in two levels: one line for the pipeline, and a bar for each stage under way. Pure: the same view and style give
 * the same lines, none wider than the screen.
 */
export function liveLines(view: RunView, style: ScreenStyle): string[] {
  const { colours, columns } = style;
  if (view.attempt === 0) return [];
  const title = fitText(runTitle(view), columns, style.unicode);
  const lines = [
    "",
    view.cloud?.rehearsal ? colours.magenta(title) : colours.bold(title),
    pipelineLine(view, style),
  ];
  for (const stage of view.stages) {
    if (stage.state === "running") lines.push(...stageLines(stage, style));
  }
  if (style.stopping) {
    lines.push(colours.yellow(fitText(say("run.stopping"), columns, style.unicode)));
  }
  return lines;
}

const marks = {
  unicode: { finished: "✓", failed: "✗", running: "▸", waiting: "·", filled: "█", empty: "░" },
  ascii: { finished: "+", failed: "x", running: ">", waiting: ".", filled: "#", empty: "-" },
} as const;

/** The marks of stages, and what bars are made of. */
export function marksOf(style: Pick<ScreenStyle, "unicode">): (typeof marks)["unicode" | "ascii"] {
  return style.unicode ? marks.unicode : marks.ascii;
}

/** All stages in one line; what does not fit is left out on the side of what is over or still far away. */
function pipelineLine(view: RunView, style: ScreenStyle): string {
  const mark = marksOf(style);
  const words = view.stages.map((stage) => {
    const percent = percentDone(stage.doneBytes, stage.totalBytes);
    const share = stage.state === "running" && percent !== null ? ` ${percent} %` : "";
    return { text: `${mark[stage.state]} ${stage.key}${share}`, state: stage.state };
  });
  const current = Math.max(
    0,
    words.findIndex((word) => word.state === "running" || word.state === "waiting"),
  );
  let first = current;
  let last = current;
  const widthOf = (from: number, to: number) =>
    words.slice(from, to + 1).reduce((sum, word) => sum + textWidth(word.text) + 2, -2) +
    (from > 0 ? 3 : 0) +
    (to < words.length - 1 ? 3 : 0);
  for (let grown = true; grown; ) {
    grown = false;
    if (last < words.length - 1 && widthOf(first, last + 1) <= style.columns) {
      last++;
      grown = true;
    }
    if (first > 0 && widthOf(first - 1, last) <= style.columns) {
      first--;
      grown = true;
    }
  }
  const { colours } = style;
  const paint = {
    finished: colours.green,
    failed: colours.red,
    running: colours.cyan,
    waiting: colours.dim,
  } as const;
  const shown = words.slice(first, last + 1);
  const room = style.columns - (first > 0 ? 3 : 0) - (last < words.length - 1 ? 3 : 0);
  const texts = shown.map((word) =>
    paint[word.state](shown.length === 1 ? fitText(word.text, room, style.unicode) : word.text),
  );
  const dots = style.unicode ? "… " : "~ ";
  return `${first > 0 ? dots : ""}${texts.join("  ")}${last < words.length - 1 ? ` ${dots.trim()}` : ""}`;
}

/** From this width on, a terminal of 80 columns less the last, there is room to tell what was read and what was sent. */
const travelColumns = 79;

/** A bar with its numbers, and below it what is being waited for. */
function stageLines(stage: StageView, style: ScreenStyle): string[] {
  const { colours, columns, unicode } = style;
  const name = padText(fitText(stage.key, Math.min(24, columns), unicode), Math.min(8, columns));
  const numbers = numbersText(stage, style.nowMs, columns - textWidth(name) - 1);
  const lines: string[] = [];
  const percent = percentDone(stage.doneBytes, stage.totalBytes);
  const room = columns - textWidth(name) - textWidth(numbers) - 2;
  if (percent !== null && room >= 10) {
    lines.push(`${colours.bold(name)} ${bar(percent, Math.min(room, 40), style)} ${numbers}`);
  } else {
    lines.push(fitText(`${name} ${numbers}`, columns, unicode));
  }
  const note = noteText(stage, style);
  if (note !== null) {
    const text = fitText(`  ${note.text}`, columns, unicode);
    lines.push(note.grave ? colours.yellow(text) : colours.dim(text));
  }
  return lines;
}

/** How far the stage is; on a narrow screen what matters least is left out: the bytes, then the rate. */
function numbersText(stage: StageView, nowMs: number, cells: number): string {
  const percent = percentDone(stage.doneBytes, stage.totalBytes);
  const share = percent === null ? [] : [`${String(percent).padStart(3)} %`];
  const bytes: string[] = [];
  if (stage.totalBytes !== null) {
    bytes.push(bytesDone(stage.doneBytes, stage.totalBytes));
  } else if (stage.doneBytes > 0) bytes.push(formatBytes(stage.doneBytes));
  const isMoving = stage.ratePerSecond !== null && stage.ratePerSecond > 0;
  const rate = isMoving ? [formatRate(stage.ratePerSecond ?? 0)] : [];
  const time = timeText(stage, nowMs);
  const choices = [
    [...share, ...bytes, ...rate, ...time],
    [...share, ...rate, ...time],
    [...share, ...time],
  ];
  const texts = choices.map((words) => words.join("  "));
  return texts.find((text) => textWidth(text) <= cells) ?? texts.at(-1) ?? "";
}

/** How long it will still take, or else how long it has been going on. */
function timeText({ left, startedAtMs }: StageView, nowMs: number): readonly string[] {
  if (left !== null) {
    // What rests on the rate is told anew with every progress; what rests on earlier runs is counted down between.
    const ms = left.runs === 0 ? left.ms : left.ms - sinceMs(left.atMs, nowMs);
    if (ms > 0) return [leftText(ms, left.runs)];
  }
  // The machine's time was set back to before it began: nobody knows.
  return startedAtMs === null || nowMs < startedAtMs ? [] : [formatDuration(nowMs - startedAtMs)];
}

function noteText(
  stage: StageView,
  { nowMs, columns }: ScreenStyle,
): { readonly text: string; readonly grave: boolean } | null {
  if (stage.retry !== null) {
    const time = formatDuration(stage.retry.waitMs - sinceMs(stage.retry.atMs, nowMs));
    const { attempt, message } = stage.retry;
    return { text: say("stage.retrying", { time, attempt, message: translated(message) }), grave: true };
  }
  if (stage.stalled !== null) {
    const { ms, atMs } = stage.stalled;
    const time = formatDuration(ms + sinceMs(atMs, nowMs));
    return { text: say("stage.stalled-note", { time, note: translated(stage.note) }), grave: true };
  }
  const words = translated(stage.note !== "" ? stage.note : stage.summary);
  // Ahead of the words, which may be cut: they stand still, these numbers do not.
  const travel = columns < travelColumns ? [] : travelText(stage);
  const text = [...travel, ...(words === "" ? [] : [words])].join(" · ");
  return text === "" ? null : { text, grave: false };
}

/** A bar of so many cells. */
export function bar(percent: number, cells: number, style: Pick<ScreenStyle, "unicode" | "colours">): string {
  const mark = marksOf(style);
  const filled = Math.round((percent / 100) * cells);
  return (
    style.colours.cyan(mark.filled.repeat(filled)) + style.colours.dim(mark.empty.repeat(cells - filled))
  );
}
