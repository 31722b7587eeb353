import type { ChainBefore } from "../analysis/place-at.ts";
import { entryOf, type PlacedValue } from "../analysis/placed-value.ts";
import type { ChainStep } from "../analysis/plan-analysis.ts";
import { planSource } from "./plan-source.ts";

/** What of a chain says where things lie. */
export interface ChainPlaces {
  readonly source?: PlacedValue;
  readonly context?: PlacedValue;
  readonly steps: readonly ChainStep[];
}

/** Region of the image a chain makes: as its import says, else the upload, the bucket, or the instance it is made of. */
export function imageRegion(
  chain: ChainPlaces | ChainBefore,
  regionOfBucket: (bucket: string) => string | undefined,
): string | undefined {
  const imported = textOption(stepOf(chain, "import"), "region");
  if (imported !== undefined) return imported;
  const upload = stepOf(chain, "upload");
  const said = textOption(upload, "region");
  if (said !== undefined) return said;
  const bucket = upload?.args[0];
  const found = bucket?.kind === "text" ? regionOfBucket(bucket.value) : undefined;
  return found ?? (chain.source && planSource(chain.source)?.region);
}

/** Region that new buckets are made in, as `Migration.with` says. */
export function contextRegion({ context }: ChainPlaces | ChainBefore): string | undefined {
  const region = entryOf(context, "region")?.value;
  return region?.kind === "text" ? region.value : undefined;
}

/** The text of an option of a step, where it is known. */
export function textOption(step: ChainStep | undefined, name: string): string | undefined {
  const options = step?.args.findLast((value) => value.kind === "record");
  const value = entryOf(options, name)?.value;
  return value?.kind === "text" ? value.value : undefined;
}

function stepOf({ steps }: ChainPlaces | ChainBefore, verb: string): ChainStep | undefined {
  return steps.find((step) => step.verb === verb);
}
