import type { OutlineChain } from "../plans/outline.ts";
import { shortHost } from "../plans/short-host.ts";
import { stageName, stepOfStage } from "../plans/steps.ts";
import { formatBytes, formatDuration, formatPercent, formatRate } from "../runs/numbers.ts";
import { type RunView, type StageView, stageShare } from "../runs/run-view.ts";

/** The lanes of a pipeline, from left to right. */
export const laneIds = ["host", "disks", "format", "store", "image", "places", "instance"] as const;
export type LaneId = (typeof laneIds)[number];

/** One box of the drawing. Plain JSON. */
export interface PipelineNode {
  readonly key: string;
  readonly label: string;
  readonly state: "waiting" | "running" | "stalled" | "finished" | "failed";
  /** What it does or waits for, in one line. */
  readonly text: string;
  /** 0 to 1; `null` where that cannot be told. */
  readonly share: number | null;
  /** Rates of late, bytes a second, oldest first. */
  readonly rates: readonly number[];
  readonly retries: number;
  /** The step of the plan it belongs to; −1 for none. */
  readonly step: number;
}

export interface PipelineLane {
  readonly id: LaneId;
  /** What the lane holds, in words of the plan: a host, a bucket, disks. */
  readonly facts: readonly string[];
  readonly nodes: readonly PipelineNode[];
}

/** One bar of the timeline, in milliseconds from the start of the run. */
export interface TimelineBar {
  readonly key: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Whether the run would have been shorter had this stage been quicker. */
  readonly critical: boolean;
  readonly failed: boolean;
  readonly step: number;
}

/** Everything the drawing needs. Plain JSON. */
export interface PipelineModel {
  readonly title: string;
  readonly runId: string | null;
  readonly rehearsal: boolean | null;
  readonly state: "planned" | "running" | "stopping" | "finished" | "failed" | "cancelled" | "interrupted";
  readonly lanes: readonly PipelineLane[];
  readonly timeline: readonly TimelineBar[];
  /** What went wrong, in one line. */
  readonly problem: string;
  /** Said to those who do not see the drawing; changes at most every tenth of a stage. */
  readonly announcement: string;
}

const laneOfStage: Readonly<Record<string, LaneId>> = {
  select: "host",
  assess: "host",
  prepare: "disks",
  hold: "disks",
  capture: "disks",
  release: "disks",
  snapshot: "disks",
  convert: "format",
  check: "store",
  upload: "store",
  import: "image",
  "create-image": "image",
  copy: "places",
  share: "places",
  launch: "instance",
  verify: "instance",
};

/** What a verb will become, for the drawing of a plan that has not run. */
function plannedStages(chain: OutlineChain): readonly string[] {
  return [
    "select",
    ...chain.steps.flatMap(({ verb, strings }): string[] => {
      if (verb === "copyTo")
        return strings.length === 0 ? ["copy"] : strings.map((region) => `copy:${region}`);
      if (/^to(Vhd|Raw|Qcow2)$/.test(verb)) return ["convert"];
      if (verb === "createImage") return ["create-image"];
      return [verb === "shareWith" ? "share" : verb];
    }),
  ];
}

/** The drawing of a plan, and of its run where there is one. Pure; boxes keep their places while a run goes on. */
export function pipelineModel(
  chain: OutlineChain | null,
  run: { readonly view: RunView; readonly state: PipelineModel["state"] | "unreadable" } | null,
): PipelineModel {
  const view = run?.view ?? null;
  const steps = chain?.steps ?? [];
  const known = new Map((view?.stages ?? []).map((stage) => [stage.key, stage]));
  // What has run says best which stages there are; before that, the plan's text.
  const keys = known.size > 0 ? [...known.keys()] : chain === null ? [] : plannedStages(chain);
  const lanes = laneIds.map((id): PipelineLane => {
    const nodes = keys
      .filter((key) => (laneOfStage[stageName(key)] ?? "image") === id)
      .map((key) => nodeOf(key, known.get(key), stepOfStage(steps, key)));
    return { id, facts: factsOf(id, chain, view), nodes };
  });
  const state = run === null || run.state === "unreadable" ? "planned" : run.state;
  return {
    title: view?.title || (chain?.source ?? ""),
    runId: view === null || view.runId === "" ? null : view.runId,
    rehearsal: view?.cloud?.rehearsal ?? null,
    state,
    lanes: lanes.filter((lane) => lane.nodes.length > 0),
    timeline: state === "planned" || state === "running" || view === null ? [] : timelineOf(view, steps),
    problem: view?.end?.kind === "failed" ? `${view.end.error.code}: ${view.end.error.message}` : "",
    announcement: view === null ? "" : announcementOf(view),
  };
}

function nodeOf(key: string, stage: StageView | undefined, step: number): PipelineNode {
  if (stage === undefined) {
    return { key, label: key, state: "waiting", text: "", share: null, rates: [], retries: 0, step };
  }
  const state = stage.state === "running" && stage.stalledSinceMs !== null ? "stalled" : stage.state;
  return {
    key,
    label: key,
    state,
    text: textOf(stage),
    share: stage.state === "finished" ? 1 : stage.state === "running" ? stageShare(stage) : null,
    rates: stage.rates.map(({ bytesPerSecond }) => Math.round(bytesPerSecond)),
    retries: stage.retries,
    step,
  };
}

function textOf(stage: StageView): string {
  if (stage.state === "finished") {
    const took = stage.tookMs === null ? [] : [formatDuration(stage.tookMs)];
    return [...(stage.totalBytes === null ? [] : [formatBytes(stage.totalBytes)]), ...took].join(" · ");
  }
  if (stage.state === "failed") return stage.error?.code ?? "";
  if (stage.state === "waiting") return "";
  const share = stageShare(stage);
  const parts = [
    ...(share === null ? [] : [formatPercent(share)]),
    ...(stage.totalBytes === null
      ? []
      : [`${formatBytes(stage.doneBytes)} / ${formatBytes(stage.totalBytes)}`]),
    ...(stage.ratePerSecond === null ? [] : [formatRate(stage.ratePerSecond)]),
    ...(stage.etaMs === null || stage.etaMs <= 0 ? [] : [formatDuration(stage.etaMs)]),
    ...(stage.note === "" ? [] : [stage.note]),
  ];
  return parts.length > 0 ? parts.join(" · ") : stage.summary;
}

function factsOf(id: LaneId, chain: OutlineChain | null, view: RunView | null): readonly string[] {
  switch (id) {
    case "host":
      return [shortHost(view?.title || (chain?.source ?? ""))].filter((text) => text !== "");
    case "disks":
      return (view?.disks ?? []).map(({ name, sizeBytes }) => `${name}, ${formatBytes(sizeBytes)}`);
    case "format":
      return (chain?.steps ?? [])
        .filter(({ verb }) => /^to(Vhd|Raw|Qcow2)$/.test(verb))
        .map(({ verb }) => verb.slice(2).toUpperCase());
    case "store":
      return (chain?.steps ?? []).filter(({ verb }) => verb === "upload").flatMap(({ strings }) => strings);
    case "image":
      return (view?.resources ?? [])
        .filter(({ kind }) => kind === "image")
        .slice(0, 1)
        .map(({ id: imageId }) => imageId);
    default:
      return [];
  }
}

/**
 * The stages of a run along time. Critical are those on the way back from the stage that ended last, each time to the one that
 * ended last before it began.
 */
export function timelineOf(view: RunView, steps: OutlineChain["steps"] = []): readonly TimelineBar[] {
  const timed = view.stages.flatMap((stage) =>
    stage.startedAtMs === null || stage.endedAtMs === null
      ? []
      : [{ stage, start: stage.startedAtMs, end: Math.max(stage.startedAtMs, stage.endedAtMs) }],
  );
  const origin = Math.min(...timed.map(({ start }) => start));
  const critical = new Set<string>();
  const latest = (list: typeof timed) =>
    list.reduce<(typeof timed)[number] | undefined>(
      (best, one) => (best === undefined || one.end > best.end ? one : best),
      undefined,
    );
  for (let at = latest(timed); at !== undefined && !critical.has(at.stage.key); ) {
    const here = at;
    critical.add(here.stage.key);
    at = latest(timed.filter(({ stage, end }) => end <= here.start && !critical.has(stage.key)));
  }
  return timed.map(({ stage, start, end }) => ({
    key: stage.key,
    startMs: start - origin,
    endMs: end - origin,
    critical: critical.has(stage.key),
    failed: stage.state === "failed",
    step: stepOfStage(steps, stage.key),
  }));
}

function announcementOf(view: RunView): string {
  if (view.end !== null) return view.end.kind;
  const stage = view.stages.findLast(({ state }) => state === "running");
  if (stage === undefined) return "";
  const share = stageShare(stage);
  return share === null ? stage.key : `${stage.key} ${Math.floor(share * 10) * 10} %`;
}
