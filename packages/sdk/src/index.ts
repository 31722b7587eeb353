export type { CloudChoice } from "./cloud/choose-cloud.ts";
export type * from "./fluent/results.ts";
export type {
  AssessedHost,
  CapturedDisks,
  EncodedImages,
  ImportedImage,
  SelectedHost,
  Stage,
  UploadedImages,
} from "./fluent/stages.ts";
export type {
  AssessOptions,
  CaptureOptions,
  ContextOptions,
  CopyOptions,
  ImportOptions,
  PrepareOptions,
  UploadOptions,
  Verb,
  VhdOptions,
} from "./plan/options.ts";
export {
  describePlan,
  type Plan,
  type PlanStep,
  parsePlan,
  planFingerprint,
  resolvePlan,
  type SourceSpec,
} from "./plan/plan.ts";
export type { RunHandle, RunOptions } from "./run/run-handle.ts";
export type { Runner, RunState, RunStatus, StageStatus, StartOptions } from "./run/runner.ts";
