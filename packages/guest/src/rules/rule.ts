import type { Evidence, RuleSource, Severity } from "@sampan/core";
import type { DiskInspection } from "../inspection.ts";

/** A dated set of rules. `current` is what ECS takes today; `whitepaper-2017` is the first guide's list. */
export type ProfileName = "current" | "whitepaper-2017";

/** What a rule looks at. */
export interface RuleInput {
  readonly inspection: DiskInspection;
  /** The disk as it will be sent. */
  readonly disk: { readonly sizeBytes: number; readonly system: boolean };
  /** How many disks the host has in all. */
  readonly diskCount: number;
}

/** What a rule found: its own words and what proves them. */
export interface RuleHit {
  readonly message: string;
  readonly hint: string;
  readonly evidence: readonly Evidence[];
  /** Overrides the rule's severity for this case. */
  readonly severity?: Severity;
}

/** One check. One file a rule; a pure function of what was seen. */
export interface Rule {
  /** Stable: the cloud's own `GUESTOS.*` name where the meaning is the same, otherwise `SAMPAN.*`. */
  readonly id: string;
  /** One sentence: what is required. */
  readonly requirement: string;
  /** Profiles it belongs to, with severity and source in each. */
  readonly profiles: Readonly<
    Partial<Record<ProfileName, { readonly severity: Severity; readonly source: RuleSource }>>
  >;
  /** Id of the fix-up that mends it; `null` when none does. */
  readonly fixup: string | null;
  /** Every way in which the requirement is not met; empty when it is, or when it cannot be told. */
  check(input: RuleInput): readonly RuleHit[];
}
