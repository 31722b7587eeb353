export type { FleetRunner, FleetStartOptions, FleetWorker, SiteStatus } from "./fleet-runner.ts";
