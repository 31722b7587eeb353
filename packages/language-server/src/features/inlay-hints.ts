import { formatBytes } from "@sampan/core";
import type { InlayHint } from "vscode-languageserver-types";
import { entryOf, type PlacedValue, type TextRange } from "../analysis/placed-value.ts";
import type { ChainStep, PlanChain } from "../analysis/plan-analysis.ts";
import { imageRegion } from "./place-region.ts";
import type { Language, PlanDocument } from "./plan-document.ts";
import type { PlanRun } from "./plan-run.ts";
import { planSource } from "./plan-source.ts";
import { shortDuration, wordsOf } from "./words.ts";

/** What hints depend on besides the document. */
export interface HintContext {
  readonly language: Language;
  readonly runs: readonly PlanRun[];
  /** Region of a bucket, where it is known. */
  readonly regionOfBucket: (bucket: string) => string | undefined;
}

interface HintPart {
  readonly label: string;
  readonly tooltip: string;
}

/**
 * Hints behind the steps of a plan: the name an image gets and the object it is sent to where the plan names none, the region where the
 * bucket decides, and what the last run read and how long it took.
 *
 * @param within only hints in this part of the text
 */
export function inlayHints(
  document: PlanDocument,
  within: TextRange,
  context: HintContext,
): readonly InlayHint[] {
  const hints = document.analysis.chains.flatMap((chain) => {
    const run = context.runs.find((one) => one.uri === document.uri && one.chainId === chain.id);
    return chain.steps.flatMap((step, index) => {
      const place = step.callRange.end;
      if (place < within.start || place > within.end) return [];
      const parts = [...inferred(chain, step, index, run, context), ...lastTime(step, run, context.language)];
      if (parts.length === 0) return [];
      const label = parts.map((part) => part.label).join(" · ");
      return [{ place, label, tooltip: parts.map((part) => part.tooltip).join("\n") }];
    });
  });
  // One text may make several plans: what holds for all is said once, else the first two.
  return [...new Set(hints.map(({ place }) => place))].map((place) => {
    const here = hints.filter((hint) => hint.place === place);
    const labels = [...new Set(here.map(({ label }) => label))];
    return {
      position: document.text.positionAt(place),
      label: labels.length > 2 ? `${labels.slice(0, 2).join(", ")}, …` : labels.join(", "),
      tooltip: here[0]?.tooltip ?? "",
      paddingLeft: true,
    };
  });
}

/** What the run will fill in for the plan. */
function inferred(
  chain: PlanChain,
  step: ChainStep,
  index: number,
  run: PlanRun | undefined,
  context: HintContext,
): readonly HintPart[] {
  const words = wordsOf(context.language);
  const options = step.args.at(-1);
  const host = run?.hostName ?? planSource(chain.source)?.name;
  if (step.verb === "upload") {
    if (host === undefined || isGiven(step.args[1], "key")) return [];
    const format = formatBefore(chain, index);
    const label = `→ sampan/${host}/<run>-disk0.${format}`;
    return format === undefined ? [] : [{ label, tooltip: words.objectKeyHint }];
  }
  if (step.verb !== "import") return [];
  const region = isGiven(options, "region") ? undefined : imageRegion(chain, context.regionOfBucket);
  return [
    ...(host === undefined || isGiven(options, "name")
      ? []
      : [{ label: `→ ${host}`, tooltip: words.imageNameHint }]),
    ...(region === undefined ? [] : [{ label: region, tooltip: words.regionHint }]),
  ];
}

/** What the last run read and how long it took, by the step. */
function lastTime({ verb }: ChainStep, run: PlanRun | undefined, language: Language): readonly HintPart[] {
  const words = wordsOf(language);
  const stage = run?.stages?.find((one) => one.verb === verb);
  if (stage === undefined) return [];
  return [
    ...(stage.bytes === undefined ? [] : [{ label: formatBytes(stage.bytes), tooltip: words.sizeHint }]),
    {
      label: shortDuration(stage.tookMs, language),
      tooltip: words.lastRunTook(shortDuration(stage.tookMs, language)),
    },
  ];
}

/** Whether options give a property, or may: what is computed is not guessed. */
function isGiven(options: PlacedValue | undefined, key: string): boolean {
  if (options === undefined) return false;
  if (options.kind !== "record") return true;
  return !options.complete || entryOf(options, key) !== undefined;
}

const formats: Readonly<Record<string, string>> = { toVhd: "vhd", toRaw: "raw", toQcow2: "qcow2" };

function formatBefore(chain: PlanChain, index: number): string | undefined {
  return chain.steps
    .slice(0, index)
    .map(({ verb }) => (Object.hasOwn(formats, verb) ? formats[verb] : undefined))
    .findLast((format) => format !== undefined);
}
