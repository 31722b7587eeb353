import type { CloudIdentity, Finding, PatchRecord } from "@sampan/core";
import type { GuestFacts } from "@sampan/guest";

/** What a run tells of itself, whatever it did. */
export interface HostResult {
  readonly runId: string;
  /** The host, as given. */
  readonly host: string;
  readonly cloud: CloudIdentity;
  /** Folder that holds the journal. */
  readonly folder: string;
  /** True when every step of the plan was done; false when the run was told to stop before. */
  readonly complete: boolean;
}

/** After `assess` and `prepare`. */
export interface AssessmentResult extends HostResult {
  readonly guest: GuestFacts | null;
  readonly findings: readonly Finding[];
  /** What the fix-ups changed, on the copy or on the host; `null` when the plan has no `prepare`, or none of its changes is to a file. */
  readonly patch: PatchRecord | null;
  /** What was changed on the machine itself; absent unless the plan says `prepare({ on: "host" })`. */
  readonly prepared?: PreparedHost;
}

/** What was changed on the machine itself. */
export interface PreparedHost {
  /** One line each; empty when nothing had to be changed. */
  readonly changes: readonly string[];
  /** What an administrator runs there to take it back without Sampan; `null` when nothing had to be changed. */
  readonly undo: string | null;
}

/** One captured disk. */
export interface CapturedDisk {
  readonly name: string;
  readonly sizeBytes: number;
  /** Bytes that will be read: what the file systems use, and all that is not understood. */
  readonly dataBytes: number;
  /** How what was read of a host that runs holds together; absent for a disk that lies still. */
  readonly consistency?: "snapshot" | "freeze" | "none";
  /** Path of the file that a tool of the host wrote of it, which stays; absent where Sampan reads the disk itself. */
  readonly file?: string;
}

/** After `capture`. */
export interface CaptureResult extends AssessmentResult {
  readonly disks: readonly CapturedDisk[];
}

/** One disk in its target format. */
export interface EncodedDisk {
  readonly disk: string;
  readonly format: "vhd" | "raw" | "qcow2";
  /** Size of the object it becomes. */
  readonly sizeBytes: number;
  readonly virtualSizeBytes: number;
}

/** After `toVhd`, `toRaw` or `toQcow2`. */
export interface EncodingResult extends CaptureResult {
  readonly encoded: readonly EncodedDisk[];
}

/** One object in the store. */
export interface UploadedObject {
  readonly disk: string;
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  readonly sizeBytes: number;
  /** Unsigned decimal; `null` when the store gave none to compare with. */
  readonly crc64: string | null;
  readonly etag: string;
  /** Bytes that travelled from here to the store, over all attempts; absent in results of versions before it. */
  readonly sentBytes?: number;
  /** Bytes that were unchanged since the run that was refreshed and were copied at the store. */
  readonly reusedBytes?: number;
}

/** After `upload`. */
export interface UploadResult extends EncodingResult {
  readonly objects: readonly UploadedObject[];
}

/** One image that is available. */
export interface ImageResult {
  readonly region: string;
  readonly imageId: string;
  readonly name: string;
  readonly status: string;
  readonly sizeBytes: number;
}

/** One item of the cloud's own check of the image, beside what the assessment said of it. */
export interface CloudCheckItem {
  /** The cloud's name, which is that of our rule where there is one: `GUESTOS.Virtio`. */
  readonly name: string;
  /** What the cloud found, in its words; may be empty. */
  readonly value: string;
  /** The risk the cloud sees, in its words; `null` when it sees none. */
  readonly risk: string | null;
  /** `fine`: no finding, or a mended one; `remark`: a finding of severity `info`; `risk`: a graver one. */
  readonly ours: "fine" | "remark" | "risk" | "not judged";
  /** `null` when we have no rule for it. */
  readonly agree: boolean | null;
}

/** The cloud's own check of the imported image. */
export interface CloudCheck {
  /** As the vendor spells it, such as `Finished`. */
  readonly status: string;
  readonly items: readonly CloudCheckItem[];
}

/** Who an image is shared with because of the plan, as the cloud itself told after it was done. */
export interface ImageShares {
  readonly region: string;
  readonly imageId: string;
  /** Ids of the accounts, in the order of the plan. */
  readonly accounts: readonly string[];
}

/** After `import`, `copyTo` and `shareWith`: the imported image first, then its copies. */
export interface ImportResult extends UploadResult {
  readonly images: readonly ImageResult[];
  /** `null` when the cloud made no check. */
  readonly cloudCheck: CloudCheck | null;
  /** Absent when the plan shares with nobody. */
  readonly shares?: readonly ImageShares[];
}

/** One snapshot of an instance's disk; it stays, billed, until it is deleted. */
export interface InstanceSnapshot {
  readonly snapshotId: string;
  readonly region: string;
  readonly diskId: string;
  readonly kind: "system" | "data";
  /** As the instance sees the disk: `/dev/xvda`. */
  readonly device: string;
  readonly sizeBytes: number;
}

/** After `assess` of an ECS instance. */
export interface InstanceAssessmentResult extends HostResult {
  /** Always `null`: the instance's disks are not read. */
  readonly guest: null;
  readonly findings: readonly Finding[];
}

/** After `snapshot`. */
export interface SnapshotResult extends HostResult {
  /** The system disk first. */
  readonly snapshots: readonly InstanceSnapshot[];
  /** `stopped`: the guest had shut down. `crash`: its file systems are as after a power cut. */
  readonly consistency: "stopped" | "crash";
}

/** After `createImage`, and its `copyTo` and `shareWith`: the image first, then its copies. */
export interface InstanceImageResult extends HostResult {
  readonly images: readonly ImageResult[];
  /** Absent when the plan takes none. */
  readonly snapshots?: readonly InstanceSnapshot[];
  /** Absent when the plan shares with nobody. */
  readonly shares?: readonly ImageShares[];
}

/** An instance launched of an image. */
export interface LaunchedMachine {
  readonly region: string;
  readonly instanceId: string;
  readonly name: string;
  readonly imageId: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly vpcId: string | null;
  readonly vSwitchId: string | null;
  readonly privateAddresses: readonly string[];
  readonly publicAddresses: readonly string[];
  /** Profile of the account it runs in; `null` for the run's own. */
  readonly profile: string | null;
  readonly isTest: boolean;
  /** When the cloud deletes it by itself; `null` for never. */
  readonly releaseAt: string | null;
  /** Places that were tried before in vain, and why. */
  readonly refused: readonly {
    readonly instanceType: string;
    readonly zone: string;
    readonly reason: string;
  }[];
}

/** One thing that `verify` looked at. */
export interface BootCheck {
  readonly name: string;
  /** `null` when it says nothing either way. */
  readonly ok: boolean | null;
  readonly found: string;
  readonly evidence: readonly string[];
}

/** What `verify` saw. */
export interface BootVerification {
  /**
   * `booted`: a sign of life, and every port asked for answers. `unreachable`: it booted, and a port does not answer.
   * `failed`: the console shows that it does not boot. `unproven`: nothing was seen in time. `simulated`: a rehearsal that
   * runs no machine, so nothing booted.
   */
  readonly verdict: "booted" | "unreachable" | "failed" | "unproven" | "simulated";
  readonly checks: readonly BootCheck[];
  /** Path of the file that holds all of this. */
  readonly evidence: string;
  /** Paths of every file written: the evidence, the console, a picture. */
  readonly files: readonly string[];
  /** What became of the instance. */
  readonly afterwards: "keep" | "stop" | "delete";
}

/** After `launch` and `verify`. */
export interface LaunchResult extends HostResult {
  readonly images: readonly ImageResult[];
  readonly launched: LaunchedMachine;
  /** Absent before `verify`. */
  readonly verification?: BootVerification;
}
