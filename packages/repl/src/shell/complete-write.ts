import type { Writable } from "node:stream";

/**
 * Has a stream go on whose write was broken off half-way.
 *
 * Ctrl+C ends what computes between any two instructions, those of a `console.log` in a loop too. A terminal is written to at once, but where
 * the stream was not told of that any more it waits for good, and keeps all that is written later to itself. Does nothing to a
 * stream that waits for nothing. Node.js has no public call for this; where its streams are built otherwise some day, nothing is done.
 */
export function completeWrite(stream: Writable): void {
  const { _writableState: state } = stream as Writable & {
    readonly _writableState?: {
      readonly writing?: boolean;
      readonly onwrite?: (error?: Error | null) => void;
    };
  };
  if (state?.writing === true) state.onwrite?.();
}
