import type { FleetEvent } from "../fleet-event.ts";
import type { WholePolicy } from "../schedule/policy.ts";
import type { SimulatedHost, SimulatedWave } from "./simulation.ts";
import { createStopwatch, type Stopwatch } from "./stopwatch.ts";

/** What there was to see of a site. */
export interface ObservedSite {
  readonly hosts: number;
  readonly peakHosts: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** For how long hosts waited because as many as may ran there. */
  readonly fullMs: number;
  /** For how long hosts waited for the end of a blackout. */
  readonly pausedMs: number;
}

/** What there was to see of a fleet. */
export interface ObservedFleet {
  readonly waves: readonly SimulatedWave[];
  readonly hosts: readonly SimulatedHost[];
  readonly sites: ReadonlyMap<string, ObservedSite>;
  /** For how long hosts waited because as many as may ran in the fleet. */
  readonly fullMs: number;
  /** For how long hosts waited for canaries. */
  readonly canariesMs: number;
}

interface Site {
  hosts: number;
  running: number;
  /** Of the wave under way, not begun. */
  waiting: number;
  peakHosts: number;
  firstMs: number | null;
  lastMs: number | null;
  readonly full: Stopwatch;
  readonly paused: Stopwatch;
}

interface WaveSeen {
  readonly hosts: readonly { readonly host: string; readonly site: string }[];
  startsAt: string | null;
  stopped: string | null;
}

/** Looks at the events of a fleet as they happen, and tells in the end what there was to see. */
export function observeFleet(
  now: () => number,
  policy: Pick<WholePolicy, "hostsPerSite" | "hostsAtOnce">,
): { see(event: FleetEvent): void; observed(): ObservedFleet } {
  const sites = new Map<string, Site>();
  const waves = new Map<string, WaveSeen>();
  const finished: SimulatedWave[] = [];
  const started = new Map<string, string>();
  const wavesOf = new Map<string, string>();
  const sitesOf = new Map<string, string>();
  const hosts: SimulatedHost[] = [];
  const full = createStopwatch(now);
  const canaryTime = createStopwatch(now);
  let running = 0;
  let waiting = 0;
  let canaries = new Set<string>();

  const siteOf = (name: string): Site => {
    const known = sites.get(name);
    if (known !== undefined) return known;
    const site = {
      hosts: 0,
      running: 0,
      waiting: 0,
      peakHosts: 0,
      firstMs: null,
      lastMs: null,
      full: createStopwatch(now),
      paused: createStopwatch(now),
    };
    sites.set(name, site);
    return site;
  };
  const look = (site: Site): void => {
    site.full.set(site.waiting > 0 && site.running >= policy.hostsPerSite);
    full.set(waiting > 0 && running >= policy.hostsAtOnce);
    canaryTime.set(waiting > 0 && canaries.size > 0);
  };

  const see = (event: FleetEvent): void => {
    if (event.type === "fleet.started") {
      for (const { wave, hosts: members } of event.waves) {
        waves.set(wave, { hosts: members, startsAt: null, stopped: null });
        for (const { host, site } of members) {
          wavesOf.set(host, wave);
          sitesOf.set(host, site);
          siteOf(site).hosts++;
        }
      }
    } else if (event.type === "wave.started") {
      const wave = waves.get(event.wave);
      if (wave === undefined) return;
      wave.startsAt = event.at;
      canaries = new Set(event.canaries);
      for (const { site } of wave.hosts) siteOf(site).waiting++;
      waiting += wave.hosts.length;
      for (const site of new Set(wave.hosts.map((one) => one.site))) look(siteOf(site));
    } else if (event.type === "host.started") {
      const site = siteOf(event.site);
      site.firstMs ??= now();
      site.peakHosts = Math.max(site.peakHosts, ++site.running);
      site.waiting--;
      running++;
      waiting--;
      started.set(event.host, event.at);
      look(site);
    } else if (event.type === "host.finished") {
      const { host, outcome, at } = event;
      const wave = wavesOf.get(host) ?? "";
      const name = sitesOf.get(host) ?? "";
      const site = siteOf(name);
      const startsAt = started.get(host) ?? null;
      hosts.push({ host, wave, site: name, startsAt, endsAt: at, outcome });
      canaries.delete(host);
      if (startsAt !== null) {
        site.lastMs = now();
        site.running--;
        running--;
      } else if (waves.get(wave)?.startsAt !== null) {
        site.waiting--;
        waiting--;
      }
      look(site);
    } else if (event.type === "site.paused") siteOf(event.site).paused.set(true);
    else if (event.type === "site.resumed") siteOf(event.site).paused.set(false);
    else if (event.type === "wave.stopped") {
      const wave = waves.get(event.wave);
      if (wave !== undefined) wave.stopped = event.reason;
    } else if (event.type === "wave.finished") {
      const { startsAt = null, stopped = null, hosts: members = [] } = waves.get(event.wave) ?? {};
      const { failed, skipped } = event.outcomes;
      finished.push({
        wave: event.wave,
        startsAt,
        endsAt: event.at,
        hosts: members.length,
        failed,
        skipped,
        stopped,
      });
    }
  };
  return {
    see,
    observed: () => ({
      waves: finished,
      hosts,
      sites: new Map(
        [...sites].map(([name, site]) => [
          name,
          { ...site, fullMs: site.full.totalMs(), pausedMs: site.paused.totalMs() },
        ]),
      ),
      fullMs: full.totalMs(),
      canariesMs: canaryTime.totalMs(),
    }),
  };
}
