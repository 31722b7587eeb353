import type { DetectionItem, ImageDetection } from "@sampan/cloud";
import type { Finding, RuleSource } from "@sampan/core";
import type { CloudCheckItem } from "../fluent/results.ts";

/** What the assessment said, and what became of it. */
export interface OwnJudgement {
  readonly findings: readonly Finding[];
  /** Ids of the fix-ups that were applied. */
  readonly mended: readonly string[];
  /** Ids of all rules there are. */
  readonly rules: readonly string[];
}

/** The cloud's check beside our own judgement, item by item, and a finding for each item on which they differ. */
export interface ComparedCheck {
  readonly items: readonly CloudCheckItem[];
  readonly findings: readonly Finding[];
}

/**
 * Holds the cloud's own check of the image against the assessment. They agree when both see a risk or neither does; what we
 * only remark on (`info`) agrees with both. A disagreement is a warning: the image is there and usable either way.
 */
export function compareCheck(detection: ImageDetection, own: OwnJudgement): ComparedCheck {
  const items = detection.items.filter(({ name }) => name !== "").map((item) => compareItem(item, own));
  const differing = items.filter(({ agree, risk }) => agree === false || (agree === null && risk !== null));
  return { items, findings: differing.map(differs) };
}

function compareItem(item: DetectionItem, own: OwnJudgement): CloudCheckItem {
  const rule = own.rules.find((id) => id.toLowerCase() === item.name.toLowerCase());
  const risk = [item.riskLevel, item.riskCode].filter((text) => text !== "").join(" ") || null;
  const ours = rule === undefined ? "not judged" : judgement(rule, own);
  const agree =
    ours === "not judged" ? null : ours === "remark" ? true : (ours === "risk") === (risk !== null);
  return { name: rule ?? item.name, value: item.value, risk, ours, agree };
}

function judgement(rule: string, own: OwnJudgement): "risk" | "remark" | "fine" {
  const open = own.findings.filter(
    (finding) => finding.rule === rule && !(finding.fixup !== null && own.mended.includes(finding.fixup)),
  );
  if (open.some(({ severity }) => severity !== "info")) return "risk";
  return open.length > 0 ? "remark" : "fine";
}

const source: RuleSource = {
  title: "ECS: Check and repair custom images",
  url: "https://www.alibabacloud.com/help/en/ecs/user-guide/detect-custom-images-and-repair",
  date: "2026-11-01",
};

function differs({ name, value, risk, ours }: CloudCheckItem): Finding {
  const said = ours === "not judged" ? "has no rule for it" : "saw none";
  const shown = value === "" ? "no value" : value;
  return {
    rule: name,
    severity: "warning",
    message:
      risk === null
        ? `The assessment sees a risk in ${name}, and the cloud's own check of the image does not.`
        : `The cloud's own check of the image sees a risk in ${name} (${risk}), and the assessment ${said}.`,
    hint: "Look at the check of the image in the ECS console, and boot the image once before it is relied on.",
    evidence: [{ kind: "fact", name, text: `cloud: ${shown}, ${risk ?? "no risk"}` }],
    fixup: null,
    source,
    accepted: null,
  };
}
