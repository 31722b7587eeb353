import { disks } from "./command-entries/disks.ts";
import { fleets } from "./command-entries/fleets.ts";
import { plans } from "./command-entries/plans.ts";
import { surroundings } from "./command-entries/surroundings.ts";
import type { CommandEntry } from "./command-entry.ts";

/** Every command the program offers, in the order its help lists them. */
export const commandTable: readonly CommandEntry[] = [...plans, ...fleets, ...disks, ...surroundings];
