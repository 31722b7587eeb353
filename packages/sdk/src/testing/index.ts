export { faultOfEvent } from "./fault-of-event.ts";
export { type RunnerUnderTest, runnerContract } from "./runner-contract.ts";
