/*
 * Times of a time zone by what the JavaScript engine knows of zones (`Intl`): the tables of a library would be the same, once more and
 * older.
 */

/** Milliseconds of a day without a change of the clocks. */
export const dayMs = 86_400_000;

/** Turns times of one time zone into moments. */
export interface TimeZone {
  /** Midnight, as if the zone were UTC, of the date that the zone's calendar shows at a moment: the key of a day. */
  dateAt(utcMs: number): number;
  /**
   * Moment at which the zone's clock shows a time of the day of this key. When clocks are set back a time comes twice, when they are
   * set ahead one is left out: then there are two moments it could mean, and it is the first or the last of them.
   */
  momentOf(date: number, minutes: number, which: "first" | "last"): number;
}

/** The time zone of an IANA name. @throws RangeError when there is none of that name. */
export function timeZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  /** What the zone's clock shows at a moment, to the second, as if it were UTC. */
  const shownAt = (utcMs: number): number => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(utcMs)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  const aheadAt = (utcMs: number): number => {
    const wholeMs = Math.floor(utcMs / 1000) * 1000;
    return shownAt(wholeMs) - wholeMs;
  };
  return {
    dateAt: (utcMs) => Math.floor(shownAt(utcMs) / dayMs) * dayMs,
    momentOf(date, minutes, which) {
      const wanted = date + minutes * 60_000;
      // No zone is more than a day from UTC, and none changes twice in two days.
      const before = wanted - aheadAt(wanted - dayMs);
      const after = wanted - aheadAt(wanted + dayMs);
      const fits = [before, after].filter((utcMs) => shownAt(utcMs) === wanted);
      const possible = fits.length > 0 ? fits : [before, after];
      return which === "first" ? Math.min(...possible) : Math.max(...possible);
    },
  };
}
