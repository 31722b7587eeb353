import type { Json } from "@sampan/core";

/** What a step finds when it looks at its host. */
export type StepState =
  /** Nothing is to be done: it is so already. */
  | { readonly state: "already"; readonly text: string }
  | {
      readonly state: "needed";
      /** What would be done, completing "would …". */
      readonly text: string;
      /** What will then be there because of us: what {@link Step.undo} is given. */
      readonly made: Json;
    }
  /** It cannot be done on this host as it is. */
  | { readonly state: "refused"; readonly text: string; readonly hint?: string };

/**
 * One change to a host that can be looked at before, and taken back after.
 *
 * `look` changes nothing. What it says will be made is recorded on the host before `apply` makes it, so that `undo` takes back
 * exactly that, from another process too. Both are idempotent.
 */
export interface Step {
  /** Unique among the steps of a share, and the same in later versions: records name it. */
  readonly id: string;
  /** What it is about: `the line in /etc/exports`. */
  readonly title: string;
  look(signal?: AbortSignal): Promise<StepState>;
  apply(signal?: AbortSignal): Promise<void>;
  /** Takes back what was made; says what became of it, completing "… ". What is used by others or holds data is kept. */
  undo(made: Json, signal?: AbortSignal): Promise<string>;
}

/** A step as it was found, or as it ended. */
export interface StepReport {
  readonly id: string;
  readonly title: string;
  readonly state: "already" | "needed" | "refused" | "done" | "undone";
  readonly text: string;
  readonly hint?: string;
}
