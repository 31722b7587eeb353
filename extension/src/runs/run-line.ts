import { formatDuration, formatPercent, formatRate } from "./numbers.ts";
import { activeStage, type RunView, stageShare } from "./run-view.ts";

/** What goes on in a run, in one line: `upload 62 % · 118 MiB/s · 4 min`. Empty when nothing does. */
export function progressLine(view: RunView): string {
  const stage = activeStage(view);
  if (stage === null || stage.state !== "running") return "";
  const share = stageShare(stage);
  const parts = [share === null ? stage.key : `${stage.key} ${formatPercent(share)}`];
  if (stage.ratePerSecond !== null && stage.ratePerSecond > 0) parts.push(formatRate(stage.ratePerSecond));
  if (stage.etaMs !== null && stage.etaMs > 0) parts.push(formatDuration(stage.etaMs));
  return parts.join(" · ");
}

/** The stage a run would go on with: the first that is not finished; `null` when all are. */
export function resumeStage(view: Pick<RunView, "stages">): string | null {
  return view.stages.find((stage) => stage.state !== "finished")?.key ?? null;
}

/** How far a whole run is, from 0 to 1: stages count alike, the ones that go on by their share. */
export function runShare(view: Pick<RunView, "stages">): number {
  if (view.stages.length === 0) return 0;
  const done = view.stages.reduce(
    (sum, stage) =>
      sum + (stage.state === "finished" ? 1 : stage.state === "running" ? (stageShare(stage) ?? 0) : 0),
    0,
  );
  return done / view.stages.length;
}
