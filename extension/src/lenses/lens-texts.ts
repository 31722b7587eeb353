import type { KnownRun } from "../runs/logbook.ts";
import { progressLine, resumeStage } from "../runs/run-line.ts";

/** A button above a chain. */
export interface LensText {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

/** Words the buttons are made of; translated where the editor is. */
export interface LensWords {
  readonly run: string;
  readonly plan: string;
  readonly assess: string;
  readonly pipeline: string;
  readonly stop: string;
  readonly stopping: string;
  resume(stage: string): string;
}

/** The buttons above a chain, as its newest run has it. Pure. */
export function chainLenses(
  uri: string,
  chain: number,
  run: KnownRun | undefined,
  words: LensWords,
): readonly LensText[] {
  const at = [uri, chain];
  const pipeline = {
    title: `$(type-hierarchy) ${words.pipeline}`,
    command: "sampan.pipeline",
    arguments: at,
  };
  if (run?.state === "running") {
    const line = progressLine(run.view);
    const text = run.stopping ? words.stopping : words.stop;
    const stop = {
      title: `$(stop-circle) ${line === "" ? text : `${text}  ${line}`}`,
      command: run.stopping ? "" : "sampan.stop",
      arguments: [run.runId],
    };
    return [stop, pipeline];
  }
  const begin: LensText[] = [
    { title: `$(play) ${words.run}`, command: "sampan.run", arguments: at },
    { title: `$(eye) ${words.plan}`, command: "sampan.plan", arguments: at },
    { title: `$(beaker) ${words.assess}`, command: "sampan.assess", arguments: at },
    pipeline,
  ];
  if (run === undefined || run.state === "unreadable") return begin;
  if (run.state === "finished") {
    return run.view.end?.kind === "finished" && !run.view.end.complete
      ? [resumeOf(run, words), ...begin]
      : begin;
  }
  return [resumeOf(run, words), ...begin];
}

function resumeOf(run: KnownRun, words: LensWords): LensText {
  return {
    title: `$(history) ${words.resume(resumeStage(run.view) ?? "")}`,
    command: "sampan.resume",
    arguments: [run.runId],
  };
}
