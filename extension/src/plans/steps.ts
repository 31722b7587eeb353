import type { RunView, StageView } from "../runs/run-view.ts";
import type { OutlineStep } from "./outline.ts";

/** Names of the stages that a verb becomes; a stage's key is its name, or the name, a colon and what tells it apart. */
const stagesOfVerb: Readonly<Record<string, readonly string[]>> = {
  assess: ["select", "assess"],
  prepare: ["prepare"],
  capture: ["hold", "capture"],
  toVhd: ["convert"],
  toRaw: ["convert"],
  toQcow2: ["convert"],
  upload: ["check", "upload"],
  import: ["import"],
  snapshot: ["snapshot"],
  createImage: ["create-image"],
  copyTo: ["copy"],
  shareWith: ["share"],
  launch: ["launch"],
  verify: ["verify"],
};

/** Stages that go before the others of their verb and tell nothing of it unless they fail. */
const preludes: readonly string[] = ["check"];

/** Where a step of a plan stands in a run. */
export interface StepState {
  readonly state: "waiting" | "running" | "passed" | "failed";
  /** Milliseconds of all its stages; `null` until they have ended. */
  readonly tookMs: number | null;
  readonly stages: readonly StageView[];
}

/** The name of a stage without what tells it apart from its like. */
export function stageName(key: string): string {
  return key.split(":", 1)[0] ?? key;
}

/** The index of the step that a stage belongs to; −1 for a stage that belongs to none of them. */
export function stepOfStage(steps: readonly Pick<OutlineStep, "verb" | "strings">[], key: string): number {
  const name = stageName(key);
  const fits = (step: Pick<OutlineStep, "verb">) => stagesOfVerb[step.verb]?.includes(name) ?? false;
  const apart = key.slice(name.length + 1);
  // Of several calls of `copyTo`, the one that names the region.
  const named = steps.findIndex((step) => fits(step) && apart !== "" && step.strings.includes(apart));
  return named >= 0 ? named : steps.findIndex(fits);
}

/** How each step stands. Pure; as many answers as there are steps. */
export function stepStates(
  view: RunView,
  steps: readonly Pick<OutlineStep, "verb" | "strings">[],
): readonly StepState[] {
  return steps.map((_step, index) => {
    const stages = view.stages.filter((stage) => stepOfStage(steps, stage.key) === index);
    return { state: stateOf(stages), tookMs: tookMsOf(stages), stages };
  });
}

function stateOf(stages: readonly StageView[]): StepState["state"] {
  if (stages.some((stage) => stage.state === "failed")) return "failed";
  const telling = stages.filter((stage) => !preludes.includes(stageName(stage.key)));
  if (telling.length > 0 && telling.every((stage) => stage.state === "finished")) return "passed";
  return telling.some((stage) => stage.state !== "waiting") ? "running" : "waiting";
}

function tookMsOf(stages: readonly StageView[]): number | null {
  const times = stages.map((stage) => stage.tookMs);
  return times.length === 0 || times.includes(null)
    ? null
    : times.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
}
