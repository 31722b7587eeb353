import { formatBytes } from "@sampan/core";
import type { FleetReport, HostReport, WaveReport } from "./fleet-report.ts";
import { durationText, plainLine } from "./report-words.ts";

/**
 * The report as one HTML file, without scripts and without anything from elsewhere, for screens light and dark and for paper. Pure.
 */
export function fleetReportHtml(report: FleetReport): string {
  const title = report.wave === null ? "Migration of a fleet" : `Migration of wave ${plainLine(report.wave)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${report.rehearsal ? '<p class="rehearsal">A rehearsal: a simulator answered for the cloud, nothing here is real.</p>\n' : ""}${[
  facts(report),
  wavesTable(report),
  errorsTable(report),
  hostsTable(report),
  findingsTable(report),
].join("\n")}
</main>
</body>
</html>
`;
}

// As the report of a single run looks.
const style = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; max-width: 90rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin-top: 2rem; }
table { border-collapse: collapse; }
caption { text-align: left; font-size: 1.15rem; font-weight: 600; padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #8884; overflow-wrap: break-word; }
th { font-weight: 600; }
tbody th, td.ids { white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.words { min-width: 16rem; max-width: 40rem; }
.done { color: #1a7f37; } .failed { color: #cf222e; } .warnings, .rehearsal { color: #9a6700; }
@media (prefers-color-scheme: dark) { .done { color: #56d364; } .failed { color: #ff7b72; } .warnings, .rehearsal { color: #e3b341; } }
@page { size: A4 landscape; margin: 1cm; }
@media print {
  :root { color-scheme: light; }
  body { margin: 0; max-width: none; padding: 0; font-size: 9px; }
  .wide { overflow: visible; }
  table { width: 100%; }
  th, td, tbody th, td.ids, td.number { white-space: normal; overflow-wrap: anywhere; padding-right: .5rem; }
  td.words { min-width: 0; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
`;

/** A cell: its text, which is escaped here, and how it is set. */
type Cell = string | { readonly text: string; readonly kind: string };

interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of each names its row. */
  readonly rows: readonly (readonly Cell[])[];
  /** What is said in its place when there is no row. */
  readonly none: string;
}

function tableHtml({ caption, head, rows, none }: Table): string {
  const heads = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join("");
  const body = rows.map(([name = "", ...cells]) => {
    const text = typeof name === "string" ? name : name.text;
    return `<tr><th scope="row">${lines(text)}</th>${cells.map(cellHtml).join("")}</tr>`;
  });
  const empty = `<tr><td colspan="${head.length}">${escaped(none)}</td></tr>`;
  return `<div class="wide" role="region" aria-label="${escaped(caption)}" tabindex="0"><table>
<caption>${escaped(caption)}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${body.length === 0 ? empty : body.join("\n")}
</tbody>
</table></div>`;
}

function cellHtml(cell: Cell): string {
  return typeof cell === "string"
    ? `<td>${lines(cell)}</td>`
    : `<td class="${escaped(cell.kind)}">${lines(cell.text)}</td>`;
}

function facts(report: FleetReport): string {
  const rows: [string, string][] = [
    ["begun", timeText(report.startedAt)],
    ["ended", report.endedAt === null ? "it goes on" : timeText(report.endedAt)],
    ["took", tookBetween(report)],
    ["hosts", String(report.counts.hosts)],
    ["outcomes", countsText(report.counts)],
    ["sent", formatBytes(report.sentBytes)],
  ];
  const body = rows.map(
    ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return `<div class="wide" role="region" aria-label="Overview" tabindex="0"><table>\n<caption>Overview</caption>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table></div>`;
}

function tookBetween({ startedAt, endedAt }: Pick<WaveReport, "startedAt" | "endedAt">): string {
  if (startedAt === null || endedAt === null) return "–";
  return durationText(Date.parse(endedAt) - Date.parse(startedAt));
}

const counted = ["done", "warnings", "failed", "cancelled", "skipped", "running", "waiting"] as const;

function countsText(counts: Readonly<Record<(typeof counted)[number], number>>): string {
  const words = counted.flatMap((name) =>
    counts[name] > 0 ? [`${counts[name]} ${outcomeWords[name]}`] : [],
  );
  return words.length === 0 ? "–" : words.join(", ");
}

const outcomeWords = {
  done: "done",
  warnings: "done with warnings",
  failed: "failed",
  cancelled: "cancelled",
  skipped: "skipped",
  running: "running",
  waiting: "waiting",
} as const;

function wavesTable({ waves }: FleetReport): string {
  return tableHtml({
    caption: "Waves",
    head: ["wave", "state", "hosts", "outcomes", "sent", "begun", "took"],
    rows: waves.map((wave) => [
      wave.wave,
      wave.stopped === null ? wave.state : { text: `stopped: ${wave.stopped}`, kind: "failed words" },
      number(String(wave.hosts)),
      countsText(wave),
      number(formatBytes(wave.sentBytes)),
      ids(timeText(wave.startedAt)),
      number(tookBetween(wave)),
    ]),
    none: "None was begun.",
  });
}

function errorsTable({ hosts }: FleetReport): string {
  return tableHtml({
    caption: "Errors",
    head: ["host", "code", "what happened", "what to do"],
    rows: hosts.flatMap(({ host, error }) =>
      error === null ? [] : [[host, error.code, words(error.message), words(error.hint)]],
    ),
    none: "None.",
  });
}

function hostsTable({ hosts }: FleetReport): string {
  return tableHtml({
    caption: "Hosts",
    head: [
      "host",
      "wave",
      "site",
      "outcome",
      "images by region",
      "sent",
      "of",
      "begun",
      "took",
      "tried again",
      "findings",
      "run",
    ],
    rows: hosts.map((host) => [
      host.host,
      host.wave,
      host.site,
      { text: outcomeText(host), kind: host.outcome },
      ids(host.images.map(({ region, imageId }) => `${region}: ${imageId}`).join("\n") || "–"),
      number(formatBytes(host.sentBytes)),
      number(host.totalBytes === null ? "–" : formatBytes(host.totalBytes)),
      ids(timeText(host.startedAt)),
      number(host.tookMs === null ? "–" : durationText(host.tookMs)),
      number(host.retries === 0 ? "–" : String(host.retries)),
      findingCounts(host),
      ids(host.runId ?? "–"),
    ]),
    none: "None.",
  });
}

function outcomeText({ outcome, because, error }: HostReport): string {
  const word = outcomeWords[outcome];
  if (error !== null) return `${word}: ${error.code}`;
  return because === null ? word : `${word}: ${because}`;
}

const severities = ["blocker", "warning", "info"] as const;

function findingCounts({ findings }: HostReport): string {
  const counts = severities.flatMap((severity) => {
    const count = findings.filter(
      (finding) => finding.severity === severity && finding.accepted === null,
    ).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  return counts.length === 0 ? "–" : counts.join(", ");
}

/** Findings by what was found, each with the hosts it was found on: many hosts have the same. */
function findingsTable({ hosts }: FleetReport): string {
  const groups = new Map<
    string,
    { readonly row: readonly string[]; readonly hosts: string[]; rank: number }
  >();
  for (const { host, findings } of hosts) {
    for (const { rule, severity, message, hint, accepted } of findings) {
      const row = [rule, severity, message, hint, accepted ?? ""];
      const key = JSON.stringify(row);
      const group = groups.get(key) ?? { row, hosts: [], rank: severities.indexOf(severity) };
      group.hosts.push(host);
      groups.set(key, group);
    }
  }
  const sorted = [...groups.values()].sort((a, b) => a.rank - b.rank || b.hosts.length - a.hosts.length);
  return tableHtml({
    caption: "Findings",
    head: ["rule", "severity", "what was found", "what to do", "accepted because", "hosts"],
    rows: sorted.map(
      ({ row: [rule = "", severity = "", message = "", hint = "", accepted = ""], hosts: on }) => [
        rule,
        severity,
        words(message),
        words(hint || "–"),
        words(accepted || "–"),
        words(`${on.length}: ${on.join(", ")}`),
      ],
    ),
    none: "None.",
  });
}

/** `2026-11-23 12:00:00 UTC`. */
function timeText(iso: string | null): string {
  if (iso === null) return "–";
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? iso : `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** What is copied, and breaks at no hyphen. */
function ids(text: string): Cell {
  return { text, kind: "ids" };
}

function number(text: string): Cell {
  return { text, kind: "number" };
}

function words(text: string): Cell {
  return { text, kind: "words" };
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return plainLine(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Lines stay below each other. */
function lines(text: string): string {
  return text.split("\n").map(escaped).join("<br>");
}
