import { sentence } from "../fleet-sentence.ts";
import type { ObservedFleet } from "./observe-fleet.ts";
import type { Resources } from "./resources.ts";
import type { Bottleneck } from "./simulation.ts";

/** Less of the time than this is nothing to act on. */
const leastShare = 0.01;

/** What hosts waited for, by the share of the fleet's time during which some did; worst first. */
export function bottlenecksOf(
  seen: ObservedFleet,
  resources: Resources,
  totalMs: number,
): readonly Bottleneck[] {
  const found: Bottleneck[] = [];
  const add = (kind: Bottleneck["kind"], name: string | null, ms: number, facts = {}): void => {
    const share = totalMs === 0 ? 0 : ms / totalMs;
    if (share < leastShare) return;
    found.push({ kind, name, share: Number(share.toFixed(4)), says: sentence(`limits.${kind}`, facts) });
  };
  for (const [site, line] of resources.lines) add("bandwidth", site, line.limitedMs(), { site });
  for (const [region, slots] of resources.imports)
    add("imports", region, slots.waitedMs(), { region, waiting: slots.mostWaiting });
  for (const [region, slots] of resources.copies)
    add("copies", region, slots.waitedMs(), { region, waiting: slots.mostWaiting });
  for (const [site, { fullMs, pausedMs }] of seen.sites) {
    add("hosts-per-site", site, fullMs, { site });
    add("blackout", site, pausedMs, { site });
  }
  add("hosts-at-once", null, seen.fullMs);
  add("canaries", null, seen.canariesMs);
  return found.sort((a, b) => b.share - a.share);
}
