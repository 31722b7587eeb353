import { accounts } from "./accounts.ts";
import { machines } from "./machines.ts";
import { places } from "./places.ts";
import { reading } from "./reading.ts";
import { shared } from "./shared.ts";
import { steps } from "./steps.ts";

/** Every sentence about plan files in English. This table says which keys there are, and which values each takes. */
export const english = { ...shared, ...reading, ...places, ...steps, ...machines, ...accounts } as const;
