import { constants } from "node:os";

/** Signals that ask a program how far it is: Ctrl+T sends SIGINFO where it exists, anybody may send SIGUSR1. */
const signals = ["SIGUSR1", "SIGINFO"] as const;

/**
 * Calls `tell` whenever somebody asks the process by a signal how far it is; returns what gives the signals back. What throws in
 * `tell` is for nobody: the work goes on.
 */
export function onStatusAsked(tell: () => void): () => void {
  const known = signals.filter((signal) => signal in constants.signals) as NodeJS.Signals[];
  const onSignal = (): void => {
    try {
      tell();
    } catch {
      // A terminal that is gone keeps no run from going on.
    }
  };
  for (const signal of known) process.on(signal, onSignal);
  return () => {
    for (const signal of known) process.off(signal, onSignal);
  };
}
