import { countHosts, groupHosts, sumOf } from "./count-hosts.ts";
import type { HostView, SiteView } from "./fleet-view.ts";

/** What is known of each site, by name; `paused` tells until when a site begins nothing new. */
export function siteViews(
  hosts: readonly HostView[],
  paused: ReadonlyMap<string, string>,
): readonly SiteView[] {
  const groups = groupHosts(hosts, ({ site }) => site);
  const names = [...new Set([...groups.keys(), ...paused.keys()])].sort(byName);
  return names.map((site) => {
    const own = groups.get(site) ?? [];
    return {
      site,
      ...countHosts(own),
      ratePerSecond: sumOf(own, (host) => host.ratePerSecond),
      sentBytes: sumOf(own, (host) => host.sentBytes),
      pausedUntil: paused.get(site) ?? null,
    };
  });
}

const collator = new Intl.Collator("en", { numeric: true });

function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}
