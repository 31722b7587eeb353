import { createHeap, type Heap } from "../heap.ts";
import { createStopwatch } from "./stopwatch.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** A line that several send over at the same time. */
export interface SharedLine {
  /** Sends so many bytes, no faster than `most` a second, and calls when the last has gone. */
  send(bytes: number, most: number, done: () => void): void;
  /** Bytes that have gone. */
  readonly bytes: number;
  /** For how long somebody sent slower than they could, because of the others. */
  limitedMs(): number;
  /** The most that sent at the same time. */
  readonly peak: number;
}

/** Those who can send equally fast: they send equally fast all the time, so that one number tells how far each of them is. */
interface Pace {
  readonly most: number;
  /** Bytes that one of them would have sent who was there from the first. */
  served: number;
  rate: number;
  /** By the `served` at which each has sent all. */
  readonly ends: Heap<() => void>;
}

/*
 * Processor sharing with a limit for each: all have equal shares, and what one cannot use the others have (max-min fairness). Whoever
 * comes or goes changes the rates of all, but costs only the logarithm of how many there are, since rates are kept for each limit,
 * of which there are few, and not for each who sends.
 */

/** Makes a line of so many bytes a second. */
export function createSharedLine(time: VirtualTime, bytesPerSecond: number): SharedLine {
  const paces = new Map<number, Pace>();
  const limited = createStopwatch(time.now);
  let senders = 0;
  let peak = 0;
  let sent = 0;
  let servedAtMs = time.now();
  let plan = 0;

  /** Brings what was served up to this moment. */
  const serve = (): void => {
    const seconds = (time.now() - servedAtMs) / 1000;
    servedAtMs = time.now();
    for (const pace of paces.values()) pace.served += pace.rate * seconds;
  };
  /** Gives everybody their rate from now on, and looks again when the next has sent all. */
  const share = (): void => {
    let left = bytesPerSecond;
    let others = senders;
    let next: { readonly pace: Pace; readonly seconds: number } | undefined;
    let isLimited = false;
    for (const pace of [...paces.values()].sort((a, b) => a.most - b.most)) {
      pace.rate = Math.min(pace.most, left / others);
      isLimited ||= pace.rate < pace.most;
      left -= pace.rate * pace.ends.size;
      others -= pace.ends.size;
      const seconds = ((pace.ends.firstKey() ?? 0) - pace.served) / pace.rate;
      if (next === undefined || seconds < next.seconds) next = { pace, seconds };
    }
    limited.set(isLimited);
    const current = ++plan;
    if (next === undefined) return;
    const { pace, seconds } = next;
    time.at(time.now() + seconds * 1000, () => current === plan && end(pace));
  };
  /** Ends those of a pace who have sent all by now, and who of others have. */
  const end = (planned: Pace): void => {
    serve();
    // A time has no more digits than a number, so what was served by then may be some bytes short.
    planned.served = Math.max(planned.served, planned.ends.firstKey() ?? 0);
    const done: (() => void)[] = [];
    for (const pace of paces.values()) {
      // The last byte is left by rounding alone.
      while ((pace.ends.firstKey() ?? Number.POSITIVE_INFINITY) <= pace.served + 1) {
        const call = pace.ends.take();
        if (call !== undefined) done.push(call);
      }
      if (pace.ends.size === 0) paces.delete(pace.most);
    }
    senders -= done.length;
    share();
    for (const call of done) call();
  };

  return {
    send(bytes, most, done) {
      serve();
      sent += bytes;
      const pace = paces.get(most) ?? { most, served: 0, rate: 0, ends: createHeap<() => void>() };
      paces.set(most, pace);
      pace.ends.add(pace.served + bytes, done);
      peak = Math.max(peak, ++senders);
      share();
    },
    get bytes() {
      return sent;
    },
    limitedMs: limited.totalMs,
    get peak() {
      return peak;
    },
  };
}
