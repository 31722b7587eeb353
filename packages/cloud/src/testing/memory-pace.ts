import type { CloudTask, DetectionItem } from "../image-registry.ts";

/** How long a memory cloud takes, and what it is told to fail. */
export interface MemoryPace {
  queueMs: number;
  importMs: number;
  copyMs: number;
  /** How the imports begun from now on end; `null` for well. */
  importFailure: CloudTask["failure"];
  copyFailure: CloudTask["failure"];
  roleVisible: () => boolean;
  quota: number;
  /** What the cloud's own check finds in the images imported with `detect`, and how long after the import it takes. */
  detection: readonly DetectionItem[];
  detectionMs: number;
  /** Accounts that no image can be shared with, and the vendor's code for each. */
  readonly refusedAccounts: Map<string, string>;
}
