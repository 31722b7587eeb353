import type { HostCounts, HostView } from "./fleet-view.ts";

/** Counts hosts by where they are and by what became of them. */
export function countHosts(hosts: readonly HostView[]): HostCounts {
  const counts = {
    hosts: hosts.length,
    waiting: 0,
    running: 0,
    ended: 0,
    done: 0,
    warnings: 0,
    failed: 0,
    cancelled: 0,
    skipped: 0,
  };
  for (const { state, outcome } of hosts) {
    counts[state]++;
    if (outcome !== null) counts[outcome]++;
  }
  return counts;
}

/** Hosts by what they have in common, in the order they first come. */
export function groupHosts(
  hosts: readonly HostView[],
  common: (host: HostView) => string,
): ReadonlyMap<string, readonly HostView[]> {
  const groups = new Map<string, HostView[]>();
  for (const host of hosts) {
    const group = groups.get(common(host));
    if (group === undefined) groups.set(common(host), [host]);
    else group.push(host);
  }
  return groups;
}

/** The sum of a number of each. */
export function sumOf<T>(items: readonly T[], number: (item: T) => number): number {
  return items.reduce((sum, item) => sum + number(item), 0);
}
