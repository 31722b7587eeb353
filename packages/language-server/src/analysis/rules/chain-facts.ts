import {
  catalogue,
  parseSource,
  type SourceSpec,
  type StageName,
  sourceSpec,
  type Verb,
  type VerbEntry,
} from "@sampan/sdk/catalogue";
import {
  entryOf,
  type PlacedEntry,
  type PlacedRecord,
  type PlacedValue,
  plainValue,
} from "../placed-value.ts";
import type { ChainStep, PlanChain } from "../plan-analysis.ts";
import type { ChainFacts, NamedRegion, StepFacts } from "./rule.ts";
import { optionOf, textOption } from "./rule.ts";

/** Works out what rules ask of a chain. */
export function chainFacts(chain: PlanChain): ChainFacts {
  let on: StageName | undefined = "SelectedHost";
  const steps = chain.steps.map((step): StepFacts => {
    const facts = { ...step, options: stepOptions(step), on };
    on = stageAfterStep(step.verb, on);
    return facts;
  });
  const source = sourceOf(chain.source);
  const regions = [...namedRegions(chain, steps)];
  return { chain, steps, source, regions, imageRegion: imageRegion(chain, steps, source) };
}

const ranks: Readonly<Record<StageName, number>> = {
  SelectedHost: 0,
  AssessedHost: 1,
  InstanceSnapshots: 2,
  CapturedDisks: 2,
  EncodedImages: 3,
  UploadedImages: 4,
  ImportedImage: 5,
  LaunchedInstance: 6,
};

/** What a chain is after a verb. One that comes too late leads back to nothing: what follows is judged as if it were not there. */
function stageAfterStep(verb: string, on: StageName | undefined): StageName | undefined {
  if (!isVerb(verb)) return undefined;
  const { from, to }: VerbEntry = catalogue[verb];
  return on !== undefined && !from.includes(on) && ranks[to] < ranks[on] ? on : to;
}

/** Whether a name is a verb of the catalogue. */
export function isVerb(name: string): name is Verb {
  return Object.hasOwn(catalogue, name);
}

/** The arguments of a step as one object, as the fluent API makes it. */
function stepOptions({ verb, args, callRange }: ChainStep): PlacedRecord {
  const entries: PlacedEntry[] = [];
  const positional: VerbEntry["positional"] = isVerb(verb) ? catalogue[verb].positional : [];
  // A spread of which nothing is known may be any of the arguments.
  let complete = !args.some((value) => value.kind === "computed" && value.spread);
  let rest = [...args];
  const put = (key: string, value: PlacedValue): void =>
    void entries.push({ key, keyRange: value.range, value });
  for (const name of positional) {
    if (!name.endsWith("...")) {
      const value = rest.shift();
      if (value) put(name, value);
      continue;
    }
    const last = rest.at(-1);
    const hasOptions = last?.kind === "record";
    const items = hasOptions ? rest.slice(0, -1) : rest;
    // Whether what is computed is one more of them or the options, nobody can tell.
    const isOpen = !complete || (last?.kind === "computed" && items.length > 0);
    if (isOpen) complete = false;
    put(name.slice(0, -3), { kind: "list", items, complete: !isOpen, range: callRange });
    rest = hasOptions ? [last] : [];
  }
  const [given] = rest;
  if (given?.kind === "record") {
    entries.push(...given.entries);
    if (!given.complete) complete = false;
  } else if (given !== undefined && !(given.kind === "scalar" && given.value === undefined)) complete = false;
  return { kind: "record", entries, complete, range: given?.range ?? callRange };
}

/** The source of a chain when it is known, and one. */
function sourceOf(value: PlacedValue): SourceSpec | undefined {
  const { value: plain, complete } = plainValue(value);
  if (!complete) return undefined;
  if (typeof plain !== "string") {
    const result = sourceSpec.safeParse(plain);
    return result.success ? result.data : undefined;
  }
  try {
    return parseSource(plain);
  } catch {
    return undefined;
  }
}

function* namedRegions(chain: PlanChain, steps: readonly StepFacts[]): Generator<NamedRegion> {
  const source = sourceRegion(chain.source);
  if (source) yield source;
  const context = entryOf(chain.context, "region")?.value;
  if (context?.kind === "text") yield { value: context, by: "`Migration.with`" };
  for (const step of steps) {
    const region = textOption(step, "region");
    if (region) yield { value: region, by: `\`${step.verb}\`` };
    const regions = optionOf(step, "regions");
    if (regions?.kind !== "list") continue;
    for (const value of regions.items) if (value.kind === "text") yield { value, by: `\`${step.verb}\`` };
  }
}

/** The region of an ECS instance, with the place of the region alone. */
function sourceRegion(source: PlacedValue): NamedRegion | undefined {
  if (source.kind === "record") {
    const value = entryOf(source, "region")?.value;
    return value?.kind === "text" ? { value, by: "`from`" } : undefined;
  }
  if (source.kind !== "text") return undefined;
  const found = /^ecs:\/\/([^/]+)\//i.exec(source.value);
  if (found?.[1] === undefined) return undefined;
  if (!source.literal) return { value: { ...source, value: found[1] }, by: "`from`" };
  const start = source.range.start + 1 + "ecs://".length;
  const range = { start, end: start + found[1].length };
  return { value: { ...source, value: found[1], range, literal: false }, by: "`from`" };
}

function imageRegion(
  chain: PlanChain,
  steps: readonly StepFacts[],
  source: SourceSpec | undefined,
): NamedRegion | undefined {
  if (steps.some(({ verb }) => verb === "snapshot" || verb === "createImage")) {
    return source?.kind === "ecs" ? sourceRegion(chain.source) : undefined;
  }
  for (const verb of ["import", "upload"]) {
    for (const step of steps.filter((one) => one.verb === verb)) {
      const value = optionOf(step, "region");
      if (value?.kind === "text") return { value, by: `\`${verb}\`` };
      // What is not known may be a region.
      if (value !== undefined || !step.options.complete) return undefined;
    }
  }
  return undefined;
}
