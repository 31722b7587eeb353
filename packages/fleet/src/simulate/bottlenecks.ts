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
  const add = (kind: Bottleneck["kind"], name: string | null, ms: number, says: string): void => {
    const share = totalMs === 0 ? 0 : ms / totalMs;
    if (share >= leastShare) found.push({ kind, name, share: Number(share.toFixed(4)), says });
  };
  for (const [site, line] of resources.lines)
    add("bandwidth", site, line.limitedMs(), `the line of ${site} slowed uploads down`);
  for (const [region, slots] of resources.imports)
    add(
      "imports",
      region,
      slots.waitedMs(),
      `imports waited for others in ${region}, ${slots.mostWaiting} at the most`,
    );
  for (const [region, slots] of resources.copies)
    add(
      "copies",
      region,
      slots.waitedMs(),
      `copies waited for others into ${region}, ${slots.mostWaiting} at the most`,
    );
  for (const [site, { fullMs, pausedMs }] of seen.sites) {
    add("hosts-per-site", site, fullMs, `as many hosts as may ran at ${site}, and others waited`);
    add("blackout", site, pausedMs, `hosts of ${site} waited for the end of a blackout`);
  }
  add("hosts-at-once", null, seen.fullMs, "as many hosts as may ran in the fleet, and others waited");
  add("canaries", null, seen.canariesMs, "hosts waited for the canaries of their wave");
  return found.sort((a, b) => b.share - a.share);
}
