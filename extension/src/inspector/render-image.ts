import { type Fields, fieldsOf, listOf, textOf } from "../fields.ts";
import { escapeHtml } from "../pipeline/render.ts";
import { formatBytes } from "../runs/numbers.ts";

/** Words of the page. */
export interface ImageWords {
  readonly facts: string;
  readonly partitions: string;
  readonly guest: string;
  readonly columns: readonly [number: string, start: string, size: string, type: string, fileSystem: string];
  readonly format: string;
  readonly virtualSize: string;
  readonly fileSize: string;
  readonly data: string;
  readonly used: string;
  readonly patch: string;
  readonly guestFacts: Readonly<Record<(typeof guestKeys)[number], string>>;
  readonly findings: string;
  readonly judging: string;
  readonly noFindings: string;
  readonly findingColumns: readonly [severity: string, rule: string, found: string];
  /** By what `sampan assess` calls them; one that is not here is shown as it is. */
  readonly severities: Readonly<Record<string, string>>;
  /** What says that a fix-up mends it. */
  readonly mendedBy: (fixup: string) => string;
}

/** What is known of how the image is judged: nothing yet, what `sampan assess --json` told, or why it told nothing. */
export type Judgement =
  | { readonly state: "judging" }
  | { readonly state: "judged"; readonly report: Fields }
  | { readonly state: "failed"; readonly message: string };

/** What is told of a guest, in this order. */
const guestKeys = ["name", "version", "architecture", "bootMode", "hostname"] as const;

/**
 * What `sampan inspect --json` tells of an image, as HTML, with a part for how it is judged. Pure; fields that are not there are left out.
 */
export function renderImage(name: string, report: Fields, words: ImageWords): string {
  const facts: (readonly [string, string])[] = [
    [words.format, [textOf(report.format), textOf(report.variant)].filter(Boolean).join(" ")],
    [words.virtualSize, bytes(report.virtualSizeBytes)],
    [words.fileSize, bytes(report.fileSizeBytes)],
    [words.data, bytes(fieldsOf(report.extents).dataBytes)],
    [words.used, bytes(fieldsOf(report.use).usedBytes)],
  ];
  const guest = fieldsOf(report.guest);
  const guestFacts = guestKeys.flatMap((key): (readonly [string, string])[] =>
    textOf(guest[key]) === "" ? [] : [[words.guestFacts[key], textOf(guest[key])]],
  );
  return (
    `<main><h1>${escapeHtml(name)}</h1>` +
    `<p class="actions"><button type="button" class="action" data-action="patch">${escapeHtml(words.patch)}</button></p>` +
    table(
      words.facts,
      facts.filter(([, value]) => value !== ""),
    ) +
    renderMap(report) +
    renderPartitions(report, words) +
    (guestFacts.length === 0 ? "" : table(words.guest, guestFacts)) +
    `<section id="findings" aria-live="polite">${renderJudgement({ state: "judging" }, words)}</section>` +
    "</main>"
  );
}

function table(title: string, rows: readonly (readonly [string, string])[]): string {
  const body = rows
    .map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
    .join("");
  return `<h2>${escapeHtml(title)}</h2><table class="facts-table"><tbody>${body}</tbody></table>`;
}

/** The disk as one bar, its partitions where they lie. */
function renderMap(report: Fields): string {
  const size = number(report.virtualSizeBytes);
  const places = partitionsOf(report).flatMap((partition) => {
    const range = fieldsOf(partition.range);
    const offset = number(range.offset);
    const length = number(range.length);
    return size === null || size <= 0 || offset === null || length === null ? [] : [{ offset, length, size }];
  });
  if (places.length === 0) return "";
  const boxes = places
    .map(({ offset, length, size: whole }) => {
      const x = (offset / whole) * 1000;
      return `<rect x="${x.toFixed(1)}" y="0" width="${Math.max(1, (length / whole) * 1000).toFixed(1)}" height="20"/>`;
    })
    .join("");
  return `<svg class="map" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">${boxes}</svg>`;
}

function renderPartitions(report: Fields, words: ImageWords): string {
  const partitions = partitionsOf(report);
  if (partitions.length === 0) return "";
  const volumes = listOf(fieldsOf(report.layout).volumes);
  const rows = partitions.map((partition) => {
    const volume = volumes.find((one) => number(fieldsOf(one.partition).number) === number(partition.number));
    const fileSystem = fieldsOf(volume?.fileSystem);
    const cells = [
      String(number(partition.number) ?? ""),
      bytes(fieldsOf(partition.range).offset),
      bytes(fieldsOf(partition.range).length),
      textOf(partition.typeName),
      [textOf(fileSystem.kind), textOf(fileSystem.label)].filter(Boolean).join(" "),
    ];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`;
  });
  const head = words.columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
  return `<h2>${escapeHtml(words.partitions)}</h2><table class="rows"><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** How an image is judged, as HTML for that part of the page. Pure. */
export function renderJudgement(judgement: Judgement, words: ImageWords): string {
  const title = `<h2>${escapeHtml(words.findings)}</h2>`;
  if (judgement.state === "judging") return `${title}<p>${escapeHtml(words.judging)}</p>`;
  if (judgement.state === "failed") return `${title}<p class="problem">${escapeHtml(judgement.message)}</p>`;
  const findings = listOf(judgement.report.findings);
  if (findings.length === 0) return `${title}<p class="judged">${escapeHtml(words.noFindings)}</p>`;
  const rows = findings.map((finding) => {
    const severity = textOf(finding.severity);
    const fixup = textOf(finding.fixup);
    const advice = fixup === "" ? textOf(finding.hint) : words.mendedBy(fixup);
    return (
      `<tr><td>${escapeHtml(words.severities[severity] ?? severity)}</td><td>${escapeHtml(textOf(finding.rule))}</td>` +
      `<td>${escapeHtml(textOf(finding.message))}<br><span class="advice">${escapeHtml(advice)}</span></td></tr>`
    );
  });
  const head = words.findingColumns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
  return `${title}<table class="rows judged"><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function partitionsOf(report: Fields): readonly Fields[] {
  return listOf(fieldsOf(fieldsOf(report.layout).table).partitions);
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function bytes(value: unknown): string {
  const known = number(value);
  return known === null ? "" : formatBytes(known);
}
