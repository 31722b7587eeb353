import { MiB } from "@sampan/core";
import { stepOf } from "../plan/plan.ts";
import type { CostItem, ForecastAct, ForecastStep } from "./forecast.ts";
import type { Situation } from "./forecast-plan.ts";
import { costWords } from "./forecast-words.ts";

const usualPartBytes = 8 * MiB;

/** What will be billed of what a plan makes, and is not there already. */
export function costsOf({ plan, places }: Situation, steps: readonly ForecastStep[]): readonly CostItem[] {
  const costs: CostItem[] = [];
  for (const { stage, acts } of steps) {
    for (const one of acts) {
      if (one.deed === "create" || one.deed === "overwrite") costs.push(...costsOfAct(stage, one));
    }
    if (stage.startsWith("copy:") && acts.some(({ deed }) => deed === "create")) {
      const to = stage.slice("copy:".length);
      const from = places.region ?? "the image's region";
      costs.push({
        kind: "traffic",
        text: costWords.copyTraffic(from, to),
        region: to,
        amount: bytesOf(acts),
      });
    }
  }
  const creates = (stage: string): boolean =>
    steps.some((step) => step.stage === stage && step.acts.some(({ deed }) => deed === "create"));
  if (creates("import") && stepOf(plan, "import")?.options.strategy === "image-builder")
    costs.push({ kind: "instance", text: costWords.builder, region: places.region, amount: null });
  const mbps = stepOf(plan, "launch")?.options.internetMbps ?? 0;
  if (creates("launch") && mbps > 0)
    costs.push({ kind: "traffic", text: costWords.internet(mbps), region: places.region, amount: null });
  return costs;
}

function costsOfAct(stage: string, { kind, name, region, bytes }: ForecastAct): readonly CostItem[] {
  const amount = bytes?.value ?? null;
  switch (kind) {
    case "object": {
      const parts = amount === null ? null : Math.ceil(amount / usualPartBytes) + 2;
      return [
        { kind: "storage", text: costWords.object(name), region, amount },
        ...(parts === null
          ? []
          : [{ kind: "requests" as const, text: costWords.requests(parts), region, amount: parts }]),
      ];
    }
    case "image":
      return stage === "create-image"
        ? []
        : [{ kind: "snapshots", text: costWords.image(name, region), region, amount }];
    case "snapshot":
      return [{ kind: "snapshots", text: costWords.snapshots, region, amount }];
    case "instance":
      return [{ kind: "instance", text: costWords.instance, region, amount: null }];
    default:
      return [];
  }
}

function bytesOf(acts: readonly ForecastAct[]): number | null {
  return acts.find(({ bytes }) => bytes !== null)?.bytes?.value ?? null;
}
