export type {
  AccountFacts,
  BucketFact,
  ImageFact,
  KmsKeyFact,
  Listed,
  ObjectFact,
  QuotaFact,
  ZoneFact,
} from "./account-facts.ts";
export { analysePlan } from "./analyse-plan.ts";
export { applyFix, applySafeFixes } from "./apply-fixes.ts";
export { checkConfigOf } from "./check-config.ts";
export type { HostFacts, LastRun, RunFinding } from "./last-run.ts";
export { MadeIndex, type PlacedThing } from "./made-index.ts";
export { type ChainBefore, type Place, placeAt, stageAfter } from "./place-at.ts";
export {
  type ComputedValue,
  entryOf,
  type PlacedEntry,
  type PlacedList,
  type PlacedRecord,
  type PlacedScalar,
  type PlacedText,
  type PlacedValue,
  plainValue,
  type TextRange,
} from "./placed-value.ts";
export type {
  AnalysisOptions,
  ChainEnd,
  ChainStep,
  LinePosition,
  MadeElsewhere,
  MadeThing,
  PlanAnalysis,
  PlanChain,
  Problem,
  ProblemFix,
  ProblemLevel,
  RelatedElsewhere,
  RelatedPlace,
  TextEdit,
} from "./plan-analysis.ts";
export { planRules } from "./plan-rules.ts";
export type { RuleExample, RuleFacts } from "./rules/rule-facts.ts";
export type { SentenceLanguage, Speech } from "./sentences/sentence.ts";
export { suppressionFix } from "./suppression-fix.ts";
