import type { AccountDirectory } from "./accounts.ts";
import type { SimulatorClock } from "./clock.ts";
import type { FaultTable } from "./faults.ts";
import type { ResolvedOptions } from "./options.ts";
import type { LifecycleRuns } from "./oss/configuration/lifecycle-run.ts";
import type { OssStore } from "./oss/store.ts";
import type { RequestLog } from "./request-log.ts";
import type { ImagePipelines } from "./rpc/ecs/image-pipelines-table.ts";
import type { EcsStore } from "./rpc/ecs/store.ts";
import type { RamStore } from "./rpc/ram/store.ts";

/** Everything the handlers of one simulator share. */
export interface World {
  readonly options: ResolvedOptions;
  readonly clock: SimulatorClock;
  readonly accounts: AccountDirectory;
  readonly faults: FaultTable;
  readonly requests: RequestLog;
  readonly oss: OssStore;
  readonly ecs: EcsStore;
  readonly pipelines: ImagePipelines;
  readonly ram: RamStore;
  readonly lifecycle: LifecycleRuns;
}
