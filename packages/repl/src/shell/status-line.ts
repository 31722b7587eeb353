import { say } from "../language/speech.ts";
import { leftText } from "../render/messages.ts";
import type { RunView } from "../render/run-view.ts";
import { formatDuration, formatRate, percentDone } from "../terminal/numbers.ts";
import { fitText, textWidth } from "../terminal/width.ts";
import type { Job } from "./jobs.ts";

/** How the line is drawn. */
export interface StatusStyle {
  readonly columns: number;
  readonly unicode: boolean;
}

/** One line about the runs that go on, as full as the screen allows; `null` when there are none. Its texts are safe. Pure. */
export function statusLine(jobs: readonly Pick<Job, "number" | "view">[], style: StatusStyle): string | null {
  if (jobs.length === 0) return null;
  const between = style.unicode ? " · " : " | ";
  const choices = [
    jobs.map(
      ({ number, view }) =>
        `[${number}] ${[view.title || say("shell.a-run"), ...progressWords(view)].join(between)}`,
    ),
    jobs.map(({ number, view }) => `[${number}] ${progressWords(view).join(", ")}`),
    jobs.map(({ number, view }) => `[${number}] ${progressWords(view)[0]}`),
    jobs.map(({ number }) => `[${number}]`),
  ].map((texts) => texts.join(between));
  const fitting = choices.find((text) => textWidth(text) <= style.columns);
  return fitText(fitting ?? say("shell.runs", { runs: jobs.length }), style.columns, style.unicode);
}

/** How far a run is: its stage, with the share of it that is done, how fast it goes, how long it still takes. Pure. */
export function progressWords(view: RunView): readonly string[] {
  const stage = view.stages.find(({ state }) => state === "running");
  if (stage === undefined) return [say(view.attempt === 0 ? "shell.starting" : "stage.between")];
  const percent = percentDone(stage.doneBytes, stage.totalBytes);
  const { ratePerSecond: rate, left, stalled } = stage;
  return [
    percent === null ? stage.key : `${stage.key} ${percent} %`,
    ...(rate === null || rate <= 0 ? [] : [formatRate(rate)]),
    ...(left === null ? [] : [leftText(left.ms, left.runs)]),
    ...(stalled === null ? [] : [say("stage.stalled", { time: formatDuration(stalled.ms) })]),
  ];
}
