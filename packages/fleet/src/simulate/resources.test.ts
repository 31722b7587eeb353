import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ExpectedStage } from "../advice/stage-times.ts";
import { createResources } from "./resources.ts";
import { createSharedLine } from "./shared-line.ts";
import { createVirtualTime } from "./virtual-time.ts";

/** Plays until nothing is left to happen within so many seconds. */
async function play(seconds: number, begin: (time: ReturnType<typeof createVirtualTime>) => void) {
  const time = createVirtualTime(0);
  begin(time);
  await time.until(time.clock.sleep(seconds * 1000));
  return time;
}

it("shares a line equally, and gives what one cannot use to the others", async () => {
  const ends: Record<string, number> = {};
  let line!: ReturnType<typeof createSharedLine>;
  await play(100, (time) => {
    line = createSharedLine(time, 100);
    const send = (name: string, bytes: number, most: number) =>
      line.send(bytes, most, () => {
        ends[name] = time.now() / 1000;
      });
    send("slow", 200, 20); // 20 a second throughout
    send("fast", 480, 1000); // 80, then 40 while another is there
    time.at(2_000, () => send("late", 120, 1000)); // 40
  });
  // fast: 160 in 2 s, 120 more beside the late one by 5 s, the last 200 at 80.
  expect(ends).toEqual({ late: 5, fast: 7.5, slow: 10 });
  expect([line.bytes, line.peak, line.limitedMs()]).toEqual([800, 3, 7_500]);
});

it("carries as if every sender were counted one by one", async () => {
  const sender = fc.record({
    atS: fc.integer({ min: 0, max: 20 }),
    bytes: fc.integer({ min: 1, max: 500 }).map((mega) => mega * 1e6),
    most: fc.constantFrom(3e6, 10e6, 50e6, Number.POSITIVE_INFINITY),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(sender, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 60 }).map((mega) => mega * 1e6),
      async (senders, rate) => {
        const ends = senders.map(() => Number.NaN);
        await play(10_000, (time) => {
          const line = createSharedLine(time, rate);
          for (const [index, { atS, bytes, most }] of senders.entries())
            time.at(atS * 1000, () =>
              line.send(bytes, most, () => {
                ends[index] = time.now() / 1000;
              }),
            );
        });
        for (const [index, end] of ends.entries())
          expect(end).toBeCloseTo(oneByOne(senders, rate)[index] ?? 0, 4);
      },
    ),
    { numRuns: 60 },
  );
});

/** When each has sent all, by filling up a line with water at every event. */
function oneByOne(
  senders: readonly { atS: number; bytes: number; most: number }[],
  rate: number,
): readonly number[] {
  const left = senders.map(({ bytes }) => bytes);
  const ends = senders.map(() => Number.POSITIVE_INFINITY);
  let now = 0;
  for (let step = 0; step < 100; step++) {
    const active = senders.flatMap(({ atS }, at) =>
      atS <= now && Number.isFinite(left[at]) && ends[at] === Number.POSITIVE_INFINITY ? [at] : [],
    );
    const rates = new Map<number, number>();
    let rest = rate;
    for (const [done, at] of [...active]
      .sort((a, b) => (senders[a]?.most ?? 0) - (senders[b]?.most ?? 0))
      .entries()) {
      const own = Math.min(senders[at]?.most ?? 0, rest / (active.length - done));
      rates.set(at, own);
      rest -= own;
    }
    const next = Math.min(
      ...active.map((at) => now + (left[at] ?? 0) / (rates.get(at) ?? 1)),
      ...senders.filter(({ atS }) => atS > now).map(({ atS }) => atS),
    );
    if (next === Number.POSITIVE_INFINITY) break;
    for (const at of active) {
      left[at] = (left[at] ?? 0) - (rates.get(at) ?? 0) * (next - now);
      if ((left[at] ?? 0) < 1e-3) ends[at] = next;
    }
    now = next;
  }
  return ends;
}

it("lets so many import or copy in a region at once, the others in their order", async () => {
  const log: string[] = [];
  let resources!: ReturnType<typeof createResources>;
  await play(1000, (time) => {
    resources = createResources(time, {
      siteBytesPerSecond: () => 1,
      importsAtOnce: () => 2,
      copiesAtOnce: () => 1,
    });
    const stage = (resource: string, seconds: number): ExpectedStage => ({
      stage: resource,
      turn: 0,
      seconds,
      bytes: 0,
      mostBytesPerSecond: null,
      resource,
    });
    const pass = (name: string, resource: string, seconds: number) =>
      resources.pass(stage(resource, seconds), () => log.push(`${name} ${time.now() / 1000}`));
    pass("a", "import:cn-hangzhou", 10);
    pass("b", "import:cn-hangzhou", 30);
    pass("c", "import:cn-hangzhou", 10);
    pass("d", "import:cn-hangzhou", 1);
    pass("e", "import:cn-beijing", 5);
    pass("f", "copy:cn-hangzhou", 2);
    pass("g", "copy:cn-hangzhou", 2);
  });
  expect(log).toEqual(["f 2", "g 4", "e 5", "a 10", "c 20", "d 21", "b 30"]);
  const hangzhou = resources.imports.get("cn-hangzhou");
  expect([hangzhou?.waitedMs(), hangzhou?.mostWaiting]).toEqual([20_000, 2]);
  expect(resources.copies.get("cn-hangzhou")?.waitedMs()).toBe(2_000);
});

it("has a clock whose sleeps end in their order, and at once when they are cancelled", async () => {
  const time = createVirtualTime(1_000.75);
  const stop = new AbortController();
  const log: string[] = [];
  const sleeping = time.clock
    .sleep(50, stop.signal)
    .catch((error: unknown) => log.push(`${(error as { code: string }).code}`));
  time.at(1_010, () => {
    stop.abort();
    time.settled();
  });
  const whole = time.clock.sleep(2_000 - time.clock.now()).then(() => log.push(`${time.clock.now()}`));
  await time.until(Promise.all([sleeping, whole]));
  expect(log).toEqual(["CORE_CANCELLED", "2000"]);
  await expect(time.until(new Promise(() => undefined))).rejects.toMatchObject({ code: "CORE_INTERNAL" });
});
