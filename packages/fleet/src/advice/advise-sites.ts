import { formatBytes, TiB } from "@sampan/core";
import { sentence } from "../fleet-sentence.ts";
import { type ExpectedWave, siteBottleneck, type WaveSituation } from "./advise-waves.ts";
import { byteSum, type ExpectedHost, grouped, hours } from "./expected-host.ts";
import type { AdviceItem, AdviceLimits, SiteAdvice } from "./fleet-advice.ts";
import { siteRate } from "./stage-times.ts";

const whitepaper = sentence("whose.whitepaper");
const own = sentence("whose.own");

/** From here on a truck is worth its trouble. */
const offlineBytes = 10 * TiB;

/** Judges each site by the advice of the whitepaper's 5.1, in the order of the hosts; `waves` has the same hosts as they are begun. */
export function adviseSites(
  all: readonly ExpectedHost[],
  waves: readonly ExpectedWave[],
  situation: WaveSituation,
  limits: AdviceLimits,
): readonly SiteAdvice[] {
  const siteOf = ({ migration }: ExpectedHost): string => migration.host.site;
  const sites = grouped(all, siteOf);
  const begun = grouped(
    waves.flatMap((wave) => wave.hosts),
    siteOf,
  );
  return [...sites].map(([site, hosts]): SiteAdvice => {
    const bandwidth = siteRate(site, situation.policy, situation.assumed);
    const bytes = byteSum(hosts);
    const restOf = ({ sendingSeconds, importingSeconds }: ExpectedHost): number =>
      sendingSeconds + importingSeconds;
    const slowest = hosts.reduce((one, other) => (restOf(other) > restOf(one) ? other : one));
    const slow = hosts.filter((host) => hours(restOf(host)) > limits.hoursPerHost);
    const sendingHours = hours(bytes.sentBytes / bandwidth.bytesPerSecond);
    return {
      site,
      bytes,
      bandwidth,
      sendingHours,
      blackoutShare: Math.round(situation.openHours(site).closedShare * 1000) / 1000,
      hoursPerHost: hours(restOf(slowest)),
      slowestHost: slowest.migration.host.name,
      slowHosts: slow.length,
      bottleneck: siteBottleneck(site, begun.get(site) ?? [], situation),
      advice: adviceOf({ hosts, slow, sentBytes: bytes.sentBytes, sendingHours }, limits),
    };
  });
}

interface SiteSum {
  readonly hosts: readonly ExpectedHost[];
  readonly slow: readonly ExpectedHost[];
  readonly sentBytes: number;
  readonly sendingHours: number;
}

function adviceOf(
  { hosts, slow, sentBytes, sendingHours }: SiteSum,
  limits: AdviceLimits,
): readonly AdviceItem[] {
  const items: AdviceItem[] = [];
  const { hoursPerSite, hoursPerHost } = limits;
  if (sendingHours > hoursPerSite) {
    const needed = rateText(sentBytes / (hoursPerSite * 3600));
    items.push(
      {
        kind: "redeploy-or-file-sync",
        ...sentence("advice.redeploy", { sendingHours, hoursPerSite }),
        basis: whitepaper,
      },
      { kind: "faster-line", ...sentence("advice.faster-line", { needed, hoursPerSite }), basis: own },
    );
    if (sentBytes >= offlineBytes) {
      const facts = { sentBytes: formatBytes(sentBytes) };
      items.push({ kind: "offline", ...sentence("advice.offline", facts), basis: own });
    }
  }
  if (slow.length > 0) {
    const names = slow.slice(0, 5).map(({ migration }) => migration.host.name);
    const rest = slow.length - names.length;
    const facts = { names, hoursPerHost };
    const says =
      rest > 0 ? sentence("advice.file-sync-more", { ...facts, rest }) : sentence("advice.file-sync", facts);
    items.push({ kind: "file-sync", ...says, basis: whitepaper });
  }
  if (items.length === 0) {
    const key = hosts.length === 1 ? "advice.image" : "advice.images";
    items.push({ kind: "images", ...sentence(key, { hoursPerSite, hoursPerHost }), basis: whitepaper });
  }
  return items;
}

/** A rate as lines are sold: bits a second, rounded up so that it is enough. */
export function rateText(bytesPerSecond: number): string {
  const megabits = (bytesPerSecond * 8) / 1e6;
  if (megabits >= 1000) return `${Math.ceil(megabits / 100) / 10} Gbit/s`;
  return `${megabits >= 10 ? Math.ceil(megabits) : Math.ceil(megabits * 10) / 10} Mbit/s`;
}
