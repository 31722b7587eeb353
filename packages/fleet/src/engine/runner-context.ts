import type { Clock } from "@sampan/core";
import type { CloudChoice, Plan } from "@sampan/sdk";
import type { Pipeline } from "@sampan/sdk/engine";
import type { FleetIndex } from "./fleet-index.ts";
import type { SignalSender } from "./signals.ts";
import type { FleetStore } from "./store/store.ts";
import type { StoredRuns } from "./stored-runs.ts";

/** What the parts of a runner share. */
export interface RunnerContext {
  readonly store: FleetStore;
  readonly index: FleetIndex;
  readonly signals: SignalSender;
  readonly runs: StoredRuns;
  readonly pipeline: Pipeline<Plan, unknown>;
  readonly cloud: CloudChoice;
  readonly clock: Clock;
}
