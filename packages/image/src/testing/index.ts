export { memorySource } from "./memory-source.ts";
export { type PatternSource, patternSource } from "./pattern-source.ts";
