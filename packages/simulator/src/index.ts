export {
  type SessionCredentials,
  type SimulatorAccount,
  type SimulatorOidcProvider,
  type SimulatorUser,
  simulatorAccounts,
} from "./accounts.ts";
export type { ClockChange, ClockState, SimulatorClock } from "./clock.ts";
export type { SimulatorState } from "./describe-state.ts";
export type { Fault, FaultEffect, FaultMatch, FaultState, FaultTable } from "./faults.ts";
export type { Machine, MachineDisk, MachineHost, MachineSpec } from "./machines/machine.ts";
export type { SimulatorOptions, SimulatorSpeed, SimulatorSwitches } from "./options.ts";
export { isMainland, type SimulatorRegion, simulatorRegions } from "./regions.ts";
export type { LoggedRequest, RequestLog, RequestQuery } from "./request-log.ts";
export type {
  DetectionItem,
  EcsSettingsChange,
  EcsSettingsState,
  SimulatorQuotas,
  SoldOut,
} from "./rpc/ecs/settings.ts";
export { Simulator } from "./simulator.ts";
export { readSwitches } from "./switches.ts";
