import {
  type ErrorRecord,
  errorCodeEntry,
  type Finding,
  formatBytes,
  type PatchRecord,
  type RunEvent,
} from "@sampan/core";
import { isToldWhole, joined, listed, say, spokenLanguage, translated } from "../language/speech.ts";
import type { Colours } from "../terminal/colours.ts";
import { formatDuration, formatRate, percentDone } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { WorkStatus } from "../terminal/terminal-status.ts";
import type { RunView, StageView } from "./run-view.ts";

/** Said on every screen of a run that is not real; it is translated where it is said. */
export const rehearsalNotice = "rehearsal: a simulator answers for the cloud, nothing here is real";

/** The first line of a run's screen. */
export function runTitle(view: RunView): string {
  const cloud = view.cloud;
  const kind = cloud?.rehearsal
    ? say("run.rehearsal")
    : say("run.cloud", { name: oneLine(cloud?.name ?? "unknown") });
  return [kind, view.title, say("run.id", { id: view.runId })].join(" · ");
}

/** How far a running stage is, in words: `62 %, 1.2 GiB of 2 GiB, 118 MiB/s, 7 s left`. Empty when nothing is known. */
export function progressText(stage: StageView): string {
  const words: string[] = [];
  const percent = percentDone(stage.doneBytes, stage.totalBytes);
  if (percent !== null) words.push(`${percent} %`);
  if (stage.totalBytes !== null) {
    words.push(bytesDone(stage.doneBytes, stage.totalBytes));
  } else if (stage.doneBytes > 0) {
    words.push(formatBytes(stage.doneBytes));
  }
  if (stage.ratePerSecond !== null && stage.ratePerSecond > 0) words.push(formatRate(stage.ratePerSecond));
  if (stage.left !== null) words.push(leftText(stage.left.ms, stage.left.runs));
  if (stage.note !== "") words.push(translated(stage.note));
  return joined(words);
}

/** `1.2 GiB of 2 GiB`. */
export function bytesDone(doneBytes: number, totalBytes: number): string {
  return say("progress.of", { done: formatBytes(doneBytes), total: formatBytes(totalBytes) });
}

/** `read 80 GiB, sent 23.4 GiB`; nothing where both are the same to people, or nothing is sent. */
export function travelText({ travel }: StageView): readonly string[] {
  if (travel === null) return [];
  const [read, sent] = [formatBytes(travel.readBytes), formatBytes(travel.sentBytes)];
  return read === sent ? [] : [say("progress.travel", { read, sent })];
}

/** Where a run stands, in one line, for whoever asks by a signal: `run ID · 2 of 7 steps done · upload: 62 %, …`. */
export function statusLine(view: RunView, nowMs: number): string {
  if (view.attempt === 0) return say("status.opening");
  const done = view.stages.filter(({ state }) => state === "finished").length;
  const going = view.stages
    .filter(({ state }) => state === "running")
    .map((stage) => standText(stage, nowMs));
  const end = view.end === null ? [] : [say(`status.${view.end.kind}`)];
  return [
    say("run.id", { id: view.runId }),
    view.title,
    say("status.steps", { done, steps: view.stages.length }),
    ...(going.length === 0 ? end : going),
  ].join(" · ");
}

/** Where a stage stands, and for how long it has been going on. */
export function standText(stage: StageView, nowMs: number): string {
  const since = stage.startedAtMs === null || nowMs < stage.startedAtMs ? null : nowMs - stage.startedAtMs;
  const words = stage.stalled !== null ? stallText(stage, nowMs) : progressText(stage);
  const text = words === "" ? stage.key : logLine(stage.key, words);
  return since === null ? text : say("status.going", { stage: text, time: formatDuration(since) });
}

function stallText({ stalled, note }: StageView, nowMs: number): string {
  const ms = stalled === null ? 0 : stalled.ms + Math.max(0, nowMs - stalled.atMs);
  return say("stage.stalled-note", { time: formatDuration(ms), note: translated(note) });
}

/** How far a run is, for the title of a terminal: `62 % upload · 12 min left · web-01`. */
export function workStatus(view: RunView): WorkStatus {
  const stage = view.stages.find(({ state }) => state === "running");
  const hasFailed = view.end?.kind === "failed";
  if (stage === undefined)
    return { title: `sampan · ${view.title}`, percent: null, state: hasFailed ? "failed" : "going" };
  const percent = percentDone(stage.doneBytes, stage.totalBytes);
  const words = [
    percent === null ? stage.key : `${percent} % ${stage.key}`,
    ...(stage.left === null ? [] : [leftText(stage.left.ms, stage.left.runs)]),
    view.title,
  ];
  return { title: words.join(" · "), percent, state: stage.stalled === null ? "going" : "stalled" };
}

/** How long it will still take, and of how many earlier runs that is the median, where it does not rest on the rate. */
export function leftText(leftMs: number, runs: number): string {
  const time = formatDuration(leftMs);
  if (runs === 0) return say("progress.left", { time });
  return runs === 1 ? say("progress.left-once", { time }) : say("progress.left-median", { time, runs });
}

/** One line for a finding that people should see. */
export function findingLine(finding: Finding, colours: Colours): string {
  const accepted = finding.accepted !== null;
  const mended = finding.fixup === null ? "" : say("finding.mended", { fixup: oneLine(finding.fixup) });
  const reason = accepted ? say("finding.accepted", { reason: oneLine(finding.accepted ?? "") }) : mended;
  const paint =
    finding.severity === "blocker" && !accepted
      ? colours.red
      : finding.severity === "info"
        ? colours.dim
        : colours.yellow;
  const line = say("finding.line", {
    severity: paint(say(`finding.${finding.severity}`)),
    rule: oneLine(finding.rule),
    message: oneLine(translated(finding.message)),
  });
  return `${line}${reason}`;
}

/** One line for what the fix-ups changed. */
export function patchLine(patch: PatchRecord): string {
  if (patch.changes.length === 0) return say("patch.nothing");
  const paths = patch.changes.map((change) => oneLine(change.path));
  const shown = listed(paths.slice(0, 6));
  const more = paths.length > 6 ? say("patch.more", { more: paths.length - 6 }) : "";
  return say("patch.changes", { files: paths.length, paths: `${shown}${more}` });
}

/** A line for each thing the fix-ups left as it is. */
export function patchNotes(patch: PatchRecord): readonly string[] {
  return patch.notes.map((note) =>
    oneLine(say("patch.note", { fixup: note.fixup, text: translated(note.text) })),
  );
}

/**
 * Lines of an error for people: what happened, why, what to do.
 *
 * What happened is told with its facts, in English where no translation of just this message is known, and what another program said as
 * it came. In another language the meaning and cure of the code stand below it then.
 */
export function errorLines(record: ErrorRecord, colours: Colours): string[] {
  const message = translated(record.message);
  const hint = translated(record.hint);
  const isForeign = spokenLanguage() !== "en";
  const entry = isForeign ? errorCodeEntry(record.code) : undefined;
  const lines = [
    say("error.line", {
      error: colours.red(say("error.word")),
      code: record.code,
      message: oneLine(message),
    }),
  ];
  if (entry !== undefined && !isToldWhole(record.message, message))
    lines.push(`  ${say("error.meaning", { meaning: translated(entry.meaning) })}`);
  const cause = record.causes[0]?.split("\n")[0]?.trim();
  const told = cause === undefined || cause === "" || cause.startsWith("ENOENT:");
  if (!told && !record.message.includes(cause.replace(/^ParseError: /, "")))
    lines.push(`  ${say("error.because", { cause: oneLine(translated(cause)) })}`);
  const requestId = record.details.requestId;
  const vendorCode = record.details.vendorCode;
  if (typeof vendorCode === "string")
    lines.push(`  ${say("error.cloud-said", { code: oneLine(vendorCode) })}`);
  if (typeof requestId === "string") lines.push(`  ${say("error.request-id", { id: oneLine(requestId) })}`);
  if (entry !== undefined && hint === record.hint)
    lines.push(`  ${say("error.cure", { cure: translated(entry.cure) })}`);
  if (hint !== "")
    lines.push(`  ${say("error.try", { try: colours.cyan(say("error.try-word")), hint: oneLine(hint) })}`);
  lines.push(`  ${colours.dim(say("error.more", { code: record.code }))}`);
  return lines;
}

/** What is worth a line of its own above the bars and between the lines of a plain log; `null` for everything else. */
export function eventLine(event: RunEvent, view: RunView, colours: Colours): string | null {
  switch (event.type) {
    case "finding":
      return event.finding.severity === "info" ? null : findingLine(event.finding, colours);
    case "patch":
      return [patchLine(event.patch), ...patchNotes(event.patch)].join("\n");
    case "log":
      if (event.level === "debug") return null;
      return logLine(
        event.stage === null ? null : oneLine(event.stage),
        `${event.level === "warning" ? colours.yellow(`${say("log.warning")} `) : ""}${oneLine(translated(event.message))}`,
      );
    case "stage.failed":
      return logLine(
        colours.red(say("stage.failed", { stage: oneLine(event.stage) })),
        oneLine(translated(event.error.message)),
      );
    case "stage.finished": {
      const stage = view.stages.find((one) => one.key === event.stage);
      const [time, findings] = [formatDuration(event.tookMs), stage?.warnings ?? 0];
      const done =
        findings > 0 ? say("stage.done-findings", { time, findings }) : say("stage.done", { time });
      const travel = stage === undefined ? [] : travelText(stage);
      return logLine(colours.green(oneLine(event.stage)), joined([done, ...travel]));
    }
    default:
      return null;
  }
}

/** What a stage says, behind its name; of the run itself, only what is said. */
export function logLine(stage: string | null, text: string): string {
  return stage === null ? text : say("stage.named", { stage, text });
}
