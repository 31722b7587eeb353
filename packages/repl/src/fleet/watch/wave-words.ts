import type { WaveView } from "@sampan/fleet";
import { say, translated } from "../../language/speech.ts";
import { formatDuration, formatRate, percentDone } from "../../terminal/numbers.ts";
import { oneLine } from "../../terminal/plain-text.ts";

/** How far a wave is, 0 to 100: by bytes where they are known, otherwise by hosts that have ended. */
export function wavePercent(wave: WaveView): number | null {
  if (wave.hosts === 0) return null;
  if (wave.totalBytes === null || wave.totalBytes === 0) return percentDone(wave.ended, wave.hosts);
  return percentDone(wave.doneBytes, wave.totalBytes);
}

/** What is said of a wave, what matters most first. Safe for a terminal. */
export function waveWords(wave: WaveView): readonly string[] {
  if (wave.state === "waiting") return [say("fleet.wave-waiting", wave)];
  const stopped = oneLine(translated(wave.stopped ?? ""));
  return [
    ...(wave.stopped === null ? [] : [say("fleet.wave-stopped", { reason: stopped })]),
    say("fleet.wave-ended", wave),
    ...(wave.failed > 0 ? [say("fleet.failed", wave)] : []),
    ...leftWords(wave),
    ...(wave.skipped > 0 ? [say("fleet.skipped", wave)] : []),
    ...(wave.ratePerSecond > 0 ? [formatRate(wave.ratePerSecond)] : []),
  ];
}

/** When a wave will have ended; where hosts are only guessed at, by about. */
function leftWords({ leftMs, guessedHosts }: WaveView): readonly string[] {
  if (leftMs === null || leftMs <= 0) return [];
  const time = formatDuration(leftMs);
  return [guessedHosts > 0 ? say("fleet.left-about", { time }) : say("progress.left", { time })];
}

/** That a site begins nothing new, and for how long. */
export function pausedText(until: string, nowMs: number): string {
  return say("fleet.paused", { time: pausedFor(until, nowMs) });
}

/** How long something is still paused, for people. */
export function pausedFor(until: string, nowMs: number): string {
  const leftMs = Date.parse(until) - nowMs;
  return formatDuration(Number.isNaN(leftMs) ? 0 : leftMs);
}
