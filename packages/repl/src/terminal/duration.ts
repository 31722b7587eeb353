import { SampanError } from "@sampan/core";

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

// Longer than any migration, and below what timers can count.
const longestDays = 20;

/**
 * Milliseconds of a text such as `90s`, `30m`, `1h30m` or `2d`; anything else, and what is longer than so many days, is refused with
 * `COMMAND_USAGE`.
 */
export function parseDuration(text: string, mostDays = longestDays): number {
  const plain = text.trim().replace(/min/g, "m");
  const parts = [...plain.matchAll(/(\d{1,7}(?:\.\d{1,3})?)([smhd])/g)];
  const isWhole = parts.map(([part]) => part).join("") === plain;
  const ms = parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit ?? ""] ?? 0), 0);
  if (isWhole && ms >= 1 && ms <= mostDays * 86_400_000) return Math.round(ms);
  throw new SampanError("COMMAND_USAGE", `${JSON.stringify(text)} is no length of time`, {
    hint: `Write it as 90s, 30m, 1h30m or 2d; the longest is ${mostDays}d.`,
  });
}
