import type { JsonObject } from "@sampan/core";
import type { Content } from "../../state/content.ts";
import type { DetectionItem } from "./settings.ts";

/** What an image, and what is made from it, says about the system on its disk. */
export interface OsTraits {
  readonly architecture: string;
  readonly osType: string;
  readonly platform: string;
  readonly bootMode: string;
  readonly licenseType: string;
  readonly nvmeSupport: string;
  readonly imdsSupport: string;
}

/** The traits of an image without the rest of it. */
export function osTraitsOf(image: OsTraits): OsTraits {
  const { architecture, osType, platform, bootMode, licenseType, nvmeSupport, imdsSupport } = image;
  return { architecture, osType, platform, bootMode, licenseType, nvmeSupport, imdsSupport };
}

/** A disk of an image. Its content stays as long as the image, whatever becomes of the object it came from. */
export interface ImageDisk {
  readonly device: string;
  readonly type: "system" | "data";
  readonly format: "VHD" | "RAW" | "QCOW2";
  /** Size the disk will have, in GiB. */
  readonly sizeGiB: number;
  readonly virtualSizeBytes: number;
  readonly snapshotId: string;
  readonly bucket: string;
  readonly key: string;
  /** The object's bytes as they were when the import began. */
  readonly content: Content;
}

/** Work that ends in an image. Times are simulated. */
export interface ImageJob {
  readonly kind: "import" | "copy" | "create";
  readonly queuedAtMs: number;
  /** When it leaves the queue; `null` while it waits for a place. */
  readonly startsAtMs: number | null;
  readonly durationMs: number;
  readonly endedAtMs: number | null;
  readonly failure: { readonly atPercent: number; readonly code: string; readonly message: string } | null;
  readonly hang: { readonly status: "Waiting" | "Creating"; readonly atPercent: number } | null;
}

/** An image as it is kept. */
export interface ImageRecord extends OsTraits {
  readonly imageId: string;
  readonly region: string;
  readonly ownerId: string;
  readonly name: string;
  readonly description: string;
  /** `Waiting` covers all of a running job; what callers see follows from the job and the clock. */
  readonly status: "Waiting" | "Available" | "CreateFailed" | "Deprecated";
  readonly createdAtMs: number;
  readonly resourceGroupId: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** Whether an image check was asked for. */
  readonly detected: boolean;
  /** What the check sees on the disk; absent or `null` when it sees nothing or was not asked for. */
  readonly detection?: readonly DetectionItem[] | null;
  readonly isPublic: boolean;
  readonly disks: readonly ImageDisk[];
  readonly shares: readonly { readonly accountId: string; readonly atMs: number }[];
  /** The image this one was copied from. */
  readonly copiedFrom: { readonly region: string; readonly imageId: string } | null;
  readonly taskId: string | null;
  readonly job: ImageJob;
  /** What was asked with a client token, and what was answered. */
  readonly token: ClientTokenRecord | null;
}

/** A client token that was used. */
export interface ClientTokenRecord {
  /** Account, action and token. */
  readonly key: string;
  /** Hash of the other parameters. */
  readonly fingerprint: string;
  readonly answer: JsonObject;
  /** What was made: the token is void when it does not exist. Absent where the token is kept with the thing itself. */
  readonly madeId?: string;
}

/** A task as it is kept. */
export interface TaskRecord {
  readonly taskId: string;
  readonly region: string;
  readonly ownerId: string;
  readonly imageId: string;
  readonly status: "Processing" | "Finished" | "Failed";
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
  /** Progress it ended at. */
  readonly endPercent: number;
  readonly failure: { readonly code: string; readonly message: string } | null;
}
