import { countHosts, groupHosts, sumOf } from "./count-hosts.ts";
import type { HostView, WaveView } from "./fleet-view.ts";

/** What events tell of a wave itself. */
export interface WaveMarks {
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly stopped: string | null;
}

interface Basis {
  readonly expected: Readonly<Record<string, number>>;
  readonly nowMs: number;
}

/** What is known of each wave, in the order of `marks`. */
export function waveViews(
  hosts: readonly HostView[],
  marks: ReadonlyMap<string, WaveMarks>,
  basis: Basis,
): readonly WaveView[] {
  const groups = groupHosts(hosts, ({ wave }) => wave);
  // Where a wave tells nothing of its own hosts yet, those of other waves are the best that is known.
  const guess = mean(hosts.flatMap(toldBytes));
  return [...marks].map(([wave, mark]) => waveView(wave, mark, groups.get(wave) ?? [], guess, basis));
}

function waveView(
  wave: string,
  mark: WaveMarks,
  hosts: readonly HostView[],
  guess: number | null,
  basis: Basis,
): WaveView {
  const counts = countHosts(hosts);
  const known = hosts.map((host) => ({ host, bytes: bytesOf(host, basis) }));
  const ownGuess = mean(hosts.flatMap(toldBytes)) ?? guess;
  const unknown = known.filter(({ bytes }) => bytes === null);
  const state = stateOf(mark);
  return {
    wave,
    ...counts,
    ...mark,
    state,
    doneBytes: sumOf(hosts, (host) => host.doneBytes),
    totalBytes:
      ownGuess === null && unknown.length > 0 ? null : sumOf(known, ({ bytes }) => bytes ?? ownGuess ?? 0),
    guessedHosts: ownGuess === null ? 0 : unknown.length,
    ratePerSecond: sumOf(hosts, (host) => host.ratePerSecond),
    leftMs: state === "running" ? leftMs(known, ownGuess, mark, basis.nowMs) : null,
    failures: hosts
      .filter(({ outcome }) => outcome === "failed")
      .map(({ host, error }) => ({ host, code: error?.code ?? null, message: error?.message ?? "" })),
  };
}

function stateOf({ startedAt, endedAt, stopped }: WaveMarks): WaveView["state"] {
  if (stopped !== null) return "stopped";
  if (endedAt !== null) return "finished";
  return startedAt === null ? "waiting" : "running";
}

/** What a host sends altogether; `null` while nobody has told. One that has ended sends no more than it has. */
function bytesOf(host: HostView, { expected }: Basis): number | null {
  if (host.state === "ended") return host.doneBytes;
  if (host.totalBytes !== null) return host.totalBytes;
  return Object.hasOwn(expected, host.host) ? (expected[host.host] ?? null) : null;
}

/** What a host itself said that it sends: what others are guessed by. */
function toldBytes({ totalBytes }: HostView): readonly number[] {
  return totalBytes === null ? [] : [totalBytes];
}

interface KnownHost {
  readonly host: HostView;
  readonly bytes: number | null;
}

/**
 * How long a wave will still take: each site has its own line, and the one that is ready last decides. What the stages under way say of
 * themselves is waited for as well: an import sends nothing.
 */
function leftMs(
  hosts: readonly KnownHost[],
  guess: number | null,
  { startedAt }: WaveMarks,
  nowMs: number,
): number | null {
  const going = hosts.filter(({ host }) => host.state !== "ended");
  const times = going.flatMap(({ host }) => host.stages.flatMap((stage) => stage.leftMs ?? []));
  const elapsedMs = startedAt === null ? 0 : nowMs - Date.parse(startedAt);
  for (const own of bySite(hosts).values()) {
    const left = own.reduce<number | null>((sum, { host, bytes }) => {
      if (host.state === "ended" || sum === null) return sum;
      const total = bytes ?? guess;
      return total === null ? null : sum + Math.max(0, total - host.doneBytes);
    }, 0);
    if (left === 0) continue;
    const rate = rateOf(own, left, elapsedMs);
    if (left === null || rate === null) return null;
    times.push((left / rate) * 1000);
  }
  // Not as arguments of one call: there may be more of them than a call takes.
  return times.length === 0 ? null : Math.round(times.reduce((one, other) => Math.max(one, other)));
}

function bySite(hosts: readonly KnownHost[]): ReadonlyMap<string, readonly KnownHost[]> {
  const groups = groupHosts(
    hosts.map(({ host }) => host),
    ({ site }) => site,
  );
  const bytes = new Map(hosts.map((one) => [one.host.host, one]));
  return new Map([...groups].map(([site, own]) => [site, own.flatMap(({ host }) => bytes.get(host) ?? [])]));
}

/** From this share of its bytes on, a site's mean since the wave began says something: before, most of the time nothing was sent. */
const tellingShare = 0.02;

/** Bytes a second of a site: what it sends now, or its mean since the wave began while nothing is being sent. */
function rateOf(hosts: readonly KnownHost[], left: number | null, elapsedMs: number): number | null {
  const now = sumOf(hosts, ({ host }) => host.ratePerSecond);
  if (now > 0) return now;
  const done = sumOf(hosts, ({ host }) => host.doneBytes);
  const isTelling = left !== null && done > 0 && done >= (done + left) * tellingShare;
  return isTelling && elapsedMs > 0 ? (done / elapsedMs) * 1000 : null;
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : sumOf(numbers, (number) => number) / numbers.length;
}
