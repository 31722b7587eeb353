import type { Blackout } from "../fleet-policy.ts";
import { type SiteClock, siteClocks } from "../schedule/blackouts.ts";

/** How a site's week is parted by blackouts. */
export interface OpenHours {
  /** Share of the week in which nothing is begun, 0 to 1. */
  readonly closedShare: number;
  /** The longest stretch in which things are begun; `Infinity` without blackouts. */
  readonly longestOpenSeconds: number;
}

const weekMs = 7 * 86_400_000;
/** Some week without a change of the clocks: what is asked is a share, and no date. */
const someMonday = Date.UTC(2026, 0, 5);
/** More changes than a week of minutes has; a clock that does not move on would otherwise be asked for ever. */
const mostSteps = 20_000;

/** Parts the week of each site by its blackouts. Pure: of any week, as blackouts repeat. */
export function openHours(blackouts: readonly Blackout[]): (site: string) => OpenHours {
  const clockOf = siteClocks(blackouts);
  const known = new Map<SiteClock, OpenHours>();
  return (site) => {
    const clock = clockOf(site);
    const found = known.get(clock) ?? partOf(clock);
    known.set(clock, found);
    return found;
  };
}

function partOf(clock: SiteClock): OpenHours {
  let closedMs = 0;
  let longestMs = 0;
  let openSince: number | null = null;
  const end = someMonday + 2 * weekMs;
  let now = someMonday;
  for (let step = 0; now < end && step < mostSteps; step++) {
    const { paused, untilMs } = clock(now);
    const until = Math.min(untilMs, end);
    // Two weeks are walked, so that a stretch over the end of the first is seen whole; one is counted.
    if (paused) closedMs += Math.max(0, Math.min(until, someMonday + weekMs) - now);
    if (paused) openSince = null;
    else {
      openSince ??= now;
      longestMs = Math.max(longestMs, until - openSince);
    }
    if (until <= now) break;
    now = until;
  }
  const closedShare = closedMs / weekMs;
  return { closedShare, longestOpenSeconds: closedShare === 0 ? Number.POSITIVE_INFINITY : longestMs / 1000 };
}
