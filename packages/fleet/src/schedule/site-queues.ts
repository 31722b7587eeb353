import { createHeap, type Heap } from "../heap.ts";
import type { SiteClock } from "./blackouts.ts";

/** A site whose pause has begun or ended, where something waits for that. */
export interface PauseChange {
  readonly site: string;
  /** When it ends; `null` when it has ended. */
  readonly untilMs: number | null;
}

/** Hosts that may begin as soon as their site and the fleet have room, and the site's hours allow it. */
export interface SiteQueues {
  /** Puts a host in the queue of its site; of all queues the smallest place goes first. */
  add(site: string, place: number, host: number): void;
  /** Empties all queues. */
  clear(): void;
  /** Takes the host that may begin now, if there is one; it counts as running. */
  next(): number | undefined;
  /** Counts a host as running that was in no queue. */
  joined(site: string): void;
  /** Counts one of the site as ended. */
  left(site: string): void;
  /** Looks at the hours of the sites, and tells what changed where hosts wait. Before `next`, at every moment. */
  look(nowMs: number): readonly PauseChange[];
  /** When to look again though nothing else happens; `null` when nothing waits or no site has hours. */
  readonly lookAtMs: number | null;
}

interface Site {
  readonly name: string;
  readonly clock: SiteClock;
  ready: Heap<number>;
  running: number;
  pausedUntilMs: number | null;
  /** Whether its pause was told. */
  told: boolean;
}

/*
 * Of each site that can begin something, the first of its queue stands in a heap of heads. A head that is no longer the first of its queue,
 * or whose site is full or paused by now, is left out when it comes up, and put in again when that changes: so each step costs the
 * logarithm of the hosts, however many sites there are.
 */

/** Makes empty queues. */
export function createSiteQueues(
  limits: { readonly hostsPerSite: number; readonly hostsAtOnce: number },
  clockOf: (site: string) => SiteClock,
): SiteQueues {
  const sites = new Map<string, Site>();
  let heads = createHeap<{ readonly site: Site; readonly place: number }>();
  let running = 0;
  let ready = 0;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let lookAtMs = Number.POSITIVE_INFINITY;
  /** Sites that came to hold somebody during their pause. */
  const toTell = new Set<Site>();

  const seen = (name: string): Site => {
    const known = sites.get(name);
    if (known !== undefined) return known;
    const clock = clockOf(name);
    const site = { name, clock, ready: createHeap<number>(), running: 0, pausedUntilMs: null, told: false };
    sites.set(name, site);
    // Its hours are not known yet.
    lookAtMs = Number.NEGATIVE_INFINITY;
    return site;
  };
  const isOpen = (site: Site): boolean =>
    site.pausedUntilMs === null && site.running < limits.hostsPerSite && site.ready.size > 0;
  const putHead = (site: Site): void => {
    if (isOpen(site)) heads.add(site.ready.firstKey() ?? 0, { site, place: site.ready.firstKey() ?? 0 });
  };

  return {
    add(name, place, host) {
      const site = seen(name);
      const first = site.ready.firstKey();
      site.ready.add(place, host);
      ready++;
      if (first === undefined || place < first) putHead(site);
      if (site.pausedUntilMs !== null && !site.told) toTell.add(site);
    },
    clear() {
      for (const site of sites.values()) site.ready = createHeap();
      heads = createHeap();
      ready = 0;
      toTell.clear();
    },
    next() {
      while (running < limits.hostsAtOnce) {
        const head = heads.take();
        if (head === undefined) return undefined;
        const { site, place } = head;
        if (!isOpen(site) || site.ready.firstKey() !== place) continue;
        const host = site.ready.take();
        ready--;
        site.running++;
        running++;
        putHead(site);
        return host;
      }
      return undefined;
    },
    joined(name) {
      seen(name).running++;
      running++;
    },
    left(name) {
      const site = seen(name);
      site.running--;
      running--;
      putHead(site);
    },
    look(nowMs) {
      const changes: PauseChange[] = [];
      // A clock that was set back is looked at anew as well.
      if (nowMs >= lookAtMs || nowMs < lookedAtMs) {
        lookAtMs = Number.POSITIVE_INFINITY;
        for (const site of sites.values()) {
          const { paused, untilMs } = site.clock(nowMs);
          lookAtMs = Math.min(lookAtMs, untilMs);
          const wasPaused = site.pausedUntilMs !== null;
          site.pausedUntilMs = paused ? untilMs : null;
          if (paused && !site.told && site.ready.size > 0) toTell.add(site);
          if (paused || !wasPaused) continue;
          putHead(site);
          if (site.told) changes.push({ site: site.name, untilMs: null });
          site.told = false;
        }
      }
      lookedAtMs = nowMs;
      for (const site of toTell) {
        if (site.pausedUntilMs === null || site.ready.size === 0) continue;
        site.told = true;
        changes.push({ site: site.name, untilMs: site.pausedUntilMs });
      }
      toTell.clear();
      return changes;
    },
    get lookAtMs() {
      return ready > 0 && Number.isFinite(lookAtMs) ? lookAtMs : null;
    },
  };
}
