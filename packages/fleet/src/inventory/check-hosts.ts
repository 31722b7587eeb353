import { closestNames } from "@sampan/core";
import { hostIdentity } from "@sampan/sdk/engine";
import type { CheckedHost } from "./check-rows.ts";
import { type Place, type RawProblem, shown } from "./raw-inventory.ts";
import { wavesInOrder } from "./wave-order.ts";

/** Checks the hosts of an inventory against each other; gives all that is wrong. `otherNames` are those of rows that are wrong by themselves. */
export function checkHosts(
  hosts: readonly CheckedHost[],
  options: {
    readonly waves?: readonly string[];
    /** Where some rows could not be read, a host that is waited for may be one of them. */
    readonly complete: boolean;
    readonly at: (place: Place) => string;
  },
): readonly RawProblem[] {
  return [
    ...sameNames(hosts, options.at),
    ...sameDisks(hosts, options.at),
    ...bucketsInTwoRegions(hosts, options.at),
    ...wrongOrder(hosts, options),
    ...circles(hosts),
  ];
}

function* sameNames(hosts: readonly CheckedHost[], at: (place: Place) => string): Generator<RawProblem> {
  const seen = new Map<string, CheckedHost>();
  for (const one of hosts) {
    const { name } = one.host;
    // Names stand in tables and file names, where case is easily overlooked.
    const before = seen.get(name.toLowerCase());
    if (before === undefined) seen.set(name.toLowerCase(), one);
    else {
      const where = at(before.place("name"));
      yield {
        place: one.place("name"),
        message: `another host is called ${before.host.name}, at ${where}; give each a \`name\` of its own`,
      };
    }
  }
}

function* sameDisks(hosts: readonly CheckedHost[], at: (place: Place) => string): Generator<RawProblem> {
  const seen = new Map<string, CheckedHost>();
  for (const one of hosts) {
    const disks = one.host.disks.length === 0 ? [""] : one.host.disks;
    for (const disk of disks) {
      const key = JSON.stringify([hostIdentity(one.source), pathSite(one), disk]);
      const before = seen.get(key);
      if (before === undefined) seen.set(key, one);
      else if (before !== one) {
        yield {
          place: one.place("source"),
          message: `${disk === "" ? "the same host" : `disk ${shown(disk)} of the same host`} as ${before.host.name}, at ${at(before.place("source"))}`,
        };
        break;
      }
    }
  }
}

/** A path, and what a site calls "this machine", is another thing at another site. */
function pathSite({ source, host }: CheckedHost): string {
  return source.kind === "image-file" || source.kind === "local" ? host.site : "";
}

function* bucketsInTwoRegions(
  hosts: readonly CheckedHost[],
  at: (place: Place) => string,
): Generator<RawProblem> {
  const seen = new Map<string, CheckedHost>();
  for (const one of hosts) {
    const { bucket, region } = one.host;
    const before = seen.get(bucket);
    if (before === undefined) seen.set(bucket, one);
    else if (before.host.region !== region) {
      yield {
        place: one.place("region"),
        message: `bucket ${bucket} is in ${before.host.region}, says ${at(before.place("region"))}; a bucket is in one region`,
      };
    }
  }
}

const mostMeant = 100;

function* wrongOrder(
  hosts: readonly CheckedHost[],
  { waves = [], complete }: { readonly waves?: readonly string[]; readonly complete: boolean },
): Generator<RawProblem> {
  const byName = new Map(hosts.map((one) => [one.host.name, one.host]));
  const names = [...byName.keys()];
  // Looking for what was meant goes through all names: one that many rows name is looked for once, and of very many only the first.
  const meants = new Map<string, string>();
  const meantBy = (name: string): string => {
    const known = meants.get(name);
    if (known !== undefined) return known;
    const near = meants.size < mostMeant ? closestNames(name, names) : [];
    const meant = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
    meants.set(name, meant);
    return meant;
  };
  const order = new Map(
    wavesInOrder(
      hosts.map(({ host }) => host.wave),
      waves,
    ).map((wave, index) => [wave, index]),
  );
  for (const { host, place } of hosts) {
    for (const name of host.after) {
      const before = byName.get(name);
      if (before === undefined) {
        if (!complete) continue;
        yield { place: place("after"), message: `no host is called ${shown(name)}${meantBy(name)}` };
      } else if ((order.get(before.wave) ?? 0) > (order.get(host.wave) ?? 0)) {
        yield {
          place: place("after"),
          message: `${name} is of wave ${before.wave}, which comes after wave ${host.wave}`,
        };
      }
    }
  }
}

/** Hosts that wait for each other, each circle once. Walks without calling itself: a chain may be as long as the inventory. */
function* circles(hosts: readonly CheckedHost[]): Generator<RawProblem> {
  const byName = new Map(hosts.map((one) => [one.host.name, one]));
  const state = new Map<string, "open" | "done">();
  for (const { host: first } of hosts) {
    if (state.has(first.name)) continue;
    state.set(first.name, "open");
    const trail = [{ name: first.name, next: 0 }];
    const depth = new Map([[first.name, 0]]);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const one = byName.get(top.name);
      const name = one?.host.after[top.next++];
      if (one === undefined || name === undefined) {
        state.set(top.name, "done");
        trail.pop();
      } else if (state.get(name) === "open") {
        const from = depth.get(name) ?? 0;
        // That a host waits for itself is told of its row.
        if (trail.length - from > 1) yield { place: one.place("after"), message: circleText(trail, from) };
      } else if (!state.has(name) && byName.has(name)) {
        state.set(name, "open");
        depth.set(name, trail.length);
        trail.push({ name, next: 0 });
      }
    }
  }
}

/** Tells of the end of a trail, from a step on, that leads back to it. Looks at few of its steps: there may be as many circles as hosts. */
function circleText(trail: readonly { readonly name: string }[], from: number): string {
  const namesOf = (start: number, end?: number) => trail.slice(start, end).map(({ name }) => name);
  const first = namesOf(from, from + 1);
  const told =
    trail.length + 1 - from > 8
      ? [...namesOf(from, from + 4), "…", ...namesOf(trail.length - 2), ...first]
      : [...namesOf(from), ...first];
  return `hosts wait for each other: ${told.join(" → ")}`;
}
