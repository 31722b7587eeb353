import type { CodeLens, Command } from "vscode-languageserver-types";
import type { PlanChain } from "../analysis/plan-analysis.ts";
import { beginsLine, isRunnable, type Language, type PlanDocument } from "./plan-document.ts";
import type { PlanRun } from "./plan-run.ts";
import { hostTitle } from "./plan-source.ts";
import { percent, shortDuration, shortRate, wordsOf } from "./words.ts";

/** What lenses depend on besides the document. */
export interface LensContext {
  /** The newest run of each chain, of this file and others. */
  readonly runs: readonly PlanRun[];
  readonly language: Language;
  /** Whether titles may hold VS Code's icons, such as `$(play)`. */
  readonly icons: boolean;
  /** Whether steps have a lens of their own. */
  readonly steps: boolean;
}

/**
 * Lenses of a plan file. Over each chain `Run`, `Plan`, `Assess`, `Pipeline`; while it runs `Stop` with how far it is in the place of
 * `Run`; when it can be resumed, that first. Over steps `Run to here`.
 *
 * The commands are the client's: `sampan.run`, `sampan.plan`, `sampan.assess`, `sampan.pipeline` with `[uri, chainId]`,
 * `sampan.stop` and `sampan.resume` with `[uri, chainId, runId]`, `sampan.runTo` with `[uri, chainId, index of the verb]`.
 */
export function codeLenses(document: PlanDocument, context: LensContext): readonly CodeLens[] {
  const { chains } = document.analysis;
  return chains.flatMap((chain) => {
    const run = context.runs.find((one) => one.uri === document.uri && one.chainId === chain.id);
    const start = chain.range.start;
    const range = document.text.rangeOf({ start, end: start + "Migration".length });
    // One text that makes a plan for each of several hosts: the lenses say which, and the steps belong to none of them.
    const siblings = chains.filter((other) => other.range.start === start);
    const place = siblings.indexOf(chain);
    if (siblings.length > 1) {
      if (place >= mostSiblings) return [];
      const commands = chainCommands(document, chain, run, context).map((command) =>
        command.command === "" ? command : { ...command, title: `${command.title} ${hostTitle(chain)}` },
      );
      return commands.slice(0, place === 0 ? undefined : 1).map((command) => ({ range, command }));
    }
    const steps = context.steps && run?.status !== "running" ? stepLenses(document, chain, context) : [];
    return [...chainCommands(document, chain, run, context).map((command) => ({ range, command })), ...steps];
  });
}

/** Of more plans than these made by one text, the others are found in the views. */
const mostSiblings = 5;

function chainCommands(
  { uri }: PlanDocument,
  chain: PlanChain,
  run: PlanRun | undefined,
  { language, icons }: LensContext,
): readonly Command[] {
  const words = wordsOf(language);
  const titled = (icon: string, title: string) => (icons ? `$(${icon}) ${title}` : title);
  const command = (
    name: string,
    icon: string,
    title: string,
    tooltip?: string,
    ...rest: unknown[]
  ): Command => ({
    title: titled(icon, title),
    command: `sampan.${name}`,
    arguments: [uri, chain.id, ...rest],
    ...(tooltip === undefined ? {} : { tooltip }),
  });
  // No command: what stands there only says something.
  const note = (title: string): Command => ({ title, command: "" });
  const shown = command("pipeline", "type-hierarchy", words.pipeline, words.pipelineTooltip);
  if (!isRunnable(chain)) return [note(words.notExported), shown];
  if (run?.status === "running") {
    const stop = run.stopping
      ? note(titled("loading~spin", words.stopping))
      : command("stop", "debug-stop", runningTitle(run, language), run.progress?.stage, run.runId);
    return [stop, shown];
  }
  const resume =
    run?.stoppedAt === undefined
      ? []
      : [command("resume", "history", resumeTitle(run, run.stoppedAt, language), undefined, run.runId)];
  return [
    ...resume,
    command("run", "play", words.run, words.runTooltip),
    command("plan", "eye", words.plan, words.planTooltip),
    command("assess", "beaker", words.assess, words.assessTooltip),
    shown,
    ...(chain.source.kind === "computed" ? [note(words.computedHost)] : []),
  ];
}

/** `Stop 62 % · 118 MiB/s · 4 min`: how far the stage that goes on is, as far as that is known. */
function runningTitle({ progress }: PlanRun, language: Language): string {
  const { stop } = wordsOf(language);
  if (progress === undefined) return stop;
  const done = percent(progress.doneBytes, progress.totalBytes);
  const facts = [
    ...(done === undefined ? [progress.stage] : [`${done} %`]),
    ...(progress.ratePerSecond ? [shortRate(progress.ratePerSecond)] : []),
    ...(typeof progress.etaMs === "number" ? [shortDuration(progress.etaMs, language)] : []),
  ];
  return `${stop} ${facts.join(" · ")}`;
}

/** `Resume from upload (41/120)`. */
function resumeTitle({ parts }: PlanRun, stoppedAt: string, language: Language): string {
  const title = wordsOf(language).resumeFrom(stoppedAt);
  return parts === undefined ? title : `${title} (${parts.done}/${parts.total})`;
}

/** Over each step that begins a line, but the last: running to there is running all of it. */
function stepLenses(document: PlanDocument, chain: PlanChain, context: LensContext): readonly CodeLens[] {
  if (!isRunnable(chain)) return [];
  const { runToHere } = wordsOf(context.language);
  return chain.steps.slice(0, -1).flatMap(({ callRange, nameRange }, index) => {
    if (!beginsLine(document, callRange.start)) return [];
    const title = context.icons ? `$(run-above) ${runToHere}` : runToHere;
    const command = { title, command: "sampan.runTo", arguments: [document.uri, chain.id, index] };
    return [{ range: document.text.rangeOf(nameRange), command }];
  });
}
