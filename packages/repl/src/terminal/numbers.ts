import { formatBytes } from "@sampan/core";
import { say } from "../language/speech.ts";

/** A duration for people, from milliseconds, in the language of this process: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 4 min`. Negative counts as zero. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return say("time.s", { s: seconds.toFixed(1) });
  const whole = Math.round(seconds);
  if (whole < 60) return say("time.s", { s: whole });
  if (whole < 3600) {
    const [min, s] = [Math.floor(whole / 60), whole % 60];
    return s === 0 ? say("time.min", { min }) : say("time.min-s", { min, s });
  }
  const minutes = Math.round(whole / 60);
  const [h, min] = [Math.floor(minutes / 60), minutes % 60];
  return min === 0 ? say("time.h", { h }) : say("time.h-min", { h, min });
}

/** Share done, 0 to 100, rounded down so that 100 % means all of it; `null` while the total is unknown. */
export function percentDone(doneBytes: number, totalBytes: number | null): number | null {
  if (totalBytes === null) return null;
  if (totalBytes <= 0) return 100;
  return Math.max(0, Math.min(100, Math.floor((doneBytes / totalBytes) * 100)));
}

/** Milliseconds left at this rate; `null` while it cannot be told. */
export function timeLeftMs(
  doneBytes: number,
  totalBytes: number | null,
  ratePerSecond: number | null,
): number | null {
  if (totalBytes === null || ratePerSecond === null || ratePerSecond <= 0) return null;
  return (Math.max(0, totalBytes - doneBytes) / ratePerSecond) * 1000;
}

/** A rate for people: `12.5 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A count and its noun in English: `1 file`, `3 files`. A message carries its nouns itself. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
