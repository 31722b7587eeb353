import { catalogue, type Verb, type VerbEntry } from "@sampan/sdk/catalogue";
import { type Hover, MarkupKind } from "vscode-languageserver-types";
import type { Place } from "../analysis/place-at.ts";
import type { TextRange } from "../analysis/placed-value.ts";
import { type CloudCatalogue, regionTitle, timeZoneOf } from "./cloud-catalogue.ts";
import { nameKindAt } from "./completion.ts";
import type { KnownNames } from "./known-names.ts";
import { limitSources } from "./limit-sources.ts";
import { isVerb, type OptionFacts, optionAt } from "./option-facts.ts";
import type { Language } from "./plan-document.ts";
import type { PlanRun } from "./plan-run.ts";
import type { PlanText } from "./plan-text.ts";
import { shortDuration, shortRate, wordsOf } from "./words.ts";

/** What hovers depend on besides the place. */
export interface HoverContext {
  readonly language: Language;
  readonly catalogue: CloudCatalogue;
  readonly names: KnownNames;
  /** The last run of the chain the place is in. */
  readonly run: PlanRun | undefined;
  readonly nowMs: number;
  /** Whether the client shows Markdown. */
  readonly markdown: boolean;
}

const manualOfPlans = "https://github.com/sampan-migration/sampan/blob/main/packages/sdk/docs/";

/** What is known of the verb, option or name at a place; `undefined` where there is nothing to add to what TypeScript says. */
export function hoverAt(text: PlanText, place: Place, context: HoverContext): Hover | undefined {
  const said = contentAt(text, place, context);
  if (said === undefined) return undefined;
  const value = context.markdown ? said.markdown : plainOf(said.markdown);
  return {
    contents: { kind: context.markdown ? MarkupKind.Markdown : MarkupKind.PlainText, value },
    range: text.rangeOf(said.range),
  };
}

interface Content {
  readonly markdown: string;
  readonly range: TextRange;
}

function contentAt(text: PlanText, place: Place, context: HoverContext): Content | undefined {
  if (place.kind === "verb") {
    const name = text.text.slice(place.range.start, place.range.end);
    return isVerb(name) ? { markdown: verbText(name, context), range: place.range } : undefined;
  }
  if (place.kind === "option") {
    const facts = optionAt(place.verb, [...place.path, place.typed]);
    return facts && { markdown: optionText(place.verb, facts, context), range: place.range };
  }
  const markdown = valueText(place, context);
  return markdown === undefined ? undefined : { markdown, range: place.range };
}

function verbText(verb: Verb, context: HoverContext): string {
  const words = wordsOf(context.language);
  const entry: VerbEntry = catalogue[verb];
  const source = limitSources[verb];
  const stage = context.run?.stages?.find((one) => one.verb === verb);
  return [
    `**${entry.signature}**`,
    entry.summary,
    `${words.from} \`${entry.from.join("`, `")}\` · ${words.to} \`${entry.to}\``,
    ...(entry.limits.length === 0
      ? []
      : [[`**${words.limits}**`, ...entry.limits.map((limit) => `- ${limit}`)].join("\n")]),
    ...(source === undefined ? [] : [`${words.source}: ${source.title}, ${words.asOf(source.asOf)}`]),
    ...(stage === undefined ? [] : [lastStage(stage, context.language)]),
    `[${words.manual}](${manualOfPlans}${entry.page})`,
  ].join("\n\n");
}

type StageOfRun = NonNullable<PlanRun["stages"]>[number];

function lastStage({ tookMs, bytes }: StageOfRun, language: Language): string {
  const took = wordsOf(language).lastRunTook(shortDuration(tookMs, language));
  if (bytes === undefined || tookMs <= 0) return took;
  return `${took} (${shortRate(Math.round(bytes / (tookMs / 1000)))})`;
}

function optionText(verb: string, facts: OptionFacts, { language }: HoverContext): string {
  const words = wordsOf(language);
  const { minimum, maximum } = facts;
  const source = isVerb(verb) ? limitSources[verb] : undefined;
  const bounds = [
    ...(minimum === undefined ? [] : [`≥ ${minimum.toLocaleString("en")}`]),
    ...(maximum === undefined ? [] : [`≤ ${maximum.toLocaleString("en")}`]),
  ].join(", ");
  return [
    `**${facts.name}**`,
    ...(facts.description === "" ? [] : [facts.description]),
    ...(facts.values.length === 0
      ? []
      : [facts.values.map((value) => `\`${JSON.stringify(value)}\``).join(" · ")]),
    ...(bounds === ""
      ? []
      : [`${bounds}${source === undefined ? "" : ` (${source.title}, ${words.asOf(source.asOf)})`}`]),
  ].join("\n\n");
}

function valueText(place: Extract<Place, { kind: "value" }>, context: HoverContext): string | undefined {
  switch (nameKindAt(place)) {
    case "region":
      return regionText(place.typed, context);
    case "source": {
      const region = /^ecs:\/\/([^/]+)\//i.exec(place.typed)?.[1];
      return region === undefined ? undefined : regionText(region, context);
    }
    case "bucket":
      return bucketText(place.typed, context);
    case "zone":
      return zoneText(place.typed, context);
    default: {
      const facts = place.quoted ? optionAt(place.verb, place.path) : undefined;
      return facts === undefined || facts.description === ""
        ? undefined
        : optionText(place.verb, facts, context);
    }
  }
}

function regionText(
  id: string,
  { catalogue: known, language, names, nowMs }: HoverContext,
): string | undefined {
  const words = wordsOf(language);
  const region = known.regions.find((one) => one.id === id);
  if (region === undefined) return undefined;
  const buckets = names.facts.buckets?.items.filter((bucket) => bucket.region === id) ?? [];
  return [
    `**${region.id}** ${regionTitle(region, language)}`,
    [`${words.endpoint}: \`oss-${region.id}.aliyuncs.com\``, ...localTime(nowMs, region.id, language)].join(
      " · ",
    ),
    ...(buckets.length === 0
      ? []
      : [
          `${words.bucket}: ${buckets
            .slice(0, 10)
            .map(({ name }) => code(name))
            .join(", ")}`,
        ]),
    words.asOf(known.asOf),
  ].join("\n\n");
}

/** `local time 14:05`, where the time zone is known. */
function localTime(nowMs: number, regionId: string, language: Language): readonly string[] {
  const timeZone = timeZoneOf(regionId);
  if (timeZone === undefined) return [];
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  return [wordsOf(language).localTime(format.format(nowMs))];
}

function bucketText(name: string, { names, language }: HoverContext): string | undefined {
  const words = wordsOf(language);
  const buckets = names.facts.buckets;
  const bucket = buckets?.items.find((one) => one.name === name);
  if (buckets === undefined || bucket === undefined) return undefined;
  const facts = [
    `${words.region}: \`${bucket.region}\``,
    ...(bucket.storageClass === undefined ? [] : [`${words.storageClass}: ${bucket.storageClass}`]),
    ...(bucket.acl === undefined ? [] : [`ACL: ${bucket.acl}`]),
    ...(bucket.expiresAfterDays === undefined ? [] : [words.expires(bucket.expiresAfterDays)]),
  ];
  const seen = new Date(buckets.askedAtMs).toISOString().slice(0, 16).replace("T", " ");
  return [
    `**${bucket.name}**`,
    facts.map((fact) => `- ${fact}`).join("\n"),
    words.seenAt(`${seen} UTC`),
  ].join("\n\n");
}

function zoneText(zone: string, { names, language }: HoverContext): string | undefined {
  const words = wordsOf(language);
  const fact = names.facts.zones?.items.find((one) => one.zone === zone);
  if (fact === undefined) return undefined;
  return [
    `**${zone}** ${words.region} \`${fact.region}\``,
    (fact.instanceTypes ?? []).slice(0, 20).map(code).join(", "),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** A name of the account as code: whatever it holds, it is no Markdown. */
function code(name: string): string {
  return `\`${name.replace(/[`\r\n]/g, "")}\``;
}

function plainOf(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\(([^)]*)\)/g, "$1: $2").replace(/\*\*|`/g, "");
}
