const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * Catches Ctrl+C and polite requests to end: the first calls `onFirst`, the second ends the process at once with exit code
 * 130. Returns what gives the signals back.
 */
export function catchInterrupts(onFirst: (reason: string) => void): () => void {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(130);
    asked = true;
    onFirst(signal === "SIGINT" ? "by Ctrl+C" : "because the process was asked to end");
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
