import { type MessageKey, say } from "../../language/speech.ts";

/** How the functions and objects of the SDK are called: their types are gone when the shell could ask them. */
export const exportSignatures = {
  Migration: "Migration.from(source) · Migration.with({ cloud, profile, region }).from(source)",
  isStage: "isStage(value)",
  stageOf: "stageOf(json)",
  runAll: "runAll(plans, options?)",
  startAll: "startAll(jobs, options)",
  usualParallelPlans: "usualParallelPlans",
  describePlan: "describePlan(plan)",
  parsePlan: "parsePlan(json)",
  planFingerprint: "planFingerprint(plan)",
  resolvePlan: "resolvePlan(plan, folder)",
  parseSource: "parseSource(text)",
  resolveSource: "resolveSource(source, folder)",
  sourceTitle: "sourceTitle(source)",
  chooseCloud: "chooseCloud({ flag, profile, plan, env })",
  connectCloud: "connectCloud(choice, home, options?)",
  findCloudCredentials: "findCloudCredentials(choice, env)",
  whoAmI: "whoAmI(choice, { home, env })",
  createEmbeddedRunner: "createEmbeddedRunner({ home, cloud })",
  sampanHome: "sampanHome({ env, baseFolder })",
  reportOf: "reportOf(plan, events)",
  openHost: "openHost(source, options?)",
  heldMoments: "heldMoments(…)",
  readSecret: "readSecret(from, world)",
  bandwidthBudget: "bandwidthBudget(bytesPerSecond)",
  leftError: "leftError(runId)",
  followingDeadlineError: "followingDeadlineError(runId, ms)",
  cachedNames: "cachedNames({ choice, home, env })",
  refreshNames: "refreshNames({ choice, home, env })",
  outlineOf: "outlineOf(value)",
  defineConfig: "defineConfig(settings)",
  surveyHost: "surveyHost(source, options?)",
  lookAtWorld: "lookAtWorld(plan, options)",
  forecastOf: "forecastOf(plan, options)",
  changesSince: "changesSince(saved, options)",
  worldChangedError: "worldChangedError(saved, changes)",
  savedPlansJson: "savedPlansJson(plans)",
  isSavedPlans: "isSavedPlans(json)",
  readSavedPlans: "readSavedPlans(json, path)",
  mergePolicies: "mergePolicies(policies)",
} as const satisfies Readonly<Record<string, string>>;

type ExportName = keyof typeof exportSignatures;

/** What one of them does, in a sentence; empty for a name that is none of them. */
export function exportSummary(name: string): string {
  return isExport(name) ? say(`export.${name}` satisfies MessageKey) : "";
}

/** Whether a name is one of the SDK's that are explained. */
export function isExport(name: string): name is ExportName {
  return Object.hasOwn(exportSignatures, name);
}
