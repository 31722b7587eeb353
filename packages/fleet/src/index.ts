export { adviseFleet, usualAdviceLimits } from "./advice/advise-fleet.ts";
export { rateText } from "./advice/advise-sites.ts";
export {
  type Assumption,
  type AssumptionName,
  assuming,
  type FleetAssumptions,
  usualAssumptions,
} from "./advice/assumptions.ts";
export type {
  AdviceItem,
  AdviceLimits,
  ByteSum,
  FleetAdvice,
  FleetCost,
  Limit,
  LimitKind,
  RegionAdvice,
  SiteAdvice,
  WaveAdvice,
} from "./advice/fleet-advice.ts";
export {
  type ExpectedDisks,
  type ExpectedStage,
  expectedDisks,
  expectedStages,
  imageRegion,
  siteRate,
} from "./advice/stage-times.ts";
export { askedSecret } from "./asked-secret.ts";
export type { FleetEvent, HostOutcome } from "./fleet-event.ts";
export type { FleetHost, FleetMigration } from "./fleet-host.ts";
export type { Blackout, FleetPolicy } from "./fleet-policy.ts";
export { type FleetSentence, type FleetSentenceKey, fleetSentences } from "./fleet-sentence.ts";
export type { Served } from "./http/local-http.ts";
export {
  assertPolicyFits,
  defineFleet,
  type Fleet,
  type FleetDefinition,
  type FleetRow,
  readFleet,
} from "./inventory/fleet-file.ts";
export type { Inventory, InventoryRemark } from "./inventory/inventory.ts";
export { remarkText } from "./inventory/inventory-error.ts";
export { type PlanFleetOptions, planFleet } from "./inventory/plan-fleet.ts";
export {
  type InventoryFormat,
  type InventoryText,
  mostInventoryBytes,
  type ReadInventoryOptions,
  readInventory,
} from "./inventory/read-inventory.ts";
export { type PlanOfHost, usualPlan } from "./inventory/usual-plan.ts";
export { wavesInOrder } from "./inventory/wave-order.ts";
export { type FleetReport, fleetReport, type HostReport, type WaveReport } from "./report/fleet-report.ts";
export { fleetReportCsv } from "./report/report-csv.ts";
export { fleetReportHtml } from "./report/report-html.ts";
export { earlierRuns } from "./schedule/earlier-runs.ts";
export { parseFleetPolicy, usualPolicy, type WholePolicy } from "./schedule/policy.ts";
export {
  type FleetEnding,
  type FleetRun,
  type HostEnding,
  type RunFleetOptions,
  runFleet,
} from "./schedule/run-fleet.ts";
export type { EarlierRun } from "./schedule/schedule.ts";
export { siteBudgets } from "./schedule/site-budgets.ts";
export { type SimulateOptions, simulateFleet } from "./simulate/simulate-fleet.ts";
export type {
  Bottleneck,
  SimulatedHost,
  SimulatedSite,
  SimulatedWave,
  SimulatedWith,
  Simulation,
} from "./simulate/simulation.ts";
export { fleetMetricTable, type MetricRow } from "./telemetry/metric-table.ts";
export { createFleetMetrics, type FleetMetrics } from "./telemetry/metrics.ts";
export { type ServeMetricsOptions, serveMetrics } from "./telemetry/serve-metrics.ts";
export {
  createRunTracer,
  type RunTracer,
  type TraceAttributes,
  traceFleet,
  traceRun,
} from "./telemetry/traces.ts";
export type {
  FleetView,
  HostCounts,
  HostFinding,
  HostImage,
  HostStage,
  HostView,
  SiteView,
  WaveView,
} from "./watch/fleet-view.ts";
export { createFleetFold, type ExpectedBytes, type FleetFold, foldFleet } from "./watch/fold-fleet.ts";
