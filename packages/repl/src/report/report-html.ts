import type { RunReport } from "@sampan/sdk";
import { say, spokenLanguage } from "../language/speech.ts";
import { type ReportSection, reportSections } from "./report-sections.ts";

/** The report of a run as one HTML file, without scripts and without anything from elsewhere. Pure. */
export function reportHtml(report: RunReport): string {
  const title = say("report.title", { host: escaped(report.title) });
  return `<!doctype html>
<html lang="${spokenLanguage()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1>${title}</h1>
${reportSections(report).map(section).join("\n")}
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #8884; overflow-wrap: break-word; }
th { font-weight: 600; }
pre { overflow-x: auto; padding: .8rem; background: #8881; border-radius: 4px; }
.added { color: #1a7f37; } .removed { color: #cf222e; } .place { color: #8250df; }
@media (prefers-color-scheme: dark) { .added { color: #56d364; } .removed { color: #ff7b72; } .place { color: #bc8cff; } }
@media print { body { margin: 0; max-width: none; } pre { white-space: pre-wrap; } }
`;

function section(part: ReportSection): string {
  const title = `<h2>${escaped(part.title)}</h2>`;
  if (part.kind === "code")
    return `${title}\n<pre>${part.language === "diff" ? diff(part.text) : escaped(part.text)}</pre>`;
  if (part.kind === "facts") {
    const rows = part.rows.map(
      ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
    );
    return `${title}\n<div class="wide"><table>${rows.join("\n")}</table></div>`;
  }
  if (part.rows.length === 0) return `${title}\n<p>${escaped(part.none)}</p>`;
  const head = part.head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("");
  const rows = part.rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`);
  return `${title}\n<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

function diff(text: string): string {
  return text
    .split("\n")
    .map((line) => {
      const kind = /^(\+\+\+|---|@@)/.test(line)
        ? "place"
        : line[0] === "+"
          ? "added"
          : line[0] === "-"
            ? "removed"
            : "";
      return kind === "" ? escaped(line) : `<span class="${kind}">${escaped(line)}</span>`;
    })
    .join("\n");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
