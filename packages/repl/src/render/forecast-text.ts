import { formatBytes } from "@sampan/core";
import type { Basis, Forecast, ForecastAct, ForecastProblem, ForecastStep } from "@sampan/sdk";
import type { Colours } from "../terminal/colours.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatTable } from "../terminal/table.ts";
import { textWidth, wrapText } from "../terminal/width.ts";
import {
  basisText,
  costText,
  deedWords,
  forecastHead,
  problemText,
  forecastWords as words,
} from "./forecast-messages.ts";

/** How a forecast is printed. */
export interface ForecastStyle {
  /** Whether steps that are done already are shown too. */
  readonly all: boolean;
  readonly borders: boolean;
  /** Cells of a line; no limit when absent. */
  readonly columns?: number | undefined;
  readonly colours: Colours;
}

/** What a plan would do, for people: a table of steps, then what is billed, needed and in the way. Pure. */
export function forecastText(forecast: Forecast, style: ForecastStyle): string {
  const { colours } = style;
  const bases = new FootNotes();
  const shown = forecast.steps.filter(({ done }) => style.all || !done);
  const hidden = forecast.steps.length - shown.length;
  const rows = shown.flatMap((step) => rowsOf(step, bases));
  const lines = [
    colours.bold(oneLine(`${words.forecastOf(forecast.title)}, ${words.inCloud(forecast.cloud)}`)),
    ...(forecast.account === null
      ? []
      : [oneLine(words.account(forecast.account.accountId, forecast.account.arn))]),
    ...(forecast.lookedAt === null ? [words.offline] : []),
    ...(forecast.run === null ? [] : [words.goesOn(forecast.run.runId, forecast.run.state)]),
    "",
    rows.length === 0 ? words.nothing : tableOf(rows, style),
    ...(hidden === 0 ? [] : [colours.dim(words.hidden(hidden))]),
    ...totalLines(forecast),
    ...bases.lines().map((line) => colours.dim(line)),
  ];
  const { costs, permissions } = forecast;
  if (costs.length > 0) {
    lines.push("", words.costs);
    for (const cost of costs) {
      const amount = cost.kind === "requests" || cost.amount === null ? null : formatBytes(cost.amount);
      lines.push(oneLine(`  ${costText(cost, amount)}`));
    }
  }
  const actions = new Set(permissions.flatMap((one) => one.actions));
  if (actions.size > 0) lines.push("", words.permissions(actions.size));
  lines.push(...problemLines(forecast, colours));
  return lines.join("\n");
}

function problemLines({ problems, lookedAt }: Forecast, colours: Colours): readonly string[] {
  const told = (severity: ForecastProblem["severity"], title: string, paint: (text: string) => string) => {
    const found = problems.filter((one) => one.severity === severity);
    if (found.length === 0) return [];
    return [
      "",
      paint(title),
      ...found.flatMap((one) => [
        oneLine(`  ${problemText(one)}`),
        ...(one.hint === "" ? [] : [oneLine(`    try: ${one.hint}`)]),
      ]),
    ];
  };
  if (problems.length === 0) return lookedAt === null ? [] : ["", colours.green(words.ready)];
  return [...told("stops", words.problems, colours.red), ...told("may-stop", words.doubts, colours.yellow)];
}

function totalLines({ totals }: Forecast): readonly string[] {
  const parts = [
    ...(totals.readBytes === null ? [] : [words.reads(formatBytes(totals.readBytes))]),
    ...(totals.sendBytes === null ? [] : [words.sends(formatBytes(totals.sendBytes))]),
    ...(totals.timeMs === null ? [] : [words.takes(formatDuration(totals.timeMs))]),
  ];
  return parts.length === 0 ? [] : [`${words.totals}: ${parts.join(", ")}`];
}

type Row = readonly [step: string, deed: string, thing: string, bytes: string, time: string, note: string];

function rowsOf(step: ForecastStep, bases: FootNotes): readonly Row[] {
  const time =
    step.time === null
      ? step.done
        ? ""
        : words.done
      : `${formatDuration(step.time.value)} ${bases.mark(step.time.basis)}`;
  if (step.acts.length === 0) return [[step.stage, "", "", "", time, ""]];
  return step.acts.map((one, index) => [
    index === 0 ? step.stage : "",
    deedWords[one.deed],
    thingText(one),
    one.bytes === null ? "" : formatBytes(one.bytes.value),
    index === 0 ? time : "",
    one.note,
  ]);
}

function thingText({ kind, name, region }: ForecastAct): string {
  return `${kind} ${name}${region === null ? "" : ` in ${region}`}`;
}

/** The rows as a table with each note below its row; where that is too wide, as a list. */
function tableOf(
  rows: readonly Row[],
  { borders, columns = Number.POSITIVE_INFINITY }: ForecastStyle,
): string {
  const cells = rows.map(([step, deed, thing, bytes, time]) => [step, deed, thing, bytes, time]);
  const table = formatTable(forecastHead, cells, { borders: false });
  const lines = table.split("\n");
  const fits = lines.every((line) => textWidth(line) <= columns);
  if (!fits || lines.length !== rows.length + 1) return listOf(rows);
  const indent = " ".repeat((lines[0] ?? "").indexOf(forecastHead[2]) + 2);
  const [head = "", ...body] = lines;
  const rule = borders ? "─".repeat(Math.max(...lines.map(textWidth))) : "";
  return [
    head,
    ...(rule === "" ? [] : [rule]),
    ...body.flatMap((line, index) => {
      const note = oneLine(rows[index]?.[5] ?? "");
      if (note === "") return [line];
      const noted = wrapText(note, columns - indent.length).split("\n");
      return [line, ...noted.map((one) => `${indent}${one}`)];
    }),
  ].join("\n");
}

function listOf(rows: readonly Row[]): string {
  return rows
    .flatMap(([step, deed, thing, bytes, time, note]) => [
      ...(step === "" ? [] : [oneLine(time === "" || time === words.done ? step : `${step}, ${time}`)]),
      oneLine(`  ${deed} ${thing}${bytes === "" ? "" : `, ${bytes}`}`),
      ...(note === "" ? [] : [oneLine(`    ${note}`)]),
    ])
    .join("\n");
}

/** Numbers what estimates rest on, each once. */
class FootNotes {
  readonly #texts: string[] = [];

  mark(basis: Basis): string {
    const text = basisText(basis);
    const known = this.#texts.indexOf(text);
    return `[${known < 0 ? this.#texts.push(text) : known + 1}]`;
  }

  lines(): readonly string[] {
    return this.#texts.map((text, index) => `[${index + 1}] ${text}`);
  }
}
