import { oneLine } from "../one-line.ts";
import { formatBytes, formatDuration } from "../runs/numbers.ts";
import type { RunView, StageView } from "../runs/run-view.ts";

/** The record of a run as text: a line for each stage, what it said indented below, so that editors fold it. Pure. */
export function runLogText(view: RunView): string {
  const head = [
    `run ${view.runId}`,
    ...(view.title === "" ? [] : [view.title]),
    ...(view.cloud === null ? [] : [view.cloud.rehearsal ? "rehearsal" : view.cloud.name]),
  ];
  const lines = [
    head.map(oneLine).join(" · "),
    ...view.log.filter(({ stage }) => stage === null).map(({ message }) => `    ${oneLine(message)}`),
    ...view.stages.flatMap((stage) => stageLines(stage, view)),
    ...endLines(view),
  ];
  return `${lines.join("\n")}\n`;
}

/** A stage's line in the log, for outlines. */
export interface LogSection {
  readonly name: string;
  readonly line: number;
}

/** The stages of a log by their lines. */
export function logSections(text: string): readonly LogSection[] {
  return text.split("\n").flatMap((line, index) => {
    const name = /^[✓✗▸·] (\S+)/u.exec(line)?.[1];
    return name === undefined ? [] : [{ name, line: index }];
  });
}

const marks = { waiting: "·", running: "▸", finished: "✓", failed: "✗" } as const;

function stageLines(stage: StageView, view: RunView): string[] {
  const took = stage.tookMs === null ? "" : ` (${formatDuration(stage.tookMs)})`;
  const summary = stage.summary === "" ? "" : ` — ${oneLine(stage.summary)}`;
  const told = view.log.filter((line) => line.stage === stage.key);
  const findings = stageOfFindings(stage) ? view.findings : [];
  return [
    `${marks[stage.state]} ${stage.key}${summary}${took}`,
    ...(stage.totalBytes === null
      ? []
      : [`    ${formatBytes(stage.doneBytes)} of ${formatBytes(stage.totalBytes)}`]),
    ...findings.map(({ rule, severity, message }) => `    ${severity} ${rule}: ${oneLine(message)}`),
    ...told.map(({ level, message }) => `    ${level === "info" ? "" : `${level}: `}${oneLine(message)}`),
    ...(stage.error === null ? [] : [`    ${stage.error.code}: ${oneLine(stage.error.message)}`]),
  ];
}

function stageOfFindings(stage: StageView): boolean {
  return stage.key === "assess" && stage.state !== "waiting";
}

function endLines({ end }: RunView): string[] {
  if (end === null) return [];
  if (end.kind === "finished") return [`finished${end.warnings > 0 ? `, ${end.warnings} warnings` : ""}`];
  if (end.kind === "cancelled") return [`stopped${end.reason === "" ? "" : `: ${oneLine(end.reason)}`}`];
  return [`failed: ${end.error.code} ${oneLine(end.error.message)}`, `    ${oneLine(end.error.hint)}`];
}
