import { cloudErrorCodes } from "./cloud.ts";
import { cloudInstanceErrorCodes } from "./cloud-instances.ts";
import { commandErrorCodes } from "./command.ts";
import { configErrorCodes } from "./config.ts";
import { coreErrorCodes } from "./core.ts";
import type { ErrorCodeEntry } from "./entry.ts";
import { fleetInventoryErrorCodes } from "./fleet-inventory.ts";
import { fleetScheduleErrorCodes } from "./fleet-schedule.ts";
import { fleetStoreErrorCodes } from "./fleet-store.ts";
import { fleetWatchErrorCodes } from "./fleet-watch.ts";
import { guestErrorCodes } from "./guest.ts";
import { hostErrorCodes } from "./host.ts";
import { hostConnectionErrorCodes } from "./host-connection.ts";
import { hostDiskErrorCodes } from "./host-disk.ts";
import { hostEsxiErrorCodes } from "./host-esxi.ts";
import { hostFactsErrorCodes } from "./host-facts.ts";
import { hostHttpErrorCodes } from "./host-http.ts";
import { hostLiveErrorCodes } from "./host-live.ts";
import { hostMomentErrorCodes } from "./host-moments.ts";
import { hostShareErrorCodes } from "./host-share.ts";
import { hostToolsErrorCodes } from "./host-tools.ts";
import { hostWindowsErrorCodes } from "./host-windows.ts";
import { imageErrorCodes } from "./image.ts";
import { runErrorCodes } from "./run.ts";
import { simulatorErrorCodes } from "./simulator.ts";

export type { ErrorCodeEntry, ExitCode } from "./entry.ts";

/**
 * Every error code with its meaning and cure.
 *
 * The manual page of errors and `sampan explain CODE` are made from this table. A code reads `AREA_THING_PROBLEM`
 * and never changes its meaning once released.
 */
export const errorCodes = {
  ...coreErrorCodes,
  ...imageErrorCodes,
  ...guestErrorCodes,
  ...hostErrorCodes,
  ...hostEsxiErrorCodes,
  ...hostFactsErrorCodes,
  ...hostHttpErrorCodes,
  ...hostLiveErrorCodes,
  ...hostToolsErrorCodes,
  ...hostWindowsErrorCodes,
  ...hostMomentErrorCodes,
  ...hostConnectionErrorCodes,
  ...hostShareErrorCodes,
  ...hostDiskErrorCodes,
  ...cloudErrorCodes,
  ...cloudInstanceErrorCodes,
  ...simulatorErrorCodes,
  ...fleetWatchErrorCodes,
  ...runErrorCodes,
  ...commandErrorCodes,
  ...configErrorCodes,
  ...fleetStoreErrorCodes,
  ...fleetInventoryErrorCodes,
  ...fleetScheduleErrorCodes,
} as const;

/** The code of a {@link SampanError}. */
export type ErrorCode = keyof typeof errorCodes;

/** Looks a code up; `undefined` when it is none of ours. */
export function errorCodeEntry(code: string): ErrorCodeEntry | undefined {
  return Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode] : undefined;
}
