import type { Evidence, RuleSource, Severity } from "@sampan/core";
import type { DiskInspection } from "../inspection.ts";
import type { DiskLayout } from "../volumes/layout.ts";

/** A dated set of rules. `current` is what ECS takes today; `whitepaper-2017` is the first guide's list. */
export type ProfileName = "current" | "whitepaper-2017";

/** What a rule looks at. */
export interface RuleInput {
  readonly inspection: DiskInspection;
  /** The disk as it will be sent. */
  readonly disk: { readonly sizeBytes: number; readonly system: boolean };
  /** How many disks the host has in all. */
  readonly diskCount: number;
  /** What lies on the host's other disks that will be sent too. */
  readonly dataDisks?: readonly DiskLayout[];
  /** Where the host runs today; anywhere but on ECS unless it is said. */
  readonly origin?: "ecs" | "other";
  /** Format in which the disk will be sent, such as `vhd`; absent while that is open. */
  readonly sentAs?: string;
}

/** What a rule found: its own words and what proves them. */
export interface RuleHit {
  readonly message: string;
  /** One line, with the commands that mend it. */
  readonly hint: string;
  readonly evidence: readonly Evidence[];
  /** Overrides the rule's severity for this case. */
  readonly severity?: Severity;
  /** `null` when the rule's fix-up does not mend this case. */
  readonly fixup?: null;
}

/** One check. One file a rule; a pure function of what was seen. */
export interface Rule {
  /** Stable: the cloud's own `GUESTOS.*` name where the meaning is the same, otherwise `SAMPAN.*`. */
  readonly id: string;
  /** One sentence: what is required. */
  readonly requirement: string;
  /** Why that matters on ECS, and where the vendor's documents disagree. Markdown, for the manual. */
  readonly why: string;
  /** What is looked at, and what a finding shows as evidence. Markdown. */
  readonly looksAt: string;
  /** How to mend it by hand, with the exact commands. Markdown. */
  readonly mend: string;
  /** Profiles it belongs to, with severity and source in each. */
  readonly profiles: Readonly<
    Partial<Record<ProfileName, { readonly severity: Severity; readonly source: RuleSource }>>
  >;
  /** Id of the fix-up that mends it; `null` when none does. */
  readonly fixup: string | null;
  /** Every way in which the requirement is not met; empty when it is, or when it cannot be told. */
  check(input: RuleInput, profile: ProfileName): readonly RuleHit[];
}
