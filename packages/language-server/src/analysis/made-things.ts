import { entryOf } from "./placed-value.ts";
import type { MadeThing, PlanChain } from "./plan-analysis.ts";
import { type ChainFacts, stepsOf, textOption } from "./rules/rule.ts";

/**
 * Images and objects that the plans of a file make under names they say themselves. What may be in another account or region than it seems is
 * left out: only things that are certainly one and the same are told.
 */
export function madeThings(chains: readonly ChainFacts[]): readonly MadeThing[] {
  return chains.flatMap((facts) => {
    if (!facts.chain.exported && facts.chain.exportedAs === undefined) return [];
    return [...imagesOf(facts), ...objectsOf(facts)];
  });
}

function imagesOf(facts: ChainFacts): readonly MadeThing[] {
  const [step] = stepsOf(facts, "import", "createImage");
  const name = step && textOption(step, "name");
  const account = accountOf(facts.chain);
  if (name === undefined || account === undefined) return [];
  const [upload] = stepsOf(facts, "upload");
  const bucket = upload && textOption(upload, "bucket")?.value;
  const region = facts.imageRegion?.value.value;
  // An image is made in the region of its bucket.
  const place = region ?? (bucket === undefined ? undefined : `bucket ${bucket}`);
  if (place === undefined) return [];
  return [
    { kind: "image", key: keyOf("image", account, place, name.value), name: name.value, range: name.range },
  ];
}

function objectsOf(facts: ChainFacts): readonly MadeThing[] {
  return stepsOf(facts, "upload").flatMap((step): MadeThing[] => {
    const bucket = textOption(step, "bucket");
    const key = textOption(step, "key");
    if (bucket === undefined || key === undefined) return [];
    // Of all accounts one has a bucket of this name.
    return [
      { kind: "object", key: keyOf("object", bucket.value, key.value), name: key.value, range: key.range },
    ];
  });
}

/** The account a plan says it is for; empty where it says none, `undefined` where that is computed. */
function accountOf({ context }: PlanChain): string | undefined {
  if (context === undefined) return "";
  if (context.kind !== "record" || !context.complete) return undefined;
  const profile = entryOf(context, "profile")?.value;
  if (profile === undefined) return "";
  return profile.kind === "text" ? profile.value : undefined;
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
