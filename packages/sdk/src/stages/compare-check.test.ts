import type { DetectionItem } from "@sampan/cloud";
import type { Finding } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { compareCheck, type OwnJudgement } from "./compare-check.ts";

const finding = (rule: string, severity: Finding["severity"], fixup: string | null = null): Finding => ({
  rule,
  severity,
  message: "…",
  hint: "…",
  evidence: [],
  fixup,
  source: { title: "…", url: null, date: "2026-01-01" },
  accepted: null,
});
const item = (name: string, riskLevel = "", value = "Installed"): DetectionItem => ({
  name,
  value,
  riskCode: riskLevel === "" ? "" : "ImageRisk",
  riskLevel,
});
const own: OwnJudgement = {
  findings: [
    finding("GUESTOS.Fstab", "blocker", "fstab"),
    finding("GUESTOS.Dhcp", "warning"),
    finding("GUESTOS.Nvme", "info"),
  ],
  mended: ["fstab"],
  rules: ["GUESTOS.Virtio", "GUESTOS.Fstab", "GUESTOS.Dhcp", "GUESTOS.Nvme"],
};
const compare = (...items: DetectionItem[]) => compareCheck({ status: "Finished", items }, own);

describe("the cloud's check beside the assessment", () => {
  it("agrees where both see a risk, and where neither does or ours was mended", () => {
    const { items, findings } = compare(
      item("GUESTOS.Virtio"),
      item("GUESTOS.Fstab"),
      item("guestos.dhcp", "Error", "Static"),
    );
    expect(items.map(({ name, risk, ours, agree }) => [name, risk, ours, agree])).toEqual([
      ["GUESTOS.Virtio", null, "fine", true],
      ["GUESTOS.Fstab", null, "fine", true],
      ["GUESTOS.Dhcp", "Error ImageRisk", "risk", true],
    ]);
    expect(findings).toEqual([]);
  });

  it("takes a remark of ours as agreeing with either", () => {
    expect(
      compare(item("GUESTOS.Nvme"), item("GUESTOS.Nvme", "Warning")).items.map(({ agree }) => agree),
    ).toEqual([true, true]);
  });

  it("warns of each item on which the two differ, whichever sees the risk", () => {
    const { findings } = compare(item("GUESTOS.Virtio", "Error", "NotInstalled"), item("GUESTOS.Dhcp"));
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ["GUESTOS.Virtio", "warning"],
      ["GUESTOS.Dhcp", "warning"],
    ]);
    expect(findings[0]?.message).toContain("sees a risk in GUESTOS.Virtio (Error ImageRisk)");
    expect(findings[0]?.evidence).toEqual([
      { kind: "fact", name: "GUESTOS.Virtio", text: "cloud: NotInstalled, Error ImageRisk" },
    ]);
    expect(findings[1]?.message).toContain("the cloud's own check of the image does not");
  });

  it("judges nothing it has no rule for, and warns of it when the cloud sees a risk", () => {
    const { items, findings } = compare(item("GUESTOS.New"), item("GUESTOS.Newer", "Warning"), item(""));
    expect(items.map(({ ours, agree }) => [ours, agree])).toEqual([
      ["not judged", null],
      ["not judged", null],
    ]);
    expect(findings.map(({ rule }) => rule)).toEqual(["GUESTOS.Newer"]);
  });
});
