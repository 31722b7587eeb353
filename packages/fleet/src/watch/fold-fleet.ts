import type { FleetEvent } from "../fleet-event.ts";
import { countHosts } from "./count-hosts.ts";
import type { FleetView, HostView } from "./fleet-view.ts";
import { foldHost, heardHost, restedHost, waitingHost } from "./fold-host.ts";
import { siteViews } from "./site-views.ts";
import { type WaveMarks, waveViews } from "./wave-views.ts";

/** Bytes that hosts will send, by host, where an inventory knows it: what they count as until they tell themselves. */
export type ExpectedBytes = Readonly<Record<string, number>>;

/** Takes the events of a fleet one by one. */
export interface FleetFold {
  /** Takes the next event, in the same time however many hosts there are. */
  add(event: FleetEvent): void;
  /**
   * What is known now, in time by the number of hosts. It stays as it is when more events come.
   *
   * @param nowMs milliseconds since 1970, for what is over and for what has not been heard of for a minute and counts as still; the time of
   * the last event by default.
   */
  view(nowMs?: number): FleetView;
}

/** Makes a fold of nothing. */
export function createFleetFold(expected: ExpectedBytes = {}): FleetFold {
  const hosts = new Map<string, HostView>();
  const waves = new Map<string, WaveMarks>();
  const paused = new Map<string, string>();
  let startedAt: string | null = null;
  let endedAt: string | null = null;
  let lastAt: string | null = null;

  const change = (name: string, changed: (host: HostView) => HostView): void => {
    hosts.set(name, changed(hosts.get(name) ?? waitingHost(name, "", "")));
  };
  const mark = (wave: string, marks: Partial<WaveMarks>): void => {
    waves.set(wave, { ...(waves.get(wave) ?? noMarks), ...marks });
  };

  return {
    add(event) {
      lastAt = event.at;
      switch (event.type) {
        case "fleet.started":
          startedAt ??= event.at;
          endedAt = null;
          for (const { wave, hosts: told } of event.waves) {
            mark(wave, {});
            // A fleet that is begun again tells of hosts that have ended already.
            for (const { host, site } of told) change(host, (known) => ({ ...known, wave, site }));
          }
          return;
        case "wave.started":
          mark(event.wave, { startedAt: event.at, endedAt: null, stopped: null });
          for (const name of event.canaries) change(name, (host) => ({ ...host, canary: true }));
          return;
        case "host.started":
          mark(event.wave, {});
          change(event.host, (host) => ({
            ...host,
            ...begun,
            wave: event.wave,
            site: event.site,
            runId: event.runId,
            startedAt: event.at,
            lastAt: event.at,
          }));
          return;
        case "host.run":
          change(event.host, (host) => foldHost(host, event.event));
          return;
        case "host.finished":
          change(event.host, (host) => ({
            ...restedHost(host),
            state: "ended",
            outcome: event.outcome,
            runId: event.runId ?? host.runId,
            error: event.error,
            because: event.because,
            tookMs: event.tookMs,
            endedAt: event.at,
            lastAt: event.at,
          }));
          return;
        case "site.paused":
          paused.set(event.site, event.until);
          return;
        case "site.resumed":
          paused.delete(event.site);
          return;
        case "wave.stopped":
          mark(event.wave, { stopped: event.reason });
          return;
        case "wave.finished":
          mark(event.wave, { endedAt: event.at });
          return;
        case "fleet.finished":
          endedAt = event.at;
      }
    },
    view(nowMs = lastAt === null ? 0 : Date.parse(lastAt)) {
      const shown = [...hosts.values()].map((host) => heardHost(host, nowMs));
      const sites = siteViews(shown, paused);
      return {
        startedAt,
        lastAt,
        endedAt,
        counts: countHosts(shown),
        ratePerSecond: sites.reduce((sum, site) => sum + site.ratePerSecond, 0),
        waves: waveViews(shown, waves, { expected, nowMs }),
        sites,
        hosts: shown,
      };
    },
  };
}

/** What the events of a fleet tell. Pure; the same events always give the same view. */
export function foldFleet(events: Iterable<FleetEvent>, expected?: ExpectedBytes): FleetView {
  const fold = createFleetFold(expected);
  for (const event of events) fold.add(event);
  return fold.view();
}

const noMarks: WaveMarks = { startedAt: null, endedAt: null, stopped: null };

/** What a host is when its run is begun, also after it had ended before. */
const begun = {
  state: "running",
  outcome: null,
  error: null,
  because: null,
  endedAt: null,
  tookMs: null,
} as const;
