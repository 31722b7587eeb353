import { formatBytes } from "@sampan/core";
import type { Basis, Forecast, ForecastProblem, ForecastStep } from "@sampan/sdk";
import { joined, say, translated } from "../language/speech.ts";
import type { Colours } from "../terminal/colours.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatTable } from "../terminal/table.ts";
import { textWidth, wrapText } from "../terminal/width.ts";
import { basisText, costText, forecastHead, noTime, problemText, thingText } from "./forecast-messages.ts";

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
    colours.bold(oneLine(say("forecast.title", { title: forecast.title, where: whereText(forecast) }))),
    ...(forecast.account === null ? [] : [oneLine(say("forecast.account", forecast.account))]),
    ...(forecast.lookedAt === null ? [say("forecast.offline")] : []),
    ...(forecast.run === null
      ? []
      : [say("forecast.goes-on", { runId: forecast.run.runId, state: translated(forecast.run.state) })]),
    "",
    rows.length === 0 ? say("forecast.nothing") : tableOf(rows, style),
    ...(hidden === 0 ? [] : [colours.dim(say("forecast.hidden", { steps: hidden }))]),
    ...totalLines(forecast),
    ...bases.lines().map((line) => colours.dim(line)),
  ];
  const { costs, permissions } = forecast;
  if (costs.length > 0) {
    lines.push("", say("forecast.costs"));
    for (const cost of costs) {
      const amount = cost.kind === "requests" || cost.amount === null ? null : formatBytes(cost.amount);
      lines.push(oneLine(`  ${costText(cost, amount)}`));
    }
  }
  const actions = new Set(permissions.flatMap((one) => one.actions));
  if (actions.size > 0) lines.push("", say("forecast.permissions", { actions: actions.size }));
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
        ...(one.hint === ""
          ? []
          : [oneLine(`    ${say("error.try", { try: say("error.try-word"), hint: translated(one.hint) })}`)]),
      ]),
    ];
  };
  if (problems.length === 0) return lookedAt === null ? [] : ["", colours.green(say("forecast.ready"))];
  return [
    ...told("stops", say("forecast.problems"), colours.red),
    ...told("may-stop", say("forecast.doubts"), colours.yellow),
  ];
}

function totalLines({ totals }: Forecast): readonly string[] {
  const parts = [
    ...(totals.readBytes === null ? [] : [say("forecast.reads", { bytes: formatBytes(totals.readBytes) })]),
    ...(totals.sendBytes === null ? [] : [say("forecast.sends", { bytes: formatBytes(totals.sendBytes) })]),
    ...(totals.timeMs === null ? [] : [say("forecast.takes", { time: formatDuration(totals.timeMs) })]),
  ];
  return parts.length === 0 ? [] : [say("forecast.totals", { parts: joined(parts) })];
}

type Row = readonly [step: string, deed: string, thing: string, bytes: string, time: string, note: string];

function rowsOf(step: ForecastStep, bases: FootNotes): readonly Row[] {
  const time =
    step.time === null
      ? step.done
        ? ""
        : noTime
      : `${formatDuration(step.time.value)} ${bases.mark(step.time.basis)}`;
  if (step.acts.length === 0) return [[step.stage, "", "", "", time, ""]];
  return step.acts.map((one, index) => [
    index === 0 ? step.stage : "",
    say(`forecast.deed.${one.deed}`),
    thingText(one),
    one.bytes === null ? "" : formatBytes(one.bytes.value),
    index === 0 ? time : "",
    translated(one.note),
  ]);
}

function whereText({ cloud }: Forecast): string {
  return cloud.rehearsal ? say("forecast.in-rehearsal") : say("forecast.in-cloud", { name: cloud.name });
}

/** The rows as a table with each note below its row; where that is too wide, as a list. */
function tableOf(
  rows: readonly Row[],
  { borders, columns = Number.POSITIVE_INFINITY }: ForecastStyle,
): string {
  const cells = rows.map(([step, deed, thing, bytes, time]) => [step, deed, thing, bytes, time]);
  const head = forecastHead();
  const table = formatTable(head, cells, { borders: false });
  const lines = table.split("\n");
  const fits = lines.every((line) => textWidth(line) <= columns);
  if (!fits || lines.length !== rows.length + 1) return listOf(rows);
  const [heads = "", ...body] = lines;
  // The column begins at a cell, which is no index where characters are two cells wide.
  const indent = " ".repeat(textWidth(heads.slice(0, heads.indexOf(head[2]))) + 2);
  const rule = borders ? "─".repeat(Math.max(...lines.map(textWidth))) : "";
  return [
    heads,
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
      ...(step === "" ? [] : [oneLine(time === "" || time === noTime ? step : joined([step, time]))]),
      oneLine(`  ${joined([`${deed} ${thing}`, ...(bytes === "" ? [] : [bytes])])}`),
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
