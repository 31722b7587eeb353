import type { Blackout } from "../fleet-policy.ts";
import { dayMs, type TimeZone, timeZone } from "./zoned-time.ts";

/** Whether a site may begin something, and until when that holds. */
export interface SiteHours {
  readonly paused: boolean;
  /** When this has to be looked at again; `Infinity` when it stays. */
  readonly untilMs: number;
}

/** Tells of a moment whether a site may begin something then. */
export type SiteClock = (nowMs: number) => SiteHours;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
/** Blackouts repeat every week; a pause that is longer than one, and a change of the clocks, has no end. */
const aheadDays = 8;

/** Makes the clock of each site; sites with the same blackouts share one. */
export function siteClocks(blackouts: readonly Blackout[]): (site: string) => SiteClock {
  const known = new Map<string, SiteClock>();
  return (site) => {
    const own = blackouts.flatMap((blackout, at) => (appliesTo(blackout, site) ? [at] : []));
    const key = own.join(" ");
    const clock = known.get(key) ?? clockOf(own.map((at) => blackouts[at] as Blackout));
    known.set(key, clock);
    return clock;
  };
}

function appliesTo({ site }: Blackout, wanted: string): boolean {
  return site === undefined || site === wanted;
}

function clockOf(blackouts: readonly Blackout[]): SiteClock {
  if (blackouts.length === 0) return () => ({ paused: false, untilMs: Number.POSITIVE_INFINITY });
  const zones = blackouts.map((blackout) => ({ blackout, zone: timeZone(blackout.timeZone) }));
  const hoursAt = (nowMs: number): SiteHours => {
    const spans = zones
      .flatMap(({ blackout, zone }) => spansNear(blackout, zone, nowMs))
      .sort((a, b) => a.fromMs - b.fromMs);
    let untilMs = nowMs;
    for (const { fromMs, toMs } of spans) if (fromMs <= untilMs && toMs > untilMs) untilMs = toMs;
    if (untilMs > nowMs) return { paused: true, untilMs };
    const next = spans.find(({ fromMs }) => fromMs > nowMs);
    return { paused: false, untilMs: next?.fromMs ?? nowMs + aheadDays * dayMs };
  };
  // All sites that share it ask at the same moments.
  let last: { readonly nowMs: number; readonly hours: SiteHours } | undefined;
  return (nowMs) => {
    if (last?.nowMs !== nowMs) last = { nowMs, hours: hoursAt(nowMs) };
    return last.hours;
  };
}

/** Where a blackout lies from two days before a moment until a week after it. */
function spansNear(blackout: Blackout, zone: TimeZone, nowMs: number): readonly Span[] {
  const today = zone.dateAt(nowMs);
  const from = minutesOf(blackout.from);
  const to = minutesOf(blackout.to);
  const days = new Set<string>(blackout.days ?? weekdays);
  const spans: Span[] = [];
  for (let date = today - 2 * dayMs; date <= today + aheadDays * dayMs; date += dayMs) {
    const weekday = weekdays[new Date(date).getUTCDay()] as string;
    if (!days.has(weekday)) continue;
    spans.push({
      fromMs: zone.momentOf(date, from, "first"),
      toMs: zone.momentOf(to > from ? date : date + dayMs, to, "last"),
    });
  }
  return spans;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Whether a site may never begin anything: its blackouts cover every hour of the week from this moment on. */
export function isAlwaysPaused(clock: SiteClock, nowMs: number): boolean {
  const { paused, untilMs } = clock(nowMs);
  // A hole of minutes that comes once a week may shift by an hour when the clocks change.
  return paused && untilMs - nowMs > (aheadDays - 0.5) * dayMs;
}
