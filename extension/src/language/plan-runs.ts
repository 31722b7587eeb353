import type { OutlineChain } from "../plans/outline.ts";
import { stageName, stepOfStage } from "../plans/steps.ts";
import type { KnownRun } from "../runs/logbook.ts";
import { type PlanPlace, samePlan } from "../runs/plan-place.ts";
import { resumeStage } from "../runs/run-line.ts";
import { activeStage, type StageView } from "../runs/run-view.ts";

/** What the language server is told of the newest run of a chain, by the notification `sampan/runs`. */
export interface PlanRun {
  readonly uri: string;
  readonly chainId: string;
  readonly runId: string;
  readonly status: "running" | "failed" | "cancelled" | "finished";
  readonly stopping: boolean;
  readonly stoppedAt?: string;
  readonly progress?: {
    readonly stage: string;
    readonly doneBytes: number;
    readonly totalBytes: number | null;
    readonly ratePerSecond: number | null;
    readonly etaMs: number | null;
  };
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: "blocker" | "warning" | "info";
    readonly message: string;
    readonly hint: string;
    readonly fixup: string | null;
  }[];
  readonly tookMs?: number;
  readonly stages: readonly { readonly verb: string; readonly tookMs: number; readonly bytes?: number }[];
}

// What the server reads at most.
const longest = 2000;
const mostFindings = 200;
const mostStages = 64;

/** At most as many runs of one text as it may make plans of. */
const mostLoaded = 8;

/** Of runs, newest first, those of these places whose events are not known yet: of each plan the newest that has ended. Pure. */
export function runsToLoad(runs: readonly KnownRun[], places: readonly PlanPlace[]): readonly KnownRun[] {
  return places.flatMap((place) => {
    const seen = new Set<string>();
    return runs
      .filter((run) => run.place !== null && samePlan(run.place, place))
      .filter(({ place: of }) => {
        const key = of?.id ?? "";
        return !seen.has(key) && seen.add(key);
      })
      .filter(({ state, view }) => state !== "running" && state !== "unreadable" && view.startedAtMs === null)
      .slice(0, mostLoaded);
  });
}

/** A run as the language server is told of it. Pure; `null` for one whose record cannot be read. */
export function planRunOf(
  run: KnownRun,
  chain: Pick<OutlineChain, "steps">,
  at: { readonly uri: string; readonly chainId: string },
): PlanRun | null {
  if (run.state === "unreadable") return null;
  const { view } = run;
  const verbOf = (key: string) => chain.steps[stepOfStage(chain.steps, key)]?.verb ?? stageName(key);
  const goesOn = run.state === "running";
  const active = goesOn ? activeStage(view) : null;
  const isComplete = view.end?.kind === "finished" && view.end.complete;
  const next = goesOn || isComplete ? null : resumeStage(view);
  const took = view.startedAtMs === null || view.lastAtMs === null ? null : view.lastAtMs - view.startedAtMs;
  return {
    ...at,
    runId: run.runId,
    // Nobody works on a run that was interrupted: it is resumed as one that was stopped.
    status: run.state === "interrupted" ? "cancelled" : run.state,
    stopping: run.stopping,
    ...(next === null ? {} : { stoppedAt: verbOf(next) }),
    ...(active === null ? {} : { progress: progressOf(active) }),
    findings: view.findings.slice(0, mostFindings).map(({ rule, severity, message, hint, fixup }) => ({
      rule: rule.slice(0, 200),
      severity,
      message: message.slice(0, longest),
      hint: hint.slice(0, longest),
      fixup,
    })),
    ...(run.state === "finished" && took !== null ? { tookMs: Math.max(0, took) } : {}),
    stages: verbTimes(view.stages.slice(0, mostStages), verbOf),
  };
}

/** What each step of the plan took and read: of all the stages it became, and only once they have all ended. */
function verbTimes(stages: readonly StageView[], verbOf: (key: string) => string): PlanRun["stages"] {
  const verbs = [...new Set(stages.map(({ key }) => verbOf(key)))];
  return verbs.flatMap((verb) => {
    const own = stages.filter(({ key }) => verbOf(key) === verb);
    if (own.some(({ tookMs }) => tookMs === null)) return [];
    const times = own.map(({ tookMs }) => Math.max(0, tookMs ?? 0));
    // Regions are copied to side by side; other stages of a step come one after the other.
    const sideBySide = own.every(({ key }) => key.includes(":"));
    const sized = own.filter(({ totalBytes }) => totalBytes !== null);
    return [
      {
        verb,
        tookMs: sideBySide ? Math.max(...times) : times.reduce((sum, time) => sum + time, 0),
        ...(sized.length === 0 ? {} : { bytes: sized.reduce((sum, { doneBytes }) => sum + doneBytes, 0) }),
      },
    ];
  });
}

function progressOf({
  key,
  doneBytes,
  totalBytes,
  ratePerSecond,
  etaMs,
}: StageView): NonNullable<PlanRun["progress"]> {
  return { stage: key, doneBytes, totalBytes, ratePerSecond, etaMs };
}
