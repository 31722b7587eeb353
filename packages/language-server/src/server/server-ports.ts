import type { Clock } from "@sampan/core";
import type { AccountNames } from "../features/known-names.ts";
import type { PlanFiles } from "./plan-files.ts";

/** Names of accounts that were seen before, such as those the `sampan` command keeps. Asks no cloud and reads no credentials. */
export interface NamesReader {
  /** May take its time: completion waits for it only so long, and asks again when the user types on. */
  read(): Promise<readonly AccountNames[]>;
}

/** What reads plans; loaded when the first one is looked at, for its parser takes a moment. */
export type PlanReader = typeof import("../analysis/index.ts");

/** What the server reaches the world by. */
export interface ServerPorts {
  readonly loadReader: () => Promise<PlanReader>;
  readonly files: PlanFiles;
  readonly names: NamesReader;
  readonly clock: Clock;
  readonly version: string;
}
