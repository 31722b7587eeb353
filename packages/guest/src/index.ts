export { type AdviceInput, adviseMigration, type MigrationAdvice } from "./advise-migration.ts";
export { type AssessOptions, assessDisk } from "./assess-disk.ts";
export {
  type RunningWindows,
  readRunningWindows,
  type WindowsAnswers,
  type WindowsFileQuestion,
  type WindowsQuestions,
} from "./facts/windows/running.ts";
export type * from "./facts.ts";
export type { FileNode, FileVolume } from "./files/file-volume.ts";
export type { GuestFileStat, GuestFiles, WritableGuestFiles } from "./files/guest-files.ts";
export type { Fixup } from "./fixups/fixup.ts";
export { fixups } from "./fixups/index.ts";
export { hostFixups } from "./fixups/on-host/index.ts";
export { inspectDisk } from "./inspect-disk.ts";
export { inspectRunning, type RunningMount, type RunningSystem } from "./inspect-running.ts";
export type { DiskInspection } from "./inspection.ts";
export { type GroupRecords, readGroupRecords } from "./lvm/group-records.ts";
export { makePatch, type Patch, type PatchOptions } from "./patch/make-patch.ts";
export { type StagedFixups, type StageOptions, stageFixups } from "./patch/stage-fixups.ts";
export type { StagedChange } from "./patch/staged-files.ts";
export { type Profile, profiles, rules } from "./rules/index.ts";
export type { ProfileName, Rule, RuleHit, RuleInput } from "./rules/rule.ts";
export * from "./volumes/index.ts";
