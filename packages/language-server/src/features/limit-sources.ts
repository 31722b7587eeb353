import type { Verb } from "@sampan/sdk/catalogue";

/** Where the limits of a verb come from, and when the vendor's page was last read. */
export interface LimitSource {
  readonly title: string;
  /** Year and month. */
  readonly asOf: string;
}

/** Sources of limits that are the vendor's; what has none here is a limit of Sampan itself. */
export const limitSources: Partial<Readonly<Record<Verb, LimitSource>>> = {
  snapshot: { title: "ECS CreateSnapshotGroup", asOf: "2026-04" },
  createImage: { title: "ECS CreateImage", asOf: "2026-04" },
  toVhd: { title: "ECS ImportImage", asOf: "2025-11" },
  upload: { title: "OSS multipart upload, bucket naming", asOf: "2025-11" },
  import: { title: "ECS ImportImage", asOf: "2025-11" },
  copyTo: { title: "ECS CopyImage", asOf: "2025-11" },
  shareWith: { title: "ECS ModifyImageSharePermission", asOf: "2025-11" },
  launch: { title: "ECS RunInstances", asOf: "2026-04" },
};
