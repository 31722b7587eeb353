export { refused } from "./refused.ts";
export { type VirtualClock, virtualClock } from "./virtual-clock.ts";
