import type { KnownRun } from "../runs/logbook.ts";
import { formatPercent } from "../runs/numbers.ts";
import { progressLine, runShare } from "../runs/run-line.ts";

/** An icon of the editor by its name, and the theme colour it has. */
export interface RunIcon {
  readonly id: string;
  readonly color: string | null;
}

const icons: Readonly<Record<KnownRun["state"], RunIcon>> = {
  running: { id: "loading~spin", color: null },
  interrupted: { id: "debug-pause", color: "editorWarning.foreground" },
  finished: { id: "pass", color: "testing.iconPassed" },
  failed: { id: "error", color: "testing.iconFailed" },
  cancelled: { id: "circle-slash", color: "testing.iconSkipped" },
  unreadable: { id: "question", color: "editorWarning.foreground" },
};

/** The icon of a run. */
export function runIcon(run: Pick<KnownRun, "state">): RunIcon {
  return icons[run.state];
}

/** Words behind the names of runs, in the editor's language. */
export type RunWords = Readonly<Record<KnownRun["state"] | "rehearsal", string>>;

/** What stands behind a run's name: how far it is, or how it ended. */
export function runDescription(run: KnownRun, words: RunWords): string {
  const parts = [run.state === "running" ? progressLine(run.view) || words.running : words[run.state]];
  if (run.view.end?.kind === "failed") parts.push(run.view.end.error.code);
  if (run.view.cloud?.rehearsal === true) parts.push(words.rehearsal);
  return parts.join(" · ");
}

/** The text of the status item: `2 running 47 %`; `null` when nothing runs. */
export function statusText(runs: readonly KnownRun[], running: (count: number) => string): string | null {
  const going = runs.filter((run) => run.state === "running");
  if (going.length === 0) return null;
  const share = going.reduce((sum, run) => sum + runShare(run.view), 0) / going.length;
  return `${running(going.length)} ${formatPercent(share)}`;
}
