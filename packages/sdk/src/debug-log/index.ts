export { type DebugLog, type DebugLogOptions, openDebugLog } from "./debug-log.ts";
