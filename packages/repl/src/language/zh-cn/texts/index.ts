import type { KnownTexts } from "../../known-texts.ts";
import { commandTexts } from "./commands.ts";
import { errorCodeTexts } from "./error-codes.ts";
import { hostErrorCodeTexts } from "./host-error-codes.ts";
import { usageTexts } from "./usage.ts";
import { wordTexts } from "./words.ts";

/** Every sentence of other tables that has a translation, by its English words. */
export const knownTexts: KnownTexts = {
  ...commandTexts,
  ...errorCodeTexts,
  ...hostErrorCodeTexts,
  ...usageTexts,
  ...wordTexts,
};
