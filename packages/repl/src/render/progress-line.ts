import { joined, say, translated } from "../language/speech.ts";
import { createLiveBlock } from "../terminal/live-block.ts";
import { formatRate, percentDone, timeLeftMs } from "../terminal/numbers.ts";
import type { Output } from "../terminal/output.ts";
import { fitText } from "../terminal/width.ts";
import { bytesDone, leftText } from "./messages.ts";

/** Shows how far one piece of work is. */
export interface ProgressLine {
  /** May be called as often as one likes. */
  update(doneBytes: number, totalBytes: number): void;
  /** Removes the line from a terminal. */
  end(): void;
}

const redrawEveryMs = 200;
const plainEveryMs = 30_000;

/** Makes a progress line: redrawn in place on a terminal, a line every 30 s otherwise, nothing when quiet or under `--json`. */
export function createProgressLine(output: Output, name: string, now: () => number = Date.now): ProgressLine {
  if (output.quiet || output.asJson) return { update() {}, end() {} };
  const startedMs = now();
  let shownMs = output.live ? Number.NEGATIVE_INFINITY : startedMs;
  const block = output.live
    ? createLiveBlock(output.stderr, { ...output, reflows: output.traits.reflows })
    : undefined;
  return {
    update(doneBytes, totalBytes) {
      const nowMs = now();
      if (nowMs - shownMs < (block ? redrawEveryMs : plainEveryMs)) return;
      shownMs = nowMs;
      const text = workText(name, doneBytes, totalBytes, nowMs - startedMs);
      if (block) block.draw([fitText(text, output.columns() - 1, output.unicode)]);
      else output.talk(text);
    },
    end() {
      block?.end();
    },
  };
}

/** `writing: 62 %, 1.2 GiB of 2 GiB, 118 MiB/s, 7 s left`. */
export function workText(name: string, doneBytes: number, totalBytes: number, elapsedMs: number): string {
  const rate = elapsedMs > 500 ? doneBytes / (elapsedMs / 1000) : null;
  const left = timeLeftMs(doneBytes, totalBytes, rate);
  const words = [
    `${percentDone(doneBytes, totalBytes)} %`,
    bytesDone(doneBytes, totalBytes),
    ...(rate === null ? [] : [formatRate(rate)]),
    ...(left === null || left <= 0 ? [] : [leftText(left, 0)]),
  ];
  return say("stage.named", { stage: translated(name), text: joined(words) });
}
