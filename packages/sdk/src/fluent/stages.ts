import type { RunEvent } from "@sampan/core";
import type { Observable } from "rxjs";
import type {
  CreateImageOptions,
  LaunchOptions,
  SnapshotOptions,
  VerifyOptions,
} from "../plan/instance-options.ts";
import type {
  AssessOptions,
  CaptureOptions,
  CopyOptions,
  ImportOptions,
  PrepareOptions,
  UploadOptions,
  VhdOptions,
} from "../plan/options.ts";
import type { Plan } from "../plan/plan.ts";
import type { RunHandle, RunOptions } from "../run/run-handle.ts";
import type {
  AssessmentResult,
  CaptureResult,
  EncodingResult,
  HostResult,
  ImportResult,
  InstanceAssessmentResult,
  InstanceImageResult,
  LaunchResult,
  SnapshotResult,
  UploadResult,
} from "./results.ts";

/**
 * What every stage can do, whatever comes next.
 *
 * A stage is an immutable description: making one opens no file and no socket. It is a cold Observable: subscribing
 * starts a run (each time), unsubscribing cancels it; one that is going on already is followed, and left as it is. It is never a promise; `await stage.run()` waits for a run.
 */
export interface Stage<Out> extends Observable<RunEvent> {
  /** Says what would be done, one line a step, without doing it. */
  describe(): string;
  /** The plan up to this stage as plain JSON. */
  plan(): Plan;
  /**
   * Starts the plan up to this stage, or follows its run where that is going on already.
   *
   * A plan whose earlier run was interrupted goes on where that one stopped; one that has finished gives the same
   * result again without doing anything, unless `again` is set.
   */
  run(options?: RunOptions): RunHandle<Out>;
}

/** A host that was named, and nothing else yet. */
export interface SelectedHost extends Stage<HostResult> {
  /** Judges whether the host can be migrated, and what has to change; changes nothing. Blockers end the run unless accepted. */
  assess(options?: AssessOptions): AssessedHost;
}

/** A host that was judged, and perhaps mended. */
export interface AssessedHost extends Stage<AssessmentResult> {
  /** Mends the guest on a copy-on-write overlay, the source never written; with `on: "host"` on the machine itself. */
  prepare(options?: PrepareOptions): AssessedHost;
  /** Takes the host's system disk, or those named, as they are now, leaving free space out. */
  capture(options?: CaptureOptions): CapturedDisks;
}

/** Disks as they will be sent. */
export interface CapturedDisks extends Stage<CaptureResult> {
  /** Lays the disks out as VHD, computed while it is sent: no file in between. At most 2,040 GiB. */
  toVhd(options?: VhdOptions): EncodedImages;
  /** Lays the disks out as raw images; the object is as large as the disk. */
  toRaw(): EncodedImages;
  /** Lays the disks out as QCOW2 version 3, uncompressed. */
  toQcow2(): EncodedImages;
}

/** Disks in a format the cloud imports. */
export interface EncodedImages extends Stage<EncodingResult> {
  /** Sends the images to an OSS bucket in parallel parts, resumable, verified by CRC-64. */
  upload(bucket: string, options?: UploadOptions): UploadedImages;
}

/** Objects in a bucket. */
export interface UploadedImages extends Stage<UploadResult> {
  /** Makes an ECS custom image of the uploaded object and waits until it is available. */
  import(options?: ImportOptions): ImportedImage;
}

/** What `copyTo` takes after the regions. */
export type CopyToOptions = Omit<CopyOptions, "regions">;

/** An ECS custom image, and its copies. */
export interface ImportedImage extends Stage<ImportResult> {
  /** Copies the image to other regions, all at once, and waits until each copy is available. */
  copyTo(...regionsAndOptions: readonly [...regions: string[], options: CopyToOptions]): ImportedImage;
  copyTo(...regions: readonly string[]): ImportedImage;
  /** Shares the image, and the copies made so far, with other accounts (ids of 16 digits), at most 50. */
  shareWith(...accounts: readonly string[]): ImportedImage;
  /** Starts an instance of the image where zone and type have stock, and waits until it runs. */
  launch(options?: LaunchOptions): LaunchedInstance;
}

/** An ECS instance that was named, and nothing else yet. */
export interface SelectedInstance extends Stage<HostResult> {
  /** Judges the instance by what ECS tells of it; its disks are not read. */
  assess(options?: AssessOptions): AssessedInstance;
  /** Takes snapshots of the instance's disks, all at once, and waits until they are accomplished. */
  snapshot(options?: SnapshotOptions): InstanceSnapshots;
  /** Makes an ECS custom image of the instance as it is. */
  createImage(options?: CreateImageOptions): InstanceImage;
}

/** An ECS instance that was judged. */
export interface AssessedInstance extends Stage<InstanceAssessmentResult> {
  /** Takes snapshots of the instance's disks, all at once, and waits until they are accomplished. */
  snapshot(options?: SnapshotOptions): InstanceSnapshots;
  /** Makes an ECS custom image of the instance as it is. */
  createImage(options?: CreateImageOptions): InstanceImage;
}

/** Snapshots of an ECS instance's disks. */
export interface InstanceSnapshots extends Stage<SnapshotResult> {
  /** Makes an ECS custom image of the snapshots and waits until it is available. */
  createImage(options?: CreateImageOptions): InstanceImage;
}

/** An ECS custom image of an instance, and its copies. */
export interface InstanceImage extends Stage<InstanceImageResult> {
  /** Copies the image to other regions, all at once, and waits until each copy is available. */
  copyTo(...regionsAndOptions: readonly [...regions: string[], options: CopyToOptions]): InstanceImage;
  copyTo(...regions: readonly string[]): InstanceImage;
  /** Shares the image, and the copies made so far, with other accounts (ids of 16 digits), at most 50. */
  shareWith(...accounts: readonly string[]): InstanceImage;
  /** Starts an instance of the image where zone and type have stock, and waits until it runs. */
  launch(options?: LaunchOptions): LaunchedInstance;
}

/** An instance of the image. */
export interface LaunchedInstance extends Stage<LaunchResult> {
  /** Looks for proof that the instance boots, keeps it as files, then keeps, stops or deletes the instance. */
  verify(options?: VerifyOptions): LaunchedInstance;
}
