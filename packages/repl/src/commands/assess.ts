import type { ExitCode, Finding } from "@sampan/core";
import { assessDisk, inspectDisk, type ProfileName } from "@sampan/guest";
import { argument, type CommandFunction, optionText } from "../command-call.ts";
import { guestPairs, pairLines } from "../disk/describe-guest.ts";
import { withImage } from "../disk/open-target.ts";
import { requireGuest } from "../disk/require-guest.ts";
import { findingLine } from "../render/messages.ts";
import { count } from "../terminal/numbers.ts";
import type { Output } from "../terminal/output.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";

/** `sampan assess TARGET`: judges a host; exit code 0, 3 with warnings, 5 with blockers. */
export const run: CommandFunction = async (call) => {
  const target = argument(call, 0);
  return withImage(call, target, async ({ source }) => {
    const { output } = call;
    const profile = (optionText(call.options, "profile") as ProfileName | undefined) ?? "current";
    const inspection = await inspectDisk(source);
    const guest = requireGuest(inspection, `assessing ${target}`);
    const disk = { sizeBytes: source.sizeBytes, system: true };
    const findings = assessDisk({ inspection, disk, diskCount: 1 }, { profile });
    const verdict = verdictOf(findings);
    if (output.asJson) {
      output.json({ target, profile, verdict: verdict.name, guest, findings, notes: inspection.notes });
      return verdict.exitCode;
    }
    output.data(plainText(pairLines([...guestPairs(guest), ["profile", profile]])));
    output.data("");
    printFindings(output, findings);
    for (const note of inspection.notes) output.data(plainText(`note: ${note}`));
    output.data(verdict.words);
    return verdict.exitCode;
  });
};

function printFindings(output: Output, findings: readonly Finding[]): void {
  const { colours } = output;
  for (const finding of findings) {
    output.data(findingLine(finding, colours));
    for (const evidence of finding.evidence.slice(0, 3)) {
      const where =
        evidence.kind === "file"
          ? `${evidence.path}${evidence.line === null ? "" : `:${evidence.line}`}: `
          : evidence.kind === "disk"
            ? `at byte ${evidence.offset}: `
            : `${evidence.name}: `;
      output.data(colours.dim(oneLine(`    ${where}${evidence.text}`)));
    }
    if (finding.fixup === null && finding.hint !== "") output.data(oneLine(`    try: ${finding.hint}`));
  }
  if (findings.length > 0) output.data("");
}

function verdictOf(findings: readonly Finding[]): {
  readonly name: "ready" | "warnings" | "blocked";
  readonly exitCode: ExitCode;
  readonly words: string;
} {
  const blockers = findings.filter((finding) => finding.severity === "blocker").length;
  const warnings = findings.filter((finding) => finding.severity === "warning");
  if (blockers > 0) {
    return { name: "blocked", exitCode: 5, words: `not ready: ${count(blockers, "blocker")} to mend first` };
  }
  if (warnings.length === 0) return { name: "ready", exitCode: 0, words: "ready to be migrated" };
  const mended = warnings.filter((finding) => finding.fixup !== null).length;
  const words = `can be migrated: ${count(warnings.length, "warning")}, ${mended} of them mended by \`prepare()\``;
  return { name: "warnings", exitCode: 3, words };
}
