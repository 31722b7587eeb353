import type { DocumentLink } from "vscode-languageserver-types";
import type { AccountFacts } from "../analysis/account-facts.ts";
import { entryOf, type PlacedText, type PlacedValue } from "../analysis/placed-value.ts";
import type { PlanChain } from "../analysis/plan-analysis.ts";
import type { Language, PlanDocument } from "./plan-document.ts";
import type { PlanRun } from "./plan-run.ts";
import { planSource } from "./plan-source.ts";
import { wordsOf } from "./words.ts";

/** What links depend on besides the document. */
export interface LinkContext {
  readonly language: Language;
  readonly runs: readonly PlanRun[];
  /** What is known of the account: where its buckets and images lie. */
  readonly facts: AccountFacts;
  /** Whether the client opens `command:` addresses. */
  readonly commands: boolean;
}

const ecsConsole = "https://ecs.console.aliyun.com";

/**
 * Links of a plan file: buckets, instances and images to the vendor's console; ids of known runs, which people keep in comments, to
 * the view of the run: `command:sampan.showRun?[runId]`.
 */
export function documentLinks(document: PlanDocument, context: LinkContext): readonly DocumentLink[] {
  const words = wordsOf(context.language);
  const link = (value: PlacedText, target: string, tooltip: string): DocumentLink => ({
    range: document.text.rangeOf(insideQuotes(value)),
    target,
    tooltip,
  });
  const ofChains = document.analysis.chains.flatMap((chain) => [
    ...bucketsOf(chain).flatMap((bucket) => {
      const region = context.facts.buckets?.items.find(({ name }) => name === bucket.value)?.region;
      if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket.value)) return [];
      const place = region === undefined ? "" : `/oss-${region}/${bucket.value}/object`;
      return [link(bucket, `https://oss.console.aliyun.com/bucket${place}`, words.openBucket)];
    }),
    ...instanceLink(chain).map(({ value, target }) => link(value, target, words.openInstance)),
  ]);
  // One text may make several plans, and be linked once.
  const once = new Map(ofChains.map((one) => [JSON.stringify(one.range), one]));
  return [
    ...once.values(),
    ...imageLinks(document, context),
    ...(context.commands ? runLinks(document, context) : []),
  ];
}

/** Ids of custom images, wherever they stand: to the list of their region where that is known. */
function imageLinks({ text }: PlanDocument, { facts, language }: LinkContext): readonly DocumentLink[] {
  return [...text.text.matchAll(/\bm-[a-z0-9]{20}\b/g)].map(({ index, 0: id }) => {
    const region = facts.images?.items.find((image) => image.id === id)?.region;
    return {
      range: text.rangeOf({ start: index, end: index + id.length }),
      target: region === undefined ? `${ecsConsole}/image` : `${ecsConsole}/image/region/${region}/imageList`,
      tooltip: wordsOf(language).openImage,
    };
  });
}

function runLinks({ text }: PlanDocument, { runs, language }: LinkContext): readonly DocumentLink[] {
  const known = new Set(runs.map(({ runId }) => runId));
  const words = [...text.text.matchAll(/[A-Za-z0-9][A-Za-z0-9._-]{5,63}/g)];
  return words.flatMap(({ index, 0: word }) => {
    if (!known.has(word)) return [];
    const target = `command:sampan.showRun?${encodeURIComponent(JSON.stringify([word]))}`;
    return [
      {
        range: text.rangeOf({ start: index, end: index + word.length }),
        target,
        tooltip: wordsOf(language).openRun,
      },
    ];
  });
}

/** Texts that name a bucket: the first argument of `upload`. */
export function bucketsOf(chain: PlanChain): readonly PlacedText[] {
  return chain.steps.flatMap(({ verb, args: [bucket] }) =>
    verb === "upload" && bucket?.kind === "text" && bucket.literal ? [bucket] : [],
  );
}

function instanceLink({
  source,
}: PlanChain): readonly { readonly value: PlacedText; readonly target: string }[] {
  const found = planSource(source);
  if (found?.kind !== "ecs" || found.region === undefined || found.instanceId === undefined) return [];
  const value = source.kind === "text" ? source : entryOf(source, "instanceId")?.value;
  if (value?.kind !== "text" || !value.literal) return [];
  const target = `${ecsConsole}/server/${encodeURIComponent(found.instanceId)}/detail?regionId=${encodeURIComponent(found.region)}`;
  return [{ value, target }];
}

/** The text of a literal without its quotes. */
function insideQuotes({ range }: PlacedValue): { readonly start: number; readonly end: number } {
  return { start: range.start + 1, end: Math.max(range.start + 1, range.end - 1) };
}
