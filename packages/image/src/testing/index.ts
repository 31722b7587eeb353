export { memorySource } from "./memory-source.ts";
export { type PatternSource, patternSource } from "./pattern-source.ts";
export { type FaultPlan, withFault } from "./with-fault.ts";
