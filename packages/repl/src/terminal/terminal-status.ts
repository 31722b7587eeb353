import type { OutputStream } from "./output.ts";
import { oneLine } from "./plain-text.ts";
import type { TerminalTraits } from "./terminal-traits.ts";

/** How far the work is, for a terminal's title and taskbar. */
export interface WorkStatus {
  /** `upload 62 % · 12 min left · web-01`. */
  readonly title: string;
  /** 0 to 100; `null` while nobody knows. */
  readonly percent: number | null;
  readonly state: "going" | "stalled" | "failed";
}

/** Shows how far the work is outside of the text. */
export interface TerminalStatus {
  /** Takes a new status; written at most once a second, and only where it differs. */
  show(status: WorkStatus, nowMs: number): void;
  /** Sets everything back. */
  end(): void;
}

const esc = "\u001b";
const everyMs = 1000;
const states = { going: 1, failed: 2, stalled: 4 } as const;
/** Progress of unknown extent, as OSC 9;4 has it. */
const indeterminate = 3;

/** Makes the status of a terminal; one that can do neither gets nothing. Set back when the process ends before. */
export function createTerminalStatus(
  stream: OutputStream,
  { title: hasTitle, progress: hasProgress }: Pick<TerminalTraits, "title" | "progress">,
): TerminalStatus {
  let isOpen = false;
  let shownMs = Number.NEGATIVE_INFINITY;
  let shown = "";
  const reset = (): void => {
    if (!isOpen) return;
    isOpen = false;
    process.off("exit", reset);
    const title = hasTitle ? `${esc}]2;\u0007${esc}[23;2t` : "";
    stream.write(`${hasProgress ? `${esc}]9;4;0;0\u0007` : ""}${title}`);
  };
  return {
    show({ title, percent, state }, nowMs) {
      if (!hasTitle && !hasProgress) return;
      const sinceMs = nowMs - shownMs;
      if (sinceMs >= 0 && sinceMs < everyMs) return;
      const kind = percent === null && state === "going" ? indeterminate : states[state];
      const text = [
        hasTitle ? `${esc}]2;${oneLine(title)}\u0007` : "",
        hasProgress ? `${esc}]9;4;${kind};${percent ?? 0}\u0007` : "",
      ].join("");
      if (text === shown) return;
      shownMs = nowMs;
      shown = text;
      if (!isOpen) {
        isOpen = true;
        process.once("exit", reset);
        // The title that is there is kept by the terminal until it is set back.
        if (hasTitle) stream.write(`${esc}[22;2t`);
      }
      stream.write(text);
    },
    end: reset,
  };
}
