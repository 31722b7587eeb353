import type { KnownTexts } from "../../../known-texts.ts";
import { cloudErrorTexts } from "./cloud.ts";
import { coreErrorTexts } from "./core.ts";
import { fleetErrorTexts } from "./fleet.ts";
import { guestErrorTexts } from "./guest.ts";
import { hostErrorTexts } from "./host.ts";
import { imageErrorTexts } from "./image.ts";
import { inventoryErrorTexts } from "./inventory.ts";
import { replErrorTexts } from "./repl.ts";
import { sdkErrorTexts } from "./sdk.ts";
import { simulatorErrorTexts } from "./simulator.ts";
import { systemErrorTexts } from "./system.ts";

/**
 * What errors say of what was being done and what was found, room by room; both parts of a sentence stand by themselves. A part that
 * several rooms say stands with one of them.
 */
export const errorTexts: KnownTexts = {
  ...systemErrorTexts,
  ...coreErrorTexts,
  ...imageErrorTexts,
  ...guestErrorTexts,
  ...hostErrorTexts,
  ...cloudErrorTexts,
  ...inventoryErrorTexts,
  ...simulatorErrorTexts,
  ...fleetErrorTexts,
  ...sdkErrorTexts,
  ...replErrorTexts,
};
