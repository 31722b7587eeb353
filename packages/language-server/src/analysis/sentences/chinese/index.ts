import type { english } from "../english/index.ts";
import { chineseAccounts } from "./accounts.ts";
import { chineseMachines } from "./machines.ts";
import { chinesePlaces } from "./places.ts";
import { chineseReading } from "./reading.ts";
import { chineseShared } from "./shared.ts";
import { chineseSteps } from "./steps.ts";

/** The same in Simplified Chinese: the type checker holds both tables to the same keys and placeholders. */
export const chinese: { readonly [Key in keyof typeof english]: string } = {
  ...chineseShared,
  ...chineseReading,
  ...chinesePlaces,
  ...chineseSteps,
  ...chineseMachines,
  ...chineseAccounts,
};
