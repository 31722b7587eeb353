export { type BandwidthBudget, bandwidthBudget } from "@sampan/cloud";
export type {
  Consistency,
  HeldMoment,
  Host,
  HostChange,
  HostDisk,
  HostLeftover,
  HostPreparation,
  HostPreparationOptions,
  HostSurvey,
  LiveMachine,
  PreparedMachine,
} from "@sampan/host";
export { type CloudChoice, type CloudWishes, chooseCloud } from "./cloud/choose-cloud.ts";
export { type ConnectOptions, connectCloud, findCloudCredentials } from "./cloud/connect-cloud.ts";
export { type Identity, type IdentityPart, whoAmI } from "./cloud/who-am-i.ts";
export {
  isStage,
  Migration,
  type MigrationStart,
  outlineOf,
  type StageOutline,
  stageOf,
} from "./fluent/migration.ts";
export type * from "./fluent/results.ts";
export type {
  AssessedHost,
  AssessedInstance,
  CapturedDisks,
  EncodedImages,
  ImportedImage,
  InstanceImage,
  InstanceSnapshots,
  LaunchedInstance,
  SelectedHost,
  SelectedInstance,
  Stage,
  UploadedImages,
} from "./fluent/stages.ts";
export { changesSince, worldChangedError } from "./forecast/assert-world.ts";
export type {
  Basis,
  CostItem,
  Deed,
  Estimate,
  Forecast,
  ForecastAct,
  ForecastProblem,
  ForecastStep,
} from "./forecast/forecast.ts";
export { type ForecastOptions, forecastOf } from "./forecast/forecast-of.ts";
export { type LookOptions, lookAtWorld } from "./forecast/look-at-world.ts";
export { mergePolicies, type PolicyDocument, type StageActions } from "./forecast/permissions.ts";
export { isSavedPlans, readSavedPlans, type SavedPlan, savedPlansJson } from "./forecast/saved-plan.ts";
export type { World, WorldChange } from "./forecast/world.ts";
export { type CachedNames, cachedNames, type NamesQuestion } from "./names/cached-names.ts";
export type { AccountNames } from "./names/names-file.ts";
export { type RefreshNamesOptions, refreshNames } from "./names/refresh-names.ts";
export type {
  CreateImageOptions,
  LaunchOptions,
  SnapshotOptions,
  VerifyOptions,
} from "./plan/instance-options.ts";
export type {
  AssessOptions,
  CaptureOptions,
  ContextOptions,
  CopyOptions,
  ImportOptions,
  PrepareOptions,
  ShareOptions,
  UploadOptions,
  Verb,
  VhdOptions,
} from "./plan/options.ts";
export { parseSource } from "./plan/parse-source.ts";
export {
  describePlan,
  type Plan,
  type PlanStep,
  parsePlan,
  planFingerprint,
  resolvePlan,
} from "./plan/plan.ts";
export { resolveSource } from "./plan/resolve-source.ts";
export { type SecretSource, type SourceSpec, sourceTitle } from "./plan/sources.ts";
export { followingDeadlineError, leftError } from "./run/deadline.ts";
export { createEmbeddedRunner, type EmbeddedRunnerOptions } from "./run/embedded-runner.ts";
export { heldMoments } from "./run/held-moments.ts";
export { type OpenHostOptions, openHost } from "./run/open-host.ts";
export { type AskSecret, readSecret, type SecretWorld } from "./run/read-secret.ts";
export { type RunAllHandle, type RunAllOptions, runAll } from "./run/run-all.ts";
export type { RunHandle, RunOptions } from "./run/run-handle.ts";
export { sampanHome } from "./run/run-plan.ts";
export { type RunReport, reportOf, type StageReport } from "./run/run-report.ts";
export type { Runner, RunState, RunStatus, StageStatus, StartOptions } from "./run/runner.ts";
export {
  type PlanJob,
  type RunOutcome,
  type StartAllOptions,
  startAll,
  usualParallelPlans,
} from "./run/start-all.ts";
export { type SurveyedHost, surveyHost } from "./run/survey-host.ts";
export { defineConfig, type SampanConfig } from "./settings/define-config.ts";
