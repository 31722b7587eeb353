import { type Finding, SampanError, type Severity } from "@sampan/core";
import { rules } from "./rules/index.ts";
import type { ProfileName, RuleInput } from "./rules/rule.ts";

/** Options of {@link assessDisk}. */
export interface AssessOptions {
  /** `current` by default. */
  readonly profile?: ProfileName;
  /** Findings taken on by the user: the id of the rule, and the reason. */
  readonly accept?: Readonly<Record<string, string>>;
}

const order: Readonly<Record<Severity, number>> = { blocker: 0, warning: 1, info: 2 };

/**
 * Judges a disk by the rules of a profile: blockers first, then warnings, then what is only told.
 *
 * A pure function. An accepted finding keeps its severity and carries the reason in `accepted`; the caller decides what
 * that means. A blocker is what no fix-up mends. An id in `accept` that no rule has is refused with `CORE_ARGUMENT`.
 *
 * @example
 * ```ts
 * const inspection = await inspectDisk(source);
 * const disk = { sizeBytes: source.sizeBytes, system: true };
 * const findings = assessDisk({ inspection, disk, diskCount: 1 }, { profile: "current" });
 * ```
 */
export function assessDisk(input: RuleInput, options: AssessOptions = {}): Finding[] {
  const { profile = "current", accept = {} } = options;
  for (const id of Object.keys(accept)) {
    if (!rules.some((rule) => rule.id === id)) {
      throw new SampanError("CORE_ARGUMENT", `accepting findings of "${id}", which is no rule`, {
        hint: `Use the id of a rule: ${rules.map((rule) => rule.id).join(", ")}.`,
      });
    }
  }
  const findings: Finding[] = [];
  for (const rule of rules) {
    const membership = rule.profiles[profile];
    if (membership === undefined) continue;
    for (const hit of rule.check(input, profile)) {
      findings.push({
        rule: rule.id,
        severity: hit.severity ?? membership.severity,
        message: hit.message,
        hint: hit.hint,
        evidence: hit.evidence,
        fixup: hit.fixup === null ? null : rule.fixup,
        source: membership.source,
        accepted: Object.hasOwn(accept, rule.id) ? (accept[rule.id] ?? null) : null,
      });
    }
  }
  // The order of the table within a severity: sorting is stable.
  return findings.sort((a, b) => order[a.severity] - order[b.severity]);
}
