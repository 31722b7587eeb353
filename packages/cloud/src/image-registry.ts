import type { ObjectAddress } from "./object-store.ts";

/** State of a CloudImage, as the vendor spells it. */
export type CloudImageStatus =
  | "Waiting"
  | "Creating"
  | "Available"
  | "UnAvailable"
  | "CreateFailed"
  | "Deprecated";

/** One item of the cloud's own check of an image. Form and values are not documented: names and texts as they came. */
export interface DetectionItem {
  /** Such as `GUESTOS.Virtio`. */
  readonly name: string;
  /** What was found, such as `Installed`. */
  readonly value: string;
  /** Empty when the cloud sees no risk. */
  readonly riskCode: string;
  readonly riskLevel: string;
}

/** The cloud's own check of an image, made after the import when it was asked for. */
export interface ImageDetection {
  /** As the vendor spells it, such as `Processing` or `Finished`. */
  readonly status: string;
  readonly items: readonly DetectionItem[];
}

/** An ECS custom image. */
export interface CloudImage {
  readonly imageId: string;
  readonly region: string;
  readonly name: string;
  readonly status: CloudImageStatus;
  /** 0 to 100; `null` while the cloud says nothing. */
  readonly progressPercent: number | null;
  /** Size of the system disk the image needs, in bytes (whole GiB). */
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly bootMode: string | null;
  readonly platform: string | null;
  /** Whether instances with NVMe disks can be made of it; `null` when the cloud does not say. */
  readonly nvmeSupport: boolean | null;
  readonly isCopied: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: string;
  /** Snapshots behind the image; they stay, billed, when it is deleted. */
  readonly snapshotIds: readonly string[];
  /** `null` when the cloud has not checked it. */
  readonly detection: ImageDetection | null;
}

/** State of a task, as the vendor spells it. */
export type CloudTaskStatus = "Processing" | "Finished" | "Failed";

/** An import or export going on in the cloud. */
export interface CloudTask {
  readonly taskId: string;
  readonly region: string;
  /** In the modern spelling: `ImportImage`. */
  readonly action: string;
  readonly status: CloudTaskStatus;
  readonly progressPercent: number | null;
  readonly canCancel: boolean;
  /** The image it makes; `null` where the answer does not say. */
  readonly resourceId: string | null;
  /** The cloud's own explanation of a failure; `null` while there is none. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** Operating systems as ImportImage's `Platform` names them. Source: vendor's API reference, 2025, and its client 7.11.6. */
export type ImportPlatform =
  | "Aliyun"
  | "Anolis"
  | "CentOS"
  | "Ubuntu"
  | "CoreOS"
  | "SUSE"
  | "Debian"
  | "OpenSUSE"
  | "FreeBSD"
  | "RedHat"
  | "Kylin"
  | "UOS"
  | "Fedora"
  | "Fedora CoreOS"
  | "CentOS Stream"
  | "AlmaLinux"
  | "Rocky Linux"
  | "Gentoo"
  | "Customized Linux"
  | "Others Linux"
  | "Windows Server 2022"
  | "Windows Server 2019"
  | "Windows Server 2016"
  | "Windows Server 2012"
  | "Windows Server 2008"
  | "Windows Server 2003"
  | "Other Windows";

/** One disk of an import: the first is the system disk. */
export interface ImportDisk extends ObjectAddress {
  readonly format: "VHD" | "RAW" | "QCOW2";
  /** Size of the disk in bytes; sent as whole GiB, rounded up. 1 GiB to 2,048 GiB. */
  readonly sizeBytes: number;
}

/** What {@link ImageRegistry.importImage} sends. */
export interface ImportImageRequest {
  /** 2 to 128 characters, beginning with a letter; unique in the region. */
  readonly name: string;
  readonly description?: string;
  /** 1 system disk and up to 16 data disks. */
  readonly disks: readonly ImportDisk[];
  readonly osType: "linux" | "windows";
  readonly architecture: "x86_64" | "i386" | "arm64";
  readonly platform?: ImportPlatform;
  readonly bootMode: "BIOS" | "UEFI";
  readonly licenseType?: "Aliyun" | "BYOL";
  readonly nvmeSupport?: boolean;
  /** Asks the cloud to check the guest after the import. */
  readonly detect?: boolean;
  readonly roleName?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** ASCII, at most 64 characters: the same token never makes a second image. */
  readonly clientToken: string;
}

/** What {@link ImageRegistry.copyImage} sends. */
export interface CopyImageRequest {
  readonly imageId: string;
  readonly destinationRegion: string;
  readonly name: string;
  readonly description?: string;
  /** Encrypts the copy's snapshots; when absent the account's own default for the region holds. */
  readonly encrypted?: boolean;
  /** KMS key to encrypt with, of the destination region; only with `encrypted`. */
  readonly kmsKeyId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly clientToken: string;
}

/** What {@link ImageRegistry.createImage} sends: an image of an instance, or of snapshots of its disks. */
export interface CreateImageRequest {
  /** 2 to 128 characters, beginning with a letter; unique in the region. */
  readonly name: string;
  readonly description?: string;
  readonly source:
    | { readonly kind: "instance"; readonly instanceId: string }
    | { readonly kind: "snapshots"; readonly disks: readonly SnapshotDisk[] };
  readonly tags?: Readonly<Record<string, string>>;
  /** Asks the cloud to check the guest afterwards. */
  readonly detect?: boolean;
  /** ASCII, at most 64 characters: the same token never makes a second image. */
  readonly clientToken: string;
}

/** One disk of an image that is made of snapshots: 1 system disk and up to 16 data disks. */
export interface SnapshotDisk {
  readonly snapshotId: string;
  readonly kind: "system" | "data";
}

/** Which images {@link ImageRegistry.listImages} lists: in all states. */
export interface ImageQuery {
  /** Whose: the account's own (`self`, the default), those shared with it (`others`), the vendor's (`system`). */
  readonly owners?: readonly ("self" | "others" | "system")[];
  readonly imageIds?: readonly string[];
  /** Exact name. */
  readonly name?: string;
  readonly tag?: { readonly key: string; readonly value: string };
}

/**
 * A port to the custom images of an account, in every region.
 *
 * Every method makes one call and does not retry; it rejects only with SampanError, whose `retryable` the caller
 * decides by and whose `details` hold `vendorCode`, `httpStatus` and `requestId`. All may be called many times at once.
 */
export interface ImageRegistry {
  /** Regions this account can use. */
  listRegions(signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Starts an import and gives its image and task at once; follow them with {@link ImageRegistry.describeTask} and
   * {@link ImageRegistry.listImages}. The same client token gives the same answer. Refusals: `CLOUD_ROLE_MISSING`,
   * `CLOUD_BUCKET_REGION`, `CLOUD_IMAGE_NAME_TAKEN`, `CLOUD_QUOTA`, `CLOUD_IMPORT_REFUSED` and others with the vendor's code.
   */
  importImage(
    region: string,
    request: ImportImageRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly imageId: string; readonly taskId: string }>;
  /**
   * Starts to make an image of an instance or of snapshots and gives its id at once; follow it with
   * {@link ImageRegistry.listImages}. The same client token gives the same answer. Refusals: `CLOUD_IMAGE_NAME_TAKEN`,
   * `CLOUD_IMAGE_BUSY` for a snapshot that is not ready, `CLOUD_SNAPSHOT_NOT_FOUND`, `CLOUD_INSTANCE_NOT_FOUND`,
   * `CLOUD_QUOTA`.
   */
  createImage(
    region: string,
    request: CreateImageRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly imageId: string }>;
  /** Checks an import without doing it: the cloud's dry run, whose success arrives as an error, understood here. */
  checkImport(region: string, request: ImportImageRequest, signal?: AbortSignal): Promise<void>;
  /** Checks a copy without making it. */
  checkCopy(
    region: string,
    request: Omit<CopyImageRequest, "clientToken">,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Checks, without doing it, whether an image could be shared with an account, or taken back from it. */
  checkShare(region: string, imageId: string, account: string, signal?: AbortSignal): Promise<void>;
  /** Images in any state. An unknown id is no error: it is missing from the answer. */
  listImages(region: string, query: ImageQuery, signal?: AbortSignal): Promise<readonly CloudImage[]>;
  /** The task with its progress and failure; `CLOUD_FAILED` with vendor code `InvalidTaskId.NotFound` when there is none. */
  describeTask(region: string, taskId: string, signal?: AbortSignal): Promise<CloudTask>;
  /** Tasks going on or ended, newest first. */
  listTasks(
    region: string,
    query: { readonly taskIds?: readonly string[] },
    signal?: AbortSignal,
  ): Promise<readonly CloudTask[]>;
  /** Cancels a task; succeeds when it has already ended. */
  cancelTask(region: string, taskId: string, signal?: AbortSignal): Promise<void>;
  /** Starts a copy; the new image's id is one of the destination region. */
  copyImage(
    region: string,
    request: CopyImageRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly imageId: string }>;
  /** Cancels a copy, given the copy's own region and id; succeeds when it has already ended or gone. */
  cancelCopyImage(region: string, imageId: string, signal?: AbortSignal): Promise<void>;
  /** Deletes an image; its snapshots stay. Succeeds when there is none. */
  deleteImage(region: string, imageId: string, signal?: AbortSignal): Promise<void>;
  /**
   * Shares an image, in its region, with 1 to 10 accounts: all of them or, when one is refused, none. One that has it already
   * is no error. `CLOUD_SHARE_REFUSED` for an account that cannot have it, `CLOUD_QUOTA` beyond 50 accounts an image.
   */
  shareImage(
    region: string,
    imageId: string,
    accounts: readonly string[],
    signal?: AbortSignal,
  ): Promise<void>;
  /** Takes an image back from 1 to 10 accounts; those that do not have it are no error. */
  unshareImage(
    region: string,
    imageId: string,
    accounts: readonly string[],
    signal?: AbortSignal,
  ): Promise<void>;
  /** Ids of all accounts an image is shared with. */
  listImageShares(region: string, imageId: string, signal?: AbortSignal): Promise<readonly string[]>;
}
