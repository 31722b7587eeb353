import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Blackout } from "../fleet-policy.ts";
import { isAlwaysPaused, siteClocks } from "./blackouts.ts";

const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const clockOf = (...blackouts: readonly Blackout[]) => siteClocks(blackouts)("shanghai");
const at = (iso: string) => Date.parse(iso);
const until = (blackout: Blackout, iso: string) => {
  const { paused, untilMs } = clockOf(blackout)(at(iso));
  return [paused, new Date(untilMs).toISOString()];
};

/** Whether the zone's own clock shows a time of the blackout: said by the clock on the wall alone. */
function isShown({ days = names, from, to, timeZone }: Blackout, ms: number): boolean {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const part = (type: string) => format.formatToParts(ms).find((one) => one.type === type)?.value ?? "";
  const today = part("weekday").toLowerCase();
  const yesterday = names[(names.indexOf(today as "sun") + 6) % 7] as string;
  const time = `${part("hour")}:${part("minute")}`;
  const listed = new Set<string>(days);
  if (to > from) return listed.has(today) && time >= from && time < to;
  return (listed.has(today) && time >= from) || (listed.has(yesterday) && time < to);
}

describe("the hours of a site", () => {
  const nights: Blackout = { from: "20:00", to: "06:30", timeZone: "Asia/Shanghai" };

  it("are those of its blackouts' time zone, over midnight too", () => {
    expect(until(nights, "2026-03-02T11:59:59Z")).toEqual([false, "2026-03-02T12:00:00.000Z"]);
    expect(until(nights, "2026-03-02T12:00:00Z")).toEqual([true, "2026-03-02T22:30:00.000Z"]);
    expect(until(nights, "2026-03-02T22:29:59Z")).toEqual([true, "2026-03-02T22:30:00.000Z"]);
    expect(until(nights, "2026-03-02T22:30:00Z")).toEqual([false, "2026-03-03T12:00:00.000Z"]);
  });

  it("begin on the days named, and end on the next where they cross midnight", () => {
    const weekend: Blackout = { ...nights, days: ["sat"] };
    expect(until(weekend, "2026-03-06T13:00:00Z")).toEqual([false, "2026-03-07T12:00:00.000Z"]);
    expect(until(weekend, "2026-03-07T22:00:00Z")).toEqual([true, "2026-03-07T22:30:00.000Z"]);
    expect(until(weekend, "2026-03-08T13:00:00Z")).toEqual([false, "2026-03-14T12:00:00.000Z"]);
  });

  it("are one pause where blackouts touch or overlap", () => {
    const clock = clockOf(
      nights,
      { ...nights, from: "06:30", to: "08:00" },
      { ...nights, from: "07:00", to: "09:00" },
    );
    expect(clock(at("2026-03-02T12:00:00Z"))).toEqual({ paused: true, untilMs: at("2026-03-03T01:00:00Z") });
  });

  it("follow the clocks when they are set ahead and back", () => {
    const early: Blackout = { from: "01:00", to: "05:00", timeZone: "Europe/Berlin" };
    // Three hours of the night of 29 March, five of that of 25 October.
    expect(until(early, "2026-03-29T00:00:00Z")).toEqual([true, "2026-03-29T03:00:00.000Z"]);
    expect(until(early, "2026-10-24T23:00:00Z")).toEqual([true, "2026-10-25T04:00:00.000Z"]);
  });

  it("last no shorter than said where a time of theirs is left out or comes twice", () => {
    const fromGap: Blackout = { from: "02:30", to: "05:00", timeZone: "Europe/Berlin" };
    expect(until(fromGap, "2026-03-29T01:00:00Z")).toEqual([true, "2026-03-29T03:00:00.000Z"]);
    const toGap: Blackout = { from: "01:00", to: "02:30", timeZone: "Europe/Berlin" };
    expect(until(toGap, "2026-03-29T00:30:00Z")).toEqual([true, "2026-03-29T01:30:00.000Z"]);
    const toTwice: Blackout = { from: "01:00", to: "02:30", timeZone: "Europe/Berlin" };
    expect(until(toTwice, "2026-10-25T00:45:00Z")).toEqual([true, "2026-10-25T01:30:00.000Z"]);
  });

  it("are other sites' business where a blackout names one", () => {
    const clocks = siteClocks([{ ...nights, site: "beijing" }]);
    expect(clocks("shanghai")(at("2026-03-02T12:00:00Z"))).toEqual({
      paused: false,
      untilMs: Number.POSITIVE_INFINITY,
    });
    expect(clocks("beijing")(at("2026-03-02T12:00:00Z")).paused).toBe(true);
  });

  it("leave nothing only where no hour of the week is left", () => {
    const always = clockOf({ from: "09:00", to: "09:00", timeZone: "Asia/Shanghai" });
    const almost = clockOf(
      {
        from: "09:00",
        to: "09:00",
        days: ["tue", "wed", "thu", "fri", "sat", "sun"],
        timeZone: "Asia/Shanghai",
      },
      { from: "09:30", to: "09:00", days: ["mon"], timeZone: "Asia/Shanghai" },
    );
    for (let hour = 0; hour < 24 * 7; hour++) {
      const ms = at("2026-03-02T00:10:00Z") + hour * 3_600_000;
      expect(isAlwaysPaused(always, ms)).toBe(true);
      expect(isAlwaysPaused(almost, ms)).toBe(false);
    }
  });

  it("never let a moment pass at which a clock on the wall shows a time of a blackout", () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
      .map(([hour, minute]) => `${`${hour}`.padStart(2, "0")}:${`${minute}`.padStart(2, "0")}`);
    const blackout = fc.record({
      days: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
      from: time,
      to: time,
      timeZone: fc.constantFrom(
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
      ),
    });
    // Around the changes of the clocks of 2026, and at any other time.
    const changes = [
      "2026-03-08T07:00Z",
      "2026-03-29T01:00Z",
      "2026-04-04T15:00Z",
      "2026-10-03T15:30Z",
      "2026-10-25T01:00Z",
      "2026-11-01T06:00Z",
    ];
    const moment = fc.oneof(
      fc
        .tuple(fc.constantFrom(...changes), fc.integer({ min: -1500, max: 1500 }))
        .map(([iso, minutes]) => at(iso) + minutes * 60_000),
      fc.integer({ min: 0, max: 525_600 }).map((minutes) => at("2026-01-01T00:00Z") + minutes * 60_000),
    );
    fc.assert(
      fc.property(fc.array(blackout, { minLength: 1, maxLength: 3 }), moment, (blackouts, ms) => {
        const { paused, untilMs } = clockOf(...blackouts)(ms);
        expect(untilMs).toBeGreaterThan(ms);
        if (blackouts.some((one) => isShown(one, ms))) expect(paused).toBe(true);
        // Nothing begins before it is looked again, and a pause that is over is over.
        if (!paused) expect(blackouts.some((one) => isShown(one, untilMs - 60_000))).toBe(false);
        else if (!isAlwaysPaused(clockOf(...blackouts), ms))
          expect(clockOf(...blackouts)(untilMs).paused).toBe(false);
      }),
      { numRuns: 120 },
    );
  });
});
