import { formatBytes, TiB } from "@sampan/core";
import { type ExpectedWave, siteBottleneck, type WaveSituation } from "./advise-waves.ts";
import { byteSum, type ExpectedHost, grouped, hours } from "./expected-host.ts";
import type { AdviceItem, AdviceLimits, SiteAdvice } from "./fleet-advice.ts";
import { siteRate } from "./stage-times.ts";

const whitepaper = "whitepaper, 5.1";
const own = "Sampan; the whitepaper names no other way";

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
  if (sendingHours > limits.hoursPerSite) {
    const needed = sentBytes / (limits.hoursPerSite * 3600);
    items.push(
      {
        kind: "redeploy-or-file-sync",
        text: `The line is busy for ${sendingHours} h, more than ${limits.hoursPerSite} h: many large hosts behind a poor network. Set services up anew on ECS and synchronise their files; send images of hosts that nobody could set up again.`,
        basis: whitepaper,
      },
      {
        kind: "faster-line",
        text: `A line of ${rateText(needed)} would do it in ${limits.hoursPerSite} h: more bandwidth for that time, or a leased line (Express Connect).`,
        basis: own,
      },
    );
    if (sentBytes >= offlineBytes) {
      items.push({
        kind: "offline",
        text: `${formatBytes(sentBytes)} can travel on devices (the vendor's Data Transport, Lightning Cube) into the bucket. Sampan does not drive them: \`sampan convert\` writes the images, and what has arrived is imported by hand.`,
        basis: own,
      });
    }
  }
  if (slow.length > 0) {
    const names = slow.slice(0, 5).map(({ migration }) => migration.host.name);
    const rest = slow.length - names.length;
    items.push({
      kind: "file-sync",
      text: `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""} would be at rest for more than ${limits.hoursPerHost} h. Send the system disk as an image, and let the data follow by file synchronisation; or cut over with \`--refresh\`, which sends only what changed.`,
      basis: whitepaper,
    });
  }
  if (items.length === 0) {
    items.push({
      kind: "images",
      text:
        hosts.length === 1
          ? `The host is sent within ${limits.hoursPerSite} h, and at rest for no more than ${limits.hoursPerHost} h: images serve well.`
          : `All hosts are sent within ${limits.hoursPerSite} h, and none is at rest for more than ${limits.hoursPerHost} h: images serve well.`,
      basis: whitepaper,
    });
  }
  return items;
}

/** A rate as lines are sold: bits a second, rounded up so that it is enough. */
export function rateText(bytesPerSecond: number): string {
  const megabits = (bytesPerSecond * 8) / 1e6;
  if (megabits >= 1000) return `${Math.ceil(megabits / 100) / 10} Gbit/s`;
  return `${megabits >= 10 ? Math.ceil(megabits) : Math.ceil(megabits * 10) / 10} Mbit/s`;
}
