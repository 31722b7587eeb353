import type { RunReport } from "@sampan/sdk";
import { say } from "../language/speech.ts";
import { type ReportSection, reportSections } from "./report-sections.ts";

/** The report of a run as Markdown, for a ticket or a repository. Pure. */
export function reportMarkdown(report: RunReport): string {
  const title = `# ${say("report.title", { host: escaped(report.title) })}`;
  return `${[title, ...reportSections(report).map(section)].join("\n\n")}\n`;
}

function section(part: ReportSection): string {
  const title = `## ${part.title}`;
  if (part.kind === "code") return `${title}\n\n${fenced(part.language, part.text)}`;
  if (part.kind === "facts") return `${title}\n\n${table(["", ""], part.rows)}`;
  return `${title}\n\n${part.rows.length === 0 ? part.none : table(part.head, part.rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** A fence longer than any run of backticks inside. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n+$/, "")}\n${fence}`;
}

/** Text in which nothing is Markdown or HTML. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#~&]/g, "\\$&");
}
