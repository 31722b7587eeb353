import { type ErrorRecord, type Finding, formatBytes, type PatchRecord, type RunEvent } from "@sampan/core";
import type { Colours } from "../terminal/colours.ts";
import { count, formatDuration, formatRate, percentDone } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { RunView, StageView } from "./run-view.ts";

/** Said on every screen of a run that is not real. */
export const rehearsalNotice = "rehearsal: a simulator answers for the cloud, nothing here is real";

/** The first line of a run's screen. */
export function runTitle(view: RunView): string {
  const cloud = view.cloud;
  const kind = cloud?.rehearsal ? "rehearsal" : `cloud ${oneLine(cloud?.name ?? "unknown")}`;
  return [kind, view.title, `run ${view.runId}`].join(" · ");
}

/** How far a running stage is, in words: `62 %, 1.2 GiB of 2 GiB, 118 MiB/s, 7 s left`. Empty when nothing is known. */
export function progressText(stage: StageView): string {
  const words: string[] = [];
  const percent = percentDone(stage.doneBytes, stage.totalBytes);
  if (percent !== null) words.push(`${percent} %`);
  if (stage.totalBytes !== null) {
    words.push(`${formatBytes(stage.doneBytes)} of ${formatBytes(stage.totalBytes)}`);
  } else if (stage.doneBytes > 0) {
    words.push(formatBytes(stage.doneBytes));
  }
  if (stage.ratePerSecond !== null && stage.ratePerSecond > 0) words.push(formatRate(stage.ratePerSecond));
  if (stage.left !== null) words.push(leftText(stage.left.ms, stage.left.runs));
  if (stage.note !== "") words.push(stage.note);
  return words.join(", ");
}

/** How long it will still take, and of how many earlier runs that is the median, where it does not rest on the rate. */
export function leftText(leftMs: number, runs: number): string {
  if (runs === 0) return `${formatDuration(leftMs)} left`;
  return `about ${formatDuration(leftMs)} left (${runs === 1 ? "as once before" : `median of ${runs} runs`})`;
}

/** One line for a finding that people should see. */
export function findingLine(finding: Finding, colours: Colours): string {
  const accepted = finding.accepted !== null;
  const mended = finding.fixup === null ? "" : ` (mended by the fix-up ${oneLine(finding.fixup)})`;
  const reason = accepted ? ` (accepted: ${oneLine(finding.accepted ?? "")})` : mended;
  const paint =
    finding.severity === "blocker" && !accepted
      ? colours.red
      : finding.severity === "info"
        ? colours.dim
        : colours.yellow;
  return `${paint(finding.severity)} ${oneLine(finding.rule)}: ${oneLine(finding.message)}${reason}`;
}

/** One line for what the fix-ups changed. */
export function patchLine(patch: PatchRecord): string {
  if (patch.changes.length === 0) return "the fix-ups change nothing";
  const paths = patch.changes.map((change) => oneLine(change.path));
  const shown = paths.slice(0, 6).join(", ");
  const more = paths.length > 6 ? ` and ${paths.length - 6} more` : "";
  return `the fix-ups change ${count(paths.length, "file")} of the copy: ${shown}${more}`;
}

/** A line for each thing the fix-ups left as it is. */
export function patchNotes(patch: PatchRecord): readonly string[] {
  return patch.notes.map((note) => oneLine(`fix-up ${note.fixup}: ${note.text}`));
}

/** Lines of an error for people: what happened, why, what to do. */
export function errorLines(record: ErrorRecord, colours: Colours): string[] {
  const lines = [`${colours.red("error")} ${record.code}: ${oneLine(record.message)}`];
  const cause = record.causes[0]?.split("\n")[0]?.trim();
  const told = cause === undefined || cause === "" || cause.startsWith("ENOENT:");
  if (!told && !record.message.includes(cause.replace(/^ParseError: /, "")))
    lines.push(`  because: ${oneLine(cause)}`);
  const requestId = record.details.requestId;
  const vendorCode = record.details.vendorCode;
  if (typeof vendorCode === "string") lines.push(`  the cloud said: ${oneLine(vendorCode)}`);
  if (typeof requestId === "string") lines.push(`  request id: ${oneLine(requestId)}`);
  if (record.hint !== "") lines.push(`  ${colours.cyan("try")}: ${oneLine(record.hint)}`);
  lines.push(`  ${colours.dim(`more: sampan explain ${record.code}`)}`);
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
      return `${event.stage === null ? "" : `${oneLine(event.stage)}: `}${
        event.level === "warning" ? colours.yellow("warning ") : ""
      }${oneLine(event.message)}`;
    case "stage.failed":
      return `${colours.red(`${oneLine(event.stage)} failed`)}: ${oneLine(event.error.message)}`;
    case "stage.finished": {
      const stage = view.stages.find((one) => one.key === event.stage);
      const warnings = stage && stage.warnings > 0 ? `, ${count(stage.warnings, "finding")} to look at` : "";
      return `${colours.green(oneLine(event.stage))}: done in ${formatDuration(event.tookMs)}${warnings}`;
    }
    default:
      return null;
  }
}
