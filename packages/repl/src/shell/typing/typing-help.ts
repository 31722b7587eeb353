import { oneLine } from "../../terminal/plain-text.ts";
import type { NameLookup } from "../completion/receiver.ts";
import type { Span } from "../line-editor/prompt-look.ts";
import type { ShellSession } from "../session.ts";
import { highlight, longestColoured } from "./highlight.ts";
import type { Lexicon } from "./lexicon.ts";

/** What helps while somebody types, at each key and at once. Evaluates nothing. */
export interface TypingHelp {
  /** Pieces of an input that have a colour. A text that was asked for last is not looked through again. */
  highlight(text: string): readonly Span[];
  /** How the call is written in which the cursor stands; `undefined` until {@link TypingHelp.load} is done. */
  hint(text: string, cursor: number): string | undefined;
  /**
   * Loads what Sampan knows, which takes long and so is for when a prompt is there already: until then only the language's own words have
   * colours. Never fails: what cannot be loaded is told by who needs it more.
   */
  load(): Promise<void>;
}

interface Known {
  readonly lexicon: Lexicon;
  readonly callHint: (text: string, lookup: NameLookup) => string | undefined;
  readonly lookup: NameLookup;
}

/** Makes the help of a session. */
export function createTypingHelp(session: () => ShellSession): TypingHelp {
  let known: Known | undefined;
  let last: { readonly text: string; readonly spans: readonly Span[] } | undefined;
  return {
    highlight(text) {
      if (last?.text !== text) last = { text, spans: highlight(text, known?.lexicon) };
      return last.spans;
    },
    hint(text, cursor) {
      if (known === undefined || cursor > longestColoured || /^\s*:/.test(text)) return undefined;
      const hint = known.callHint(text.slice(0, cursor), known.lookup);
      return hint && oneLine(hint);
    },
    async load() {
      try {
        const [{ evaluator }, { lexiconOf }, { callHint }] = await Promise.all([
          session().engine(),
          import("./lexicon.ts"),
          import("../completion/call-hint.ts"),
        ]);
        known = { lexicon: lexiconOf(session()), callHint, lookup: (name) => evaluator.outlines().get(name) };
        last = undefined;
      } catch {
        // The first input that is evaluated says it.
      }
    },
  };
}
