import type { KnownTexts } from "../../known-texts.ts";
import { checkTexts } from "./checks.ts";
import { commandTexts } from "./commands.ts";
import { doctorTexts } from "./doctor.ts";
import { errorCodeTexts } from "./error-codes.ts";
import { errorTexts } from "./errors/index.ts";
import { factTexts } from "./facts.ts";
import { findingTexts } from "./findings.ts";
import { fixupNoteTexts } from "./fixup-notes.ts";
import { fleetInventoryErrorCodeTexts } from "./fleet-inventory-error-codes.ts";
import { fleetWatchErrorCodeTexts } from "./fleet-watch-error-codes.ts";
import { fleetCommandTexts, fleetErrorCodeTexts, fleetTexts } from "./fleets.ts";
import { forecastTexts } from "./forecast.ts";
import { hintTexts } from "./hints.ts";
import { hostErrorCodeTexts } from "./host-error-codes.ts";
import { mendTexts } from "./mends.ts";
import { planRefusalTexts } from "./plan-refusals.ts";
import { planRuleTexts } from "./plan-rules.ts";
import { reasonTexts } from "./reasons.ts";
import { requirementTexts } from "./requirements.ts";
import { settingTexts } from "./settings.ts";
import { stageTexts } from "./stages.ts";
import { toldTexts } from "./told.ts";
import { usageTexts } from "./usage.ts";
import { vendorCodeTexts } from "./vendor-codes.ts";
import { verbOptionTexts } from "./verb-options.ts";
import { wordTexts } from "./words.ts";

/** Every sentence of other tables that has a translation, by its English words. */
export const knownTexts: KnownTexts = {
  ...settingTexts,
  ...commandTexts,
  ...errorCodeTexts,
  ...hostErrorCodeTexts,
  ...fleetInventoryErrorCodeTexts,
  ...fleetWatchErrorCodeTexts,
  ...vendorCodeTexts,
  ...requirementTexts,
  ...reasonTexts,
  ...checkTexts,
  ...mendTexts,
  ...findingTexts,
  ...fixupNoteTexts,
  ...stageTexts,
  ...verbOptionTexts,
  ...toldTexts,
  ...usageTexts,
  ...hintTexts,
  ...planRefusalTexts,
  ...planRuleTexts,
  ...factTexts,
  ...doctorTexts,
  ...forecastTexts,
  ...fleetCommandTexts,
  ...fleetErrorCodeTexts,
  ...fleetTexts,
  ...errorTexts,
  ...wordTexts,
};
