/** How much a finding matters: a `blocker` ends the run unless accepted, a `warning` needs thought, `info` is told. */
export type Severity = "blocker" | "warning" | "info";

/** Where a finding was seen: a file of the guest, a place on the disk, or a fact about the whole. */
export type Evidence =
  | { readonly kind: "file"; readonly path: string; readonly line: number | null; readonly text: string }
  | { readonly kind: "disk"; readonly offset: number; readonly text: string }
  | { readonly kind: "fact"; readonly name: string; readonly text: string };

/** Where a rule's truth comes from. */
export interface RuleSource {
  /** Title of the document, or of the section of it. */
  readonly title: string;
  /** Its address; `null` for a source that has none, such as the whitepaper. */
  readonly url: string | null;
  /** The day the source was read or dated, `YYYY-MM-DD`. */
  readonly date: string;
}

/**
 * One result of an assessment: which rule, how grave, what was seen, what to do.
 *
 * A finding is a value, not an error. Plain JSON.
 */
export interface Finding {
  /** Id of the rule, stable: the cloud's own `GUESTOS.*` name where the meaning is the same. */
  readonly rule: string;
  readonly severity: Severity;
  /** One sentence: what was found and why it matters. */
  readonly message: string;
  /** What to do about it, when no fix-up does. */
  readonly hint: string;
  readonly evidence: readonly Evidence[];
  /** Id of the fix-up that mends it; `null` when none does. */
  readonly fixup: string | null;
  readonly source: RuleSource;
  /** The reason given in the plan for accepting it; `null` when it was not accepted. */
  readonly accepted: string | null;
}

/** One change that fix-ups made to the copy. */
export interface PatchChange {
  /** Absolute path inside the guest. */
  readonly path: string;
  readonly kind: "modify" | "create" | "remove";
  /** Ids of the fix-ups that made it, in the order they were applied. */
  readonly fixups: readonly string[];
  /** For links: where the link pointed before and points after; `null` for none. */
  readonly link: { readonly before: string | null; readonly after: string | null } | null;
}

/** What a fix-up left as it is, and why. */
export interface PatchNote {
  /** Id of the fix-up. */
  readonly fixup: string;
  /** One sentence. */
  readonly text: string;
}

/** All fix-ups of a plan as one reviewable change. Plain JSON. */
export interface PatchRecord {
  readonly changes: readonly PatchChange[];
  /** Unified diff of every text file changed, created or removed; empty when nothing changes. */
  readonly diff: string;
  readonly notes: readonly PatchNote[];
}
