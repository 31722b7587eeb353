export { faultOfEvent } from "./fault-of-event.ts";
export { type RunnerUnderTest, runnerContract } from "./runner-contract.ts";
export {
  type CountedStage,
  gate,
  newHostPlan,
  type StagedPipeline,
  type StageWork,
  stagedPipeline,
  untilAborted,
} from "./staged-pipeline.ts";
