import { formatBytes } from "@sampan/core";
import type { HostStage, HostView } from "@sampan/fleet";
import { joined, say, translated } from "../../language/speech.ts";
import { marksOf } from "../../render/live-screen.ts";
import { logLine } from "../../render/messages.ts";
import type { Colours } from "../../terminal/colours.ts";
import { formatDuration, formatRate, percentDone } from "../../terminal/numbers.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import { fitText, padText, textWidth } from "../../terminal/width.ts";
import type { FleetStyle } from "./fleet-style.ts";

const widestName = 24;
/** A stage's cell holds its mark and a share such as `62 %`. */
const narrowestStage = 6;
/** With less room than this there are no words behind the stages. */
const leastWords = 10;

/** How the columns of a matrix are laid out, for hosts that stand below each other. */
export interface MatrixLayout {
  readonly nameCells: number;
  /** Stages by their verb: copies to several regions are one column. */
  readonly stages: readonly string[];
  /** Cells of each stage; 1 where there is only room for its mark. */
  readonly stageCells: readonly number[];
  readonly wordCells: number;
}

/**
 * Lays out the columns: stages, of all hosts, by their names where these fit, by a mark each where they do not; names as wide as those that are
 * shown. Pure.
 */
export function layOutMatrix(
  hosts: readonly HostView[],
  shown: readonly HostView[],
  columns: number,
): MatrixLayout {
  // Of ten thousand hosts most have the same stages: what these are called is looked at once.
  const keys = new Set<string>();
  for (const host of hosts) for (const { key } of host.stages) keys.add(key);
  const stages = [...new Set([...keys].map(columnOf))];
  const longest = Math.max(4, ...shown.map(({ host }) => textWidth(oneLine(host))));
  const nameCells = Math.min(widestName, longest, Math.max(4, Math.floor(columns / 3)));
  const wide = stages.map((stage) => Math.max(narrowestStage, Math.min(12, textWidth(stage))));
  const wideCells = wide.reduce((sum, cells) => sum + cells + 1, 0);
  const isWide = nameCells + 1 + wideCells + leastWords <= columns;
  // Two marks that are not parted are read as one word.
  const stageCells = isWide ? wide : stages.map(() => 1);
  const taken = nameCells + 1 + (isWide ? wideCells : stages.length + 1);
  const room = columns - taken;
  return { nameCells, stages, stageCells, wordCells: room < leastWords ? 0 : room };
}

/** The line above the hosts that names the stages; `null` where there is no room for their names. */
export function matrixHead(layout: MatrixLayout, style: FleetStyle): string | null {
  if (isNarrow(layout)) return null;
  const names = layout.stages.map((stage, at) => {
    const cells = layout.stageCells[at] ?? 1;
    return padText(fitText(stage, cells, style.unicode), cells);
  });
  const head = [padText(fitText(say("fleet.host"), layout.nameCells, style.unicode), layout.nameCells)];
  return style.colours.dim(fitText([...head, ...names].join(" ").trimEnd(), style.columns, style.unicode));
}

/** A host's line: its name, where each stage stands, and what is worth a word. */
export function hostLine(host: HostView, layout: MatrixLayout, style: FleetStyle): string {
  const { colours, unicode, columns } = style;
  const name = padText(fitText(oneLine(host.host), layout.nameCells, unicode), layout.nameCells);
  const cells = layout.stages.map((stage, at) => {
    const own = host.stages.filter(({ key }) => columnOf(key) === stage);
    return stageCell(own, layout.stageCells[at] ?? 1, style);
  });
  // On the narrowest screens what stages come last goes.
  const fitting = isNarrow(layout) ? cells.slice(0, Math.max(0, columns - layout.nameCells - 1)) : cells;
  const words = hostWords(host, isNarrow(layout));
  const told = layout.wordCells === 0 ? "" : fitText(words, layout.wordCells, unicode);
  return [
    nameColour(host, colours)(name),
    fitting.join(isNarrow(layout) ? "" : " "),
    ...(told === "" ? [] : [wordColour(host, colours)(told)]),
  ].join(" ");
}

function isNarrow({ stageCells }: MatrixLayout): boolean {
  return stageCells.every((cells) => cells === 1);
}

/** The column of a stage: `copy` of `copy:cn-shanghai`. */
function columnOf(key: string): string {
  return oneLine(key.split(":", 1)[0] ?? key);
}

type StageState = HostStage["state"];

/** Of several stages in one column, the one that says most. */
const mostTelling: readonly StageState[] = [
  "failed",
  "retrying",
  "stalled",
  "running",
  "waiting",
  "finished",
];

function stageCell(stages: readonly HostStage[], cells: number, style: FleetStyle): string {
  const state = mostTelling.find((one) => stages.some((stage) => stage.state === one));
  if (state === undefined) return " ".repeat(cells);
  const going = stages.find((stage) => stage.state === state);
  const percent = going === undefined ? null : percentDone(going.doneBytes, going.totalBytes);
  const share = state === "running" && percent !== null && cells > 1 ? ` ${percent} %` : "";
  const text = padText(fitText(`${stageMark(state, style.unicode)}${share}`, cells, style.unicode), cells);
  return stageColour(state, style.colours)(text);
}

function stageMark(state: StageState, unicode: boolean): string {
  if (state === "retrying") return unicode ? "↻" : "~";
  if (state === "stalled") return "!";
  return marksOf({ unicode })[state];
}

function stageColour(state: StageState, colours: Colours): (text: string) => string {
  const paint = {
    finished: colours.green,
    failed: colours.red,
    running: colours.cyan,
    retrying: colours.yellow,
    stalled: colours.yellow,
    waiting: colours.dim,
  } as const;
  return paint[state];
}

function nameColour({ outcome, state }: HostView, colours: Colours): (text: string) => string {
  if (outcome === "failed") return colours.red;
  if (state === "running") return colours.bold;
  return state === "waiting" || outcome === "skipped" ? colours.dim : (text) => text;
}

function wordColour(host: HostView, colours: Colours): (text: string) => string {
  if (host.outcome === "failed") return colours.red;
  const troubled = host.stages.some(({ state }) => state === "retrying" || state === "stalled");
  if (troubled || host.outcome === "warnings") return colours.yellow;
  return host.state === "running" ? (text) => text : colours.dim;
}

/**
 * What is worth a word of a host: its error, what it does, how it ended. Safe for a terminal.
 *
 * @param named whether the stage is told by its name too, where no column tells it
 */
export function hostWords(host: HostView, named = true): string {
  const time = formatDuration(host.tookMs ?? 0);
  switch (host.outcome) {
    case "failed": {
      const { code = "", message = "" } = host.error ?? {};
      const text = logLine(code, translated(message));
      return oneLine(named ? say("fleet.host-failed", { text }) : text);
    }
    case "done":
      return say("fleet.host-done", { time });
    case "warnings":
      return say("fleet.host-warnings", { time });
    case "cancelled":
      return say("fleet.host-cancelled");
    case "skipped":
      return host.because === null
        ? say("fleet.host-skipped")
        : oneLine(say("fleet.host-because", { because: translated(host.because) }));
    case null:
      if (host.state === "waiting") return say(host.canary ? "fleet.host-canary" : "fleet.host-waiting");
      return goingWords(host, named);
  }
}

function goingWords(host: HostView, named: boolean): string {
  const going = host.stages.filter(({ state }) => ["running", "retrying", "stalled"].includes(state));
  if (going.length === 0) return say("stage.between");
  return going
    .map((stage) => {
      const words = stageWords(stage);
      if (!named && going.length === 1) return oneLine(words);
      return oneLine(words === "" ? stage.key : logLine(stage.key, words));
    })
    .join(" · ");
}

function stageWords(stage: HostStage): string {
  const note = translated(stage.note);
  if (stage.state === "retrying") return say("stage.retrying-now", { message: note });
  if (stage.state === "stalled") return note;
  const isMoving = stage.ratePerSecond !== null && stage.ratePerSecond > 0;
  const words = [
    ...(isMoving ? [formatRate(stage.ratePerSecond ?? 0)] : []),
    ...(stage.totalBytes === null && stage.doneBytes > 0 ? [formatBytes(stage.doneBytes)] : []),
    ...(stage.leftMs === null || stage.leftMs <= 0
      ? []
      : [say("progress.left", { time: formatDuration(stage.leftMs) })]),
  ];
  return words.length > 0 ? joined(words) : note;
}
