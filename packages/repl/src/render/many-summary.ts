import {
  type ErrorRecord,
  type ExitCode,
  errorCodeEntry,
  formatBytes,
  type Json,
  type JsonObject,
} from "@sampan/core";
import { listed, say } from "../language/speech.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatTable, type TableStyle } from "../terminal/table.ts";
import { textWidth } from "../terminal/width.ts";
import type { RunView } from "./run-view.ts";

/** How one of several runs ended. Plain JSON. */
export interface EndedRun {
  /** The host, as given in the plan. */
  readonly title: string;
  readonly state: "finished" | "failed" | "cancelled" | "not-started";
  readonly runId: string | null;
  readonly exitCode: ExitCode;
  readonly error: ErrorRecord | null;
  readonly images: readonly { readonly region: string; readonly imageId: string }[];
  /** Size of what is in the store; `null` when nothing was sent. */
  readonly storedBytes: number | null;
  readonly tookMs: number;
}

/** Exit codes, the worst first: of several runs the worst is that of the command. */
const worstFirst: readonly ExitCode[] = [130, 1, 4, 6, 5, 2, 124, 3, 0];

/** The exit code of a command that ran all of these. A run that was not started counts for nothing. */
export function worstExitCode(runs: readonly EndedRun[]): ExitCode {
  return worstFirst.find((code) => runs.some((one) => one.exitCode === code)) ?? 0;
}

/** The exit code that belongs to how a run ended. */
export function exitCodeFor(error: ErrorRecord | null): ExitCode {
  return error === null ? 0 : (errorCodeEntry(error.code)?.exitCode ?? 1);
}

/**
 * The table at the end of several runs; where it is wider than the terminal's `columns`, two lines for each run instead. Pure.
 */
export function manySummary(
  runs: readonly EndedRun[],
  style: TableStyle & { readonly columns?: number | undefined },
): string {
  const rows = runs.map((one) => [
    one.title,
    say(`many.${one.state === "finished" ? "done" : one.state}`),
    outcomeText(one),
    one.storedBytes === null ? "–" : formatBytes(one.storedBytes),
    one.state === "not-started" ? "–" : formatDuration(one.tookMs),
    one.runId ?? "–",
  ]);
  const { columns = Number.POSITIVE_INFINITY, ...tableStyle } = style;
  const table = formatTable(["host", "state", "images or error", "stored", "took", "run"], rows, tableStyle);
  if (table.split("\n").every((line) => textWidth(line) <= columns)) return table;
  const told = (parts: readonly string[]) => parts.filter((part) => part !== "–").join(" · ");
  return rows.map(([host = "", ...parts]) => `${oneLine(host)}\n  ${oneLine(told(parts))}`).join("\n");
}

function outcomeText({ error, images, exitCode }: EndedRun): string {
  if (error !== null) return say("many.exit", { code: error.code, exit: exitCode });
  return images.length === 0 ? "–" : listed(images.map(({ region, imageId }) => `${imageId} (${region})`));
}

/** The images that a result tells of. */
export function imagesOf(result: JsonObject | null): EndedRun["images"] {
  return objectsOf(result?.images).map(({ region, imageId }) => ({
    region: String(region),
    imageId: String(imageId),
  }));
}

/** Bytes that a run has in the store: of its objects, or, before they are whole, of the parts that landed. */
export function storedBytesOf(result: JsonObject | null, view: RunView): number | null {
  const objects = objectsOf(result?.objects);
  if (objects.length > 0) return objects.reduce((sum, { sizeBytes }) => sum + Number(sizeBytes), 0);
  const sent = view.stages.find(({ key }) => key === "upload")?.doneBytes ?? 0;
  return sent > 0 ? sent : null;
}

function objectsOf(value: Json | undefined): JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is JsonObject => typeof item === "object" && item !== null && !Array.isArray(item),
  );
}
