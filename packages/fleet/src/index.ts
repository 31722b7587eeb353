export type { FleetEvent, HostOutcome } from "./fleet-event.ts";
export type { FleetHost, FleetMigration } from "./fleet-host.ts";
export type { Blackout, FleetPolicy } from "./fleet-policy.ts";
