export { processorMs } from "./processor-time.ts";
export { refused } from "./refused.ts";
export { type VirtualClock, virtualClock } from "./virtual-clock.ts";
