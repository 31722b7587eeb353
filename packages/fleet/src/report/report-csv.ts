import type { FleetReport, HostReport } from "./fleet-report.ts";
import { plainLine } from "./report-words.ts";

type Column = readonly [name: string, value: (host: HostReport) => string | number | null];

/** A row a host. Units stand in the names; new columns come at the end. */
const columns: readonly Column[] = [
  ["host", ({ host }) => host],
  ["wave", ({ wave }) => wave],
  ["site", ({ site }) => site],
  ["outcome", ({ outcome }) => outcome],
  ["images", ({ images }) => images.map(({ region, imageId }) => `${region}=${imageId}`).join(" ")],
  ["total_bytes", ({ totalBytes }) => totalBytes],
  ["sent_bytes", ({ sentBytes }) => sentBytes],
  ["started_at", ({ startedAt }) => startedAt],
  ["ended_at", ({ endedAt }) => endedAt],
  ["took_seconds", ({ tookMs }) => (tookMs === null ? null : Math.round(tookMs / 1000))],
  ["retries", ({ retries }) => retries],
  ["blockers", (host) => countOf(host, "blocker")],
  ["warnings", (host) => countOf(host, "warning")],
  ["rules", ({ findings }) => [...new Set(findings.map(({ rule }) => rule))].join(" ")],
  ["error_code", ({ error }) => error?.code ?? null],
  ["error", ({ error }) => error?.message ?? null],
  ["hint", ({ error }) => error?.hint ?? null],
  ["skipped_because", ({ because }) => because],
  ["run", ({ runId }) => runId],
  ["rehearsal", ({ rehearsal }) => (rehearsal ? "yes" : "no")],
];

/**
 * The hosts of a report as CSV (RFC 4180: commas, CRLF, quotes doubled), a row each below the names of the columns. Pure.
 *
 * A text that a spreadsheet would take for a formula has an apostrophe before it, which spreadsheets hide.
 */
export function fleetReportCsv(report: FleetReport): string {
  const rows = [
    columns.map(([name]) => name),
    ...report.hosts.map((host) => columns.map(([, of]) => of(host))),
  ];
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function countOf({ findings }: HostReport, severity: "blocker" | "warning"): number {
  return findings.filter((finding) => finding.severity === severity && finding.accepted === null).length;
}

// The full-width forms too, which spreadsheets of some languages take for the same.
const formula = /^\s*[=+\-@＝＋－＠]/;

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  // Before tabs and line breaks become spaces, behind which a formula would begin as well.
  const text = plainLine(value);
  const safe = formula.test(text) ? `'${text}` : text;
  return safe !== text || /[",\s]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
