import { emitKeypressEvents } from "node:readline";
import type { PressedKey } from "./keys.ts";

/** A terminal's input, or what stands for it in tests. */
export type KeyInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
};

/** One key, or a paste as a whole. */
export type KeyEvent =
  | { readonly kind: "key"; readonly typed: string; readonly key: PressedKey }
  | { readonly kind: "paste"; readonly text: string }
  /** Nobody types there any more. */
  | { readonly kind: "end" }
  /** The process is asked to end. */
  | { readonly kind: "terminated" };

/** Where keys come from while somebody listens. */
export interface KeySource {
  /** Takes the terminal: no echo, no signals, pastes marked. Does nothing when it is taken. */
  take(): void;
  /** Gives it back as it was. Safe to call at any time, also twice. */
  give(): void;
  /**
   * Lets work that blocks have the signals meanwhile: Ctrl+C is one, and those that end a process end it at once, since nobody here would
   * hear of them.
   */
  lendSignals<T>(work: () => T): T;
  /** Gives the terminal back for good, and the signals that end a process. */
  close(): void;
}

const endingSignals = ["SIGTERM", "SIGHUP"] as const;

const markPastes = "\u001b[?2004h";
const leavePastes = "\u001b[?2004l";

/** Makes the source of keys of a terminal; what switches it goes to `write`. */
export function createKeySource(
  input: KeyInput,
  write: (text: string) => void,
  onEvent: (event: KeyEvent) => void,
): KeySource {
  let taken = false;
  let paste: string | null = null;
  const onKey = (typed: string | undefined, key: PressedKey): void => {
    if (key.name === "paste-start") paste = "";
    else if (key.name === "paste-end") {
      if (paste !== null) onEvent({ kind: "paste", text: paste });
      paste = null;
    } else if (paste !== null) paste += key.sequence ?? typed ?? "";
    else onEvent({ kind: "key", typed: typed ?? "", key });
  };
  const onEnd = (): void => onEvent({ kind: "end" });
  const onSignal = (signal: NodeJS.Signals): void => {
    onEvent({ kind: "terminated" });
    // Whoever has the terminal meanwhile, and does not listen, would go on for good.
    if (!taken && process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const hearSignals = (): void => {
    leaveSignals();
    for (const signal of endingSignals) process.once(signal, onSignal);
  };
  const leaveSignals = (): void => {
    for (const signal of endingSignals) process.off(signal, onSignal);
  };
  const give = (): void => {
    if (!taken) return;
    taken = false;
    process.off("exit", give);
    input.off("keypress", onKey);
    input.off("end", onEnd);
    write(leavePastes);
    input.setRawMode?.(false);
    input.pause();
  };
  // A terminal that is gone may say so by an error, to whoever reads it and to whoever switches it.
  input.on("error", onEnd);
  return {
    take() {
      if (taken) return;
      taken = true;
      emitKeypressEvents(input);
      input.setRawMode?.(true);
      write(markPastes);
      input.on("keypress", onKey);
      input.on("end", onEnd);
      hearSignals();
      // However the program ends, the terminal is given back.
      process.on("exit", give);
      input.resume();
    },
    give,
    lendSignals(work) {
      input.setRawMode?.(false);
      leaveSignals();
      try {
        return work();
      } finally {
        if (taken) {
          hearSignals();
          input.setRawMode?.(true);
        }
      }
    },
    close() {
      give();
      leaveSignals();
    },
  };
}
