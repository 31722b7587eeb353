/*
 * What a runner is made of, for those that bring another engine: the same stages, record and endings as the embedded runner's; and what plans
 * come down to, for those that look after many. It goes with the version of this package, without promises to others.
 */

export { type CloudChoice, cloudIdentity, cloudKey, isBuiltIn } from "./cloud/choose-cloud.ts";
export { connectCloud } from "./cloud/connect-cloud.ts";
export { assumedRates } from "./forecast/estimates.ts";
export { stagesOf } from "./forecast/plan-places.ts";
export { migrationPipeline } from "./pipeline/migration-pipeline.ts";
export { stepOf } from "./plan/plan.ts";
export { hostIdentity } from "./plan/sources.ts";
export { artifactFolder } from "./run/artifact-folder.ts";
export { attachRun } from "./run/attach-run.ts";
export { createHandle, type Execution } from "./run/create-handle.ts";
export { assertDeadline, deadlineError, leftError } from "./run/deadline.ts";
export { brokenOffEvent, type EndedRun, finishedEvent, leaveRun, outputsOf } from "./run/end-run.ts";
export { isRunEvent } from "./run/event-schema.ts";
export {
  addEvent,
  emptyRecord,
  foldRun,
  type RunRecord,
  type StageRecord,
  stageRecord,
} from "./run/fold-run.ts";
export {
  assertNotHandedOver,
  type HandedOver,
  handedOverTo,
  markHandedOver,
  unmarkHandedOver,
} from "./run/handed-over.ts";
export { readJournal } from "./run/journal.ts";
export { performStage, type StageLog, type StageWork } from "./run/perform-stage.ts";
export { pipelineSteps, stopHere } from "./run/pipeline-steps.ts";
export { takeLock } from "./run/process-lock.ts";
export { tellRunEvent } from "./run/run-channels.ts";
export { isDone, lastStage } from "./run/run-extent.ts";
export { createRunId, isRunId } from "./run/run-id.ts";
export { type OpenServices, openServices, type ServiceSurroundings } from "./run/run-services.ts";
export { statusOf, unreadableStatus } from "./run/run-status.ts";
export { hostLockPath, loadPlan, runFolder } from "./run/run-store.ts";
export type {
  Artifacts,
  Pipeline,
  PipelineSteps,
  Services,
  StageContext,
  StageDefinition,
  StagePlace,
  StagePool,
} from "./run/stage-definition.ts";
export { objectKey } from "./stages/object-key.ts";
