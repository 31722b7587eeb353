/*
 * What is known of plans without running any: the verbs, what their options may be, sources, regions. For editors and checks; it does no
 * I/O and loads nothing of Node.js.
 */
export * from "./catalogue.ts";
export { contextOptions, importPlatforms, stepOptions } from "./plan/options.ts";
export { parseSource } from "./plan/parse-source.ts";
export { refuseForeignKind } from "./plan/refusals.ts";
export { refuseStep } from "./plan/refuse-step.ts";
export { armFamilies, knownRegions, type RegionEntry, regionsAsOf } from "./plan/regions.ts";
export { kindNames, type SourceSpec, sourceSpec } from "./plan/sources.ts";
