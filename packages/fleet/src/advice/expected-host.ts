import type { FleetMigration } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import type { FleetAssumptions } from "./assumptions.ts";
import type { ByteSum } from "./fleet-advice.ts";
import {
  type ExpectedDisks,
  type ExpectedStage,
  expectedDisks,
  expectedStages,
  siteRate,
} from "./stage-times.ts";

/** A host with what it is expected to need, were it alone. */
export interface ExpectedHost {
  readonly migration: FleetMigration;
  readonly disks: ExpectedDisks;
  readonly stages: readonly ExpectedStage[];
  /** What each turn of its stages takes. */
  readonly turnSeconds: readonly number[];
  /** From its beginning to its end. */
  readonly seconds: number;
  /** Of that, sending: for so long its line carries it. */
  readonly sendingSeconds: number;
  /** Of that, importing. */
  readonly importingSeconds: number;
  /** Bytes it sends; 0 for a plan that sends nothing. */
  readonly sentBytes: number;
}

/** What a host is expected to need, were it alone in the fleet. */
export function expectedHost(
  migration: FleetMigration,
  policy: Pick<FleetPolicy, "bandwidth">,
  assumed: FleetAssumptions,
): ExpectedHost {
  const stages = expectedStages(migration, assumed);
  const sent = stages.filter(({ bytes }) => bytes > 0);
  const rate = sent.length === 0 ? 1 : siteRate(migration.host.site, policy, assumed).bytesPerSecond;
  const secondsOf = ({ seconds, bytes, mostBytesPerSecond }: ExpectedStage): number =>
    seconds + bytes / Math.min(rate, mostBytesPerSecond ?? rate);
  const turnSeconds: number[] = [];
  for (const stage of stages) {
    turnSeconds[stage.turn] = Math.max(turnSeconds[stage.turn] ?? 0, secondsOf(stage));
  }
  return {
    migration,
    disks: expectedDisks(migration, assumed),
    stages,
    turnSeconds,
    seconds: sum(turnSeconds),
    sendingSeconds: sum(sent.map(secondsOf)),
    importingSeconds: sum(stages.filter(({ stage }) => stage === "import").map(secondsOf)),
    sentBytes: sum(sent.map(({ bytes }) => bytes)),
  };
}

/** What stages of some hosts do at least before and after they hold what is scarce: no more than this of it can stand idle. */
export function restSeconds(
  held: readonly { readonly host: ExpectedHost; readonly stage: ExpectedStage }[],
): number {
  const least = (numbers: readonly number[]): number =>
    numbers.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  return (
    least(held.map(({ host, stage }) => sum(host.turnSeconds.slice(0, stage.turn)))) +
    least(held.map(({ host, stage }) => sum(host.turnSeconds.slice(stage.turn + 1))))
  );
}

/** Bytes of hosts, and how much of them is known. */
export function byteSum(hosts: readonly ExpectedHost[]): ByteSum {
  const sending = hosts.filter(({ sentBytes }) => sentBytes > 0);
  const guessed = sending.filter(({ disks }) => !disks.sizeKnown && !disks.sentByUse);
  return {
    hosts: hosts.length,
    sentBytes: sum(sending.map(({ sentBytes }) => sentBytes)),
    assumedBytes: sum(guessed.map(({ sentBytes }) => sentBytes)),
    sizeUnknown: hosts.filter(({ disks }) => !disks.sizeKnown).length,
    usedUnknown: sending.filter(({ disks }) => disks.sizeKnown && disks.useMissing).length,
  };
}

/** Groups of things by a key, in the order the keys come. */
export function grouped<T>(
  things: readonly T[],
  keyOf: (thing: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}

export function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

/** Hours with two digits, as an advice tells them. */
export function hours(seconds: number): number {
  return Math.round(seconds / 36) / 100;
}
