import { orderWaves } from "../schedule/order-waves.ts";
import type { WholePolicy } from "../schedule/policy.ts";
import type { FleetAssumptions } from "./assumptions.ts";
import type { OpenHours } from "./blackout-share.ts";
import { byteSum, type ExpectedHost, grouped, hours, restSeconds, sum } from "./expected-host.ts";
import type { Limit, LimitKind, WaveAdvice } from "./fleet-advice.ts";
import { siteRate } from "./stage-times.ts";

/** What waves are judged by. */
export interface WaveSituation {
  readonly policy: WholePolicy;
  readonly assumed: FleetAssumptions;
  readonly openHours: (site: string) => OpenHours;
}

/** A limit in seconds, of which so many pass for blackouts. */
interface Bound {
  readonly kind: LimitKind;
  readonly name: string;
  readonly seconds: number;
  readonly blackoutSeconds: number;
}

/** A wave with its hosts, in the order they are begun in. */
export interface ExpectedWave {
  readonly name: string;
  readonly hosts: readonly ExpectedHost[];
}

/**
 * Puts hosts into their waves, and both in order.
 *
 * @throws `FLEET_ORDER_IMPOSSIBLE` as {@link orderWaves} does.
 */
export function wavesOf(
  hosts: readonly ExpectedHost[],
  { waves }: Pick<WholePolicy, "waves">,
): readonly ExpectedWave[] {
  const ordered = orderWaves(
    hosts.map(({ migration }) => migration.host),
    waves,
  );
  return ordered.map(({ name, hosts: indexes }) => ({
    name,
    hosts: indexes.map((index) => hosts[index] as ExpectedHost),
  }));
}

/** Judges the waves of a fleet, in their order. */
export function adviseWaves(waves: readonly ExpectedWave[], situation: WaveSituation): readonly WaveAdvice[] {
  const { policy } = situation;
  return waves.map(({ name, hosts: members }): WaveAdvice => {
    const canaries = members.slice(0, Math.min(policy.canaries, members.length));
    const others = members.slice(canaries.length);
    // All canaries have to end well before the others begin.
    const parts = [canaries, others]
      .filter((part) => part.length > 0)
      .map((part) => longest(part, situation));
    const longer = parts.reduce((one, other) => (other.seconds > one.seconds ? other : one));
    const seconds = sum(parts.map((part) => part.seconds));
    const blackoutSeconds = sum(parts.map((part) => part.blackoutSeconds));
    return {
      wave: name,
      bytes: byteSum(members),
      sites: [...new Set(members.map(({ migration }) => migration.host.site))],
      canaries: canaries.map(({ migration }) => migration.host.name),
      hours: hours(seconds),
      blackoutHours: hours(blackoutSeconds),
      bottleneck:
        blackoutSeconds > seconds / 2
          ? { kind: "blackouts", name: longer.name, hours: hours(blackoutSeconds) }
          : { kind: longer.kind, name: longer.name, hours: hours(longer.seconds - longer.blackoutSeconds) },
    };
  });
}

/** The limit that takes longest. */
function longest(hosts: readonly ExpectedHost[], situation: WaveSituation): Bound {
  const all = [...boundsOf(hosts, situation)];
  return all.reduce((one, other) => (other.seconds > one.seconds ? other : one));
}

/**
 * What each scarce thing makes of some hosts, were everything else free: none of them can be beaten by any order of the hosts. To the
 * time a thing is busy comes what at least has to be done before it is first, and after it is last.
 */
function* boundsOf(hosts: readonly ExpectedHost[], situation: WaveSituation): Generator<Bound> {
  const { policy, assumed } = situation;
  yield chain(hosts);
  const alone = sum(hosts.map(({ seconds }) => seconds));
  yield plain("hosts-at-once", "", alone / policy.hostsAtOnce);
  for (const [site, members] of grouped(hosts, ({ migration }) => migration.host.site)) {
    yield* siteBounds(site, members, situation);
  }
  const slots = [
    ["import:", "imports", assumed.importsAtOnce],
    ["copy:", "copies", assumed.copiesAtOnce],
  ] as const;
  for (const [prefix, kind, atOnce] of slots) {
    const held = stagesOf(hosts, prefix);
    for (const [region, stages] of grouped(held, ({ stage }) => stage.resource?.slice(prefix.length) ?? "")) {
      const busy = sum(stages.map(({ stage }) => stage.seconds)) / atOnce.value;
      yield plain(kind, region, busy + restSeconds(stages));
    }
  }
}

/** Stages of some hosts that hold a resource of a kind. */
function stagesOf(hosts: readonly ExpectedHost[], prefix: string) {
  return hosts.flatMap((host) =>
    host.stages
      .filter(({ resource }) => resource?.startsWith(prefix) === true)
      .map((stage) => ({ host, stage })),
  );
}

/** What limits the hosts of a site, its blackouts included. */
function* siteBounds(
  site: string,
  hosts: readonly ExpectedHost[],
  { policy, assumed, openHours }: WaveSituation,
): Generator<Bound> {
  const open = openHours(site);
  const sending = stagesOf(hosts, "site:");
  if (sending.length > 0) {
    const { bytesPerSecond } = siteRate(site, policy, assumed);
    const busy = sum(sending.map(({ stage }) => stage.bytes)) / bytesPerSecond;
    const seconds = busy + restSeconds(sending);
    yield stretched({ kind: "line", name: site, seconds, blackoutSeconds: 0 }, open);
  }
  const alone = sum(hosts.map(({ seconds }) => seconds)) / policy.hostsPerSite;
  yield stretched({ kind: "hosts-per-site", name: site, seconds: alone, blackoutSeconds: 0 }, open);
}

/** The bottleneck of all hosts of a site, which are given in the order they are begun in. That waves follow each other is left aside. */
export function siteBottleneck(
  site: string,
  hosts: readonly ExpectedHost[],
  situation: WaveSituation,
): Limit {
  const bounds = [...siteBounds(site, hosts, situation), chain(hosts)];
  const most = bounds.reduce((one, other) => (other.seconds > one.seconds ? other : one));
  return most.blackoutSeconds > most.seconds / 2
    ? { kind: "blackouts", name: site, hours: hours(most.blackoutSeconds) }
    : { kind: most.kind, name: most.name, hours: hours(most.seconds - most.blackoutSeconds) };
}

/**
 * A limit with the hours in which nothing is begun: what fits into one stretch of open hours can be begun at its start; longer work goes on
 * over the weeks, and as much of them is closed as of any week.
 */
function stretched(bound: Bound, { closedShare, longestOpenSeconds }: OpenHours): Bound {
  if (bound.seconds <= longestOpenSeconds || closedShare === 0) return bound;
  const blackoutSeconds = (bound.seconds * closedShare) / Math.max(1 / 1000, 1 - closedShare);
  return { ...bound, seconds: bound.seconds + blackoutSeconds, blackoutSeconds };
}

/** The longest line of hosts that wait for each other; hosts come after those they wait for. */
function chain(hosts: readonly ExpectedHost[]): Bound {
  const ends = new Map<string, { readonly seconds: number; readonly length: number }>();
  let last = { name: "", seconds: 0, length: 0 };
  for (const { migration, seconds } of hosts) {
    const { name, after } = migration.host;
    let before = { seconds: 0, length: 0 };
    for (const other of after) {
      const end = ends.get(other);
      if (end !== undefined && end.seconds > before.seconds) before = end;
    }
    const end = { seconds: before.seconds + seconds, length: before.length + 1 };
    ends.set(name, end);
    if (end.seconds > last.seconds) last = { name, ...end };
  }
  return plain(last.length > 1 ? "order" : "one-host", last.name, last.seconds);
}

function plain(kind: LimitKind, name: string, seconds: number): Bound {
  return { kind, name, seconds, blackoutSeconds: 0 };
}
