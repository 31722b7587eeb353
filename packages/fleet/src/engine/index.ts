export type { FleetRunner, FleetStartOptions, FleetWorker, SiteStatus } from "./fleet-runner.ts";
export { openStore } from "./store/open-store.ts";
export type { FleetStore, StoreOptions, StoreTls, StoreWorkerOptions } from "./store/store.ts";
