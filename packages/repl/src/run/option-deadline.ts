import { type OptionValues, optionText } from "../command-call.ts";
import { parseDuration } from "../terminal/duration.ts";

/** Reads `--deadline`, from when it counts; gives what is left of it whenever it is asked, and nothing where none was given. */
export function optionDeadline(options: OptionValues): () => { readonly deadlineMs?: number } {
  const text = optionText(options, "deadline");
  if (text === undefined) return () => ({});
  const endsAtMs = performance.now() + parseDuration(text);
  return () => ({ deadlineMs: Math.max(1, endsAtMs - performance.now()) });
}
