import { closestNames } from "@sampan/core";
import { catalogue, contextOptions, sourceSpec } from "@sampan/sdk/catalogue";
import { entryOf, type PlacedRecord, type PlacedValue, plainValue } from "../placed-value.ts";
import { didYouMean, foreign, type Sentence, sentence, statements } from "../sentences/sentence.ts";
import { isVerb } from "./chain-facts.ts";
import { plan } from "./example.ts";
import { type Rule, type RuleFinding, type RuleInput, shown } from "./rule.ts";
import { isNewerSdk } from "./versions.ts";

/** Values that have rules of their own. */
const judgedElsewhere = new Set(["bucket", "name", "description", "region", "regions", "platform", "zone"]);

/** SMP115 */
export const options: Rule = {
  code: "SMP115",
  title: "An option that a step does not have, or a value it does not take",
  tier: "text",
  level: "error",
  why: "Options are checked by the very schemas that a run uses; a plan with a wrong one is refused when it is loaded.",
  mend: "Correct it. The manual's page of verbs has every option with what it takes.",
  bad: plan('Migration.from("./web-01.vmdk")\n  .assess()\n  .capture({ freespace: "keep" })'),
  good: plan('Migration.from("./web-01.vmdk")\n  .assess()\n  .capture({ freeSpace: "keep" })'),
  *check(input) {
    // A newer SDK may take what this one does not.
    const level = isNewerSdk(input.options.versions) ? ("warning" as const) : ("error" as const);
    for (const finding of everyFinding(input)) yield { ...finding, level };
  },
};

function* everyFinding({ chains }: RuleInput): Generator<RuleFinding> {
  for (const { chain, steps } of chains) {
    if (chain.context) yield* judge("Migration.with", contextOptions, chain.context);
    if (chain.source.kind === "record") yield* judge("Migration.from", sourceSpec, chain.source);
    for (const step of steps) {
      if (!isVerb(step.verb)) continue;
      const extra = step.args.find((value, index) => isExtra(step.verb as never, value, index, step.args));
      if (extra) {
        yield {
          message: sentence("SMP115.extra", { verb: step.verb, signature: catalogue[step.verb].signature }),
          range: extra.usedAt ?? extra.range,
        };
        continue;
      }
      yield* judge(`${step.verb}()`, catalogue[step.verb].options, step.options, step.nameRange);
    }
  }
}

/** Whether an argument is one that a verb has no place for. */
function isExtra(
  verb: keyof typeof catalogue,
  value: PlacedValue,
  index: number,
  args: readonly PlacedValue[],
): boolean {
  if (args.some((one) => one.kind === "computed" && one.spread)) return false;
  const positional: readonly string[] = catalogue[verb].positional;
  if (positional.some((name) => name.endsWith("..."))) return false;
  if (index < positional.length || value.kind === "computed") return false;
  if (index > positional.length) return true;
  return (
    value.kind === "text" || value.kind === "list" || (value.kind === "scalar" && value.value !== undefined)
  );
}

interface Schema {
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly error?: { readonly issues: readonly Issue[] } | undefined;
  };
}

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly origin?: string;
  readonly expected?: string;
}

function* judge(
  of: string,
  schema: Schema,
  value: PlacedValue,
  whole = value.usedAt ?? value.range,
): Generator<RuleFinding> {
  if (value.kind === "computed") return;
  const { value: plain, complete } = plainValue(value);
  const result = schema.safeParse(plain);
  for (const issue of result.error?.issues ?? []) {
    const path = issue.path.map(String);
    if (path[0] !== undefined && judgedElsewhere.has(path[0]) && at(value, path)) continue;
    if (issue.code === "unrecognized_keys") {
      const on = at(value, path);
      if (on?.kind === "record")
        yield* unknownNames(of, on, issue.keys ?? [], path.length === 0 ? namesOf(schema) : []);
      continue;
    }
    const placed = at(value, path);
    // What is not known may be what is missing, or make the rest right.
    if (placed === undefined ? !complete : !plainValue(placed).complete) continue;
    const isWhole = placed === undefined || path.length === 0;
    const where = path.length === 0 ? "" : ` ${path.filter((part) => !/^\d+$/.test(part)).join(".")}`;
    yield {
      message: sentence(placed === undefined ? "SMP115.missing" : "SMP115.value", {
        of: `${of}${where}`,
        fault: told(issue),
      }),
      range: isWhole ? whole : (placed.usedAt ?? placed.range),
      fixes: placed?.kind === "text" && placed.literal ? nearValues(issue, placed.value, placed.range) : [],
    };
  }
}

function told({ code, message, values, minimum, maximum, origin, expected }: Issue): Sentence {
  const things = origin === "array" ? "-items" : origin === "string" ? "-characters" : "";
  if (code === "invalid_value" && values) {
    return sentence("SMP115.one-of", { values: values.map((one) => JSON.stringify(one)) });
  }
  if (code === "too_small" && minimum !== undefined) {
    return sentence(`SMP115.at-least${things}`, { number: String(minimum) });
  }
  if (code === "too_big" && maximum !== undefined) {
    return sentence(`SMP115.at-most${things}`, { number: String(maximum) });
  }
  if (code === "invalid_type" && expected !== undefined) {
    const type = typeNames[expected];
    return sentence("SMP115.type", { type: type === undefined ? expected : sentence(type) });
  }
  const text = message.replace(/\.$/, "").replace(/^Invalid input: /, "");
  return sentence("as-it-came", { text: foreign(text) });
}

const typeNames: Readonly<
  Record<string, `SMP115.${"text" | "number" | "whole-number" | "boolean" | "list" | "object"}`>
> = {
  string: "SMP115.text",
  number: "SMP115.number",
  int: "SMP115.whole-number",
  boolean: "SMP115.boolean",
  array: "SMP115.list",
  object: "SMP115.object",
  record: "SMP115.object",
};

function nearValues({ values }: Issue, given: string, range: PlacedValue["range"]) {
  const texts = (values ?? []).filter((one) => typeof one === "string");
  const near = closestNames(given, texts);
  return near.map((text) => ({
    title: sentence("fix.change", { to: text }),
    safe: near.length === 1,
    edits: [{ range, newText: JSON.stringify(text) }],
  }));
}

function* unknownNames(
  of: string,
  record: PlacedRecord,
  keys: readonly string[],
  names: readonly string[],
): Generator<RuleFinding> {
  const free = names.filter((name) => entryOf(record, name) === undefined);
  for (const key of keys) {
    const entry = entryOf(record, key);
    if (entry === undefined) continue;
    const near = closestNames(key, free);
    yield {
      message: statements(sentence("SMP115.no-option", { of, name: shown(key) }), didYouMean(near)),
      range: entry.keyRange,
      fixes: near.map((name) => ({
        title: sentence("fix.change", { to: name }),
        safe: near.length === 1,
        edits: [{ range: entry.keyRange, newText: isShorthand(entry) ? `${name}: ${key}` : name }],
      })),
    };
  }
}

/** The options that a schema has; none where it is a choice of several. */
function namesOf(schema: Schema): readonly string[] {
  return Object.keys((schema as { readonly shape?: object }).shape ?? {});
}

function isShorthand({ keyRange, value }: PlacedRecord["entries"][number]): boolean {
  return (value.usedAt ?? value.range).start === keyRange.start;
}

/** The value at a path; `undefined` when nothing stands there. */
function at(value: PlacedValue, path: readonly string[]): PlacedValue | undefined {
  let here: PlacedValue | undefined = value;
  for (const key of path) {
    if (here?.kind === "record") here = entryOf(here, key)?.value;
    else if (here?.kind === "list") here = here.items[Number(key)];
    else return undefined;
  }
  return here;
}
