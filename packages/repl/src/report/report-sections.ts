import { type Finding, formatBytes } from "@sampan/core";
import type { RunReport, StageReport } from "@sampan/sdk";
import { say, translated } from "../language/speech.ts";
import { formatDuration, formatRate } from "../terminal/numbers.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";

/** One part of a report, in whatever it is written. Texts are safe to show; they are not escaped for any language. */
export type ReportSection =
  | { readonly kind: "facts"; readonly title: string; readonly rows: readonly (readonly [string, string])[] }
  | {
      readonly kind: "table";
      readonly title: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** What to say when there is no row. */
      readonly none: string;
    }
  | { readonly kind: "code"; readonly title: string; readonly language: string; readonly text: string };

/**
 * The parts of a run's report, in the order a reader asks: what, how it ended, what was taken on, what it did, what is there; in the
 * language of this process.
 */
export function reportSections(report: RunReport): readonly ReportSection[] {
  return sectionsOf(report).map((part) => {
    const title = translated(part.title);
    if (part.kind === "code") return { ...part, title };
    if (part.kind === "facts") {
      return { ...part, title, rows: part.rows.map(([name, value]) => [translated(name), value] as const) };
    }
    return { ...part, title, head: part.head.map(translated), none: translated(part.none) };
  });
}

function sectionsOf(report: RunReport): readonly ReportSection[] {
  const accepted = report.findings.filter((finding) => finding.accepted !== null);
  const sections: ReportSection[] = [
    { kind: "facts", title: "Run", rows: runFacts(report) },
    { kind: "code", title: "Plan", language: "text", text: report.plan.steps.map(oneLine).join("\n") },
    {
      kind: "table",
      title: "Accepted risks",
      head: ["rule", "what was found", "reason"],
      rows: accepted.map((one) => [one.rule, oneLine(translated(one.message)), oneLine(one.accepted ?? "")]),
      none: "None.",
    },
    {
      kind: "table",
      title: "Findings",
      head: ["severity", "rule", "what was found", "where", "source"],
      rows: [...report.findings].sort(bySeverity).map(findingRow),
      none: "None.",
    },
    {
      kind: "table",
      title: "Stages",
      head: ["stage", "state", "took", "data", "rate", "begun", "tried again", "stood still"],
      rows: report.stages.map(stageRow),
      none: "None was begun.",
    },
    {
      kind: "table",
      title: "Digests",
      head: ["of", "kind", "value"],
      rows: report.digests.map((one) => [oneLine(one.of), one.kind, oneLine(one.value)]),
      none: "None: no disk was read to its end.",
    },
    {
      kind: "table",
      title: "What the run made",
      head: ["kind", "id", "name", "region", "account", "costs money"],
      rows: report.resources.map((one) => [
        translated(one.kind),
        oneLine(one.id),
        oneLine(one.name ?? "–"),
        one.region ?? "–",
        one.profile ?? translated("the run's own"),
        translated(one.billed ? "yes" : "no"),
      ]),
      none: "Nothing that is still there.",
    },
  ];
  if (report.patch !== null && report.patch.diff !== "") {
    sections.push({
      kind: "code",
      title: "Changes to the guest",
      language: "diff",
      text: plainText(report.patch.diff),
    });
  }
  return sections;
}

const order = ["blocker", "warning", "info"];

function bySeverity(a: Finding, b: Finding): number {
  return order.indexOf(a.severity) - order.indexOf(b.severity);
}

function runFacts(report: RunReport): [string, string][] {
  const { cloud, error } = report;
  const rows: [string, string][] = [
    ["host", oneLine(report.title)],
    ["run", report.runId],
    ["state", translated(report.state)],
    [
      "cloud",
      cloud === null
        ? "–"
        : cloud.rehearsal
          ? translated("simulator: a rehearsal, nothing is real")
          : cloud.name,
    ],
    ["begun", report.startedAt ?? "–"],
    ["last record", report.updatedAt ?? "–"],
    ["starts", String(report.starts)],
    ["plan", report.plan.fingerprint],
  ];
  if (error !== null)
    rows.push([
      "ended by",
      oneLine(`${error.code}: ${translated(error.message)}. ${translated(error.hint)}`),
    ]);
  return rows;
}

function findingRow(finding: Finding): string[] {
  const where = finding.evidence.map((one) =>
    one.kind === "file"
      ? `${one.path}${one.line === null ? "" : `:${one.line}`}`
      : one.kind === "disk"
        ? `byte ${one.offset}`
        : `${one.name}: ${one.text}`,
  );
  return [
    severityText(finding),
    finding.rule,
    oneLine(translated(finding.message)),
    oneLine(where.join("; ")) || "–",
    oneLine(`${finding.source.title}, ${finding.source.date}`),
  ];
}

function severityText({ severity, accepted }: Finding): string {
  const word = say(`finding.${severity}`);
  return accepted === null ? word : say("report.accepted", { severity: word });
}

function timesText(times: number): string {
  return times === 0 ? "–" : times === 1 ? say("report.once") : say("report.times", { times });
}

function stageRow(stage: StageReport): string[] {
  return [
    stage.stage,
    translated(stage.state),
    stage.attempts === 0 ? "–" : formatDuration(stage.workedMs),
    stage.bytes === null ? "–" : formatBytes(stage.bytes),
    stage.bytesPerSecond === null ? "–" : formatRate(stage.bytesPerSecond),
    timesText(stage.attempts),
    stage.retries.map(({ code, count }) => `${code} × ${count}`).join(", ") || "–",
    timesText(stage.stalls),
  ];
}
