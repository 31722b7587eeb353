import { type ExitCode, type Finding, formatBytes, type Severity } from "@sampan/core";
import type { GuestFacts, MigrationAdvice, ProfileName } from "@sampan/guest";
import { guestPairs, pairLines } from "../disk/describe-guest.ts";
import { say, translated } from "../language/speech.ts";
import type { Output } from "../terminal/output.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";
import { findingLine } from "./messages.ts";
import type { AssessedImage } from "./sarif.ts";

/** What an assessment comes to. */
export interface Verdict {
  readonly name: "ready" | "warnings" | "blocked";
  readonly exitCode: ExitCode;
  readonly words: string;
}

/** Judges findings as a whole: exit code 0, 3 with warnings, 5 with blockers; what was accepted does not count. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const open = (severity: Severity) =>
    findings.filter((finding) => finding.severity === severity && finding.accepted === null);
  const blockers = open("blocker").length;
  if (blockers > 0) {
    return { name: "blocked", exitCode: 5, words: say("verdict.blocked", { blockers }) };
  }
  const warnings = open("warning");
  if (warnings.length === 0) return { name: "ready", exitCode: 0, words: say("verdict.ready") };
  const mended = warnings.filter((finding) => finding.fixup !== null).length;
  const words = say("verdict.warnings", { warnings: warnings.length, mended });
  return { name: "warnings", exitCode: 3, words };
}

/** What is printed of an assessment. */
export interface AssessmentToPrint {
  /** `null` for a disk that no system is on, and that was accepted as such. */
  readonly guest: GuestFacts | null;
  readonly profile: ProfileName;
  readonly first: AssessedImage;
  readonly dataDisks: readonly AssessedImage[];
  readonly notes: readonly string[];
  readonly advice: MigrationAdvice | null;
  readonly verdict: Verdict;
}

/** Prints an assessment for people: the guest, findings by severity with evidence and mend, notes, advice, verdict. */
export function printAssessment(output: Output, assessment: AssessmentToPrint): void {
  const { guest, profile, first, dataDisks, notes, advice, verdict } = assessment;
  output.data(
    plainText(pairLines([...(guest === null ? [] : guestPairs(guest)), [say("assess.profile"), profile]])),
  );
  output.data("");
  printFindings(output, first.findings);
  for (const { path, sizeBytes, findings } of dataDisks) {
    const disk = say("assess.data-disk", { path, size: formatBytes(sizeBytes) });
    output.data(oneLine(findings.length === 0 ? say("assess.nothing-found", { disk }) : disk));
    printFindings(output, findings);
  }
  for (const note of notes) output.data(oneLine(say("assess.note", { note: translated(note) })));
  if (advice !== null) {
    const byImage = advice.dataDisks === "file-sync" ? "advice.image-and-files" : "advice.image";
    const what = say(advice.approach === "image" ? byImage : "advice.files");
    output.data(say("assess.advice", { advice: what }));
    for (const reason of advice.reasons) output.data(`    ${translated(reason)}`);
  }
  output.data(verdict.words);
}

/** Prints findings for people, each with its evidence and mend. */
export function printFindings(output: Output, findings: readonly Finding[]): void {
  const { colours } = output;
  for (const finding of findings) {
    output.data(findingLine(finding, colours));
    for (const evidence of finding.evidence.slice(0, 3)) {
      const where =
        evidence.kind === "file"
          ? `${evidence.path}${evidence.line === null ? "" : `:${evidence.line}`}: `
          : evidence.kind === "disk"
            ? `${say("assess.at-byte", { offset: evidence.offset })}: `
            : `${evidence.name}: `;
      output.data(colours.dim(oneLine(`    ${where}${evidence.text}`)));
    }
    const more = finding.evidence.length - 3;
    if (more > 0) output.data(colours.dim(`    ${say("assess.more-places", { places: more })}`));
    if (finding.fixup === null && finding.hint !== "")
      output.data(oneLine(`    ${say("assess.try", { hint: translated(finding.hint) })}`));
  }
  if (findings.length > 0) output.data("");
}
