/** A finding of an assessment, as the journal keeps it. */
export interface RunFinding {
  /** Id of the rule, such as `GUESTOS.Virtio`. */
  readonly rule: string;
  readonly severity: "blocker" | "warning" | "info";
  readonly message: string;
  readonly hint: string;
  readonly fixup: string | null;
}

/** What the last run learnt of the host. */
export interface HostFacts {
  readonly disks?: readonly {
    readonly name: string;
    readonly sizeBytes: number;
    readonly system: boolean;
  }[];
  readonly architecture?: string;
  readonly bootMode?: "BIOS" | "UEFI";
  /** Platform as ECS names it. */
  readonly platform?: string;
}

/** What is known of the last run of a plan. */
export interface LastRun {
  readonly runId: string;
  readonly status: "running" | "failed" | "cancelled" | "finished";
  /** The verb it stopped at, when it can be resumed. */
  readonly stoppedAt?: string;
  /** Set of rules it was judged by. */
  readonly profile?: "current" | "whitepaper-2017";
  readonly findings?: readonly RunFinding[];
  readonly host?: HostFacts;
  /** What it left that is billed, each a few words: "unfinished upload in web-images". */
  readonly leftovers?: readonly string[];
  /** How long the last whole run took. */
  readonly tookMs?: number;
}
