import type { GuestFacts } from "./facts.ts";
import type { DiskLayout } from "./volumes/layout.ts";

/** Everything seen on a disk. Plain JSON: `sampan inspect --json` prints it. */
export interface DiskInspection {
  readonly layout: DiskLayout;
  /** `null` when no operating system was found. */
  readonly guest: GuestFacts | null;
  readonly notes: readonly string[];
}
