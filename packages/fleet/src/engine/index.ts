export { createFleetRunner, type FleetRunnerOptions } from "./create-fleet-runner.ts";
export { type Dashboard, type DashboardOptions, serveDashboard } from "./dashboard.ts";
export { type ShownQueue, workQueues } from "./dashboard-queues.ts";
export type {
  FleetRunner,
  FleetStartOptions,
  FleetWorker,
  Forgetting,
  KeptRun,
  OpenedRun,
  RunOfFleet,
  SiteStatus,
  StoredRunStatus,
  SweptStore,
} from "./fleet-runner.ts";
export { type FleetWorkerOptions, startFleetWorker } from "./fleet-worker.ts";
export { openStore } from "./store/open-store.ts";
export type {
  FleetStore,
  ReadData,
  SeenJob,
  StoreOptions,
  StoreTls,
  StoreWorkerOptions,
} from "./store/store.ts";
export type { StoreChoice } from "./store-choice.ts";
export type { WorkedOn } from "./worker-context.ts";
