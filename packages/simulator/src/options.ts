import type { Clock } from "@sampan/core";
import { type SimulatorAccount, simulatorAccounts } from "./accounts.ts";
import type { MachineHost } from "./machines/machine.ts";
import { type SimulatorRegion, simulatorRegions } from "./regions.ts";
import {
  type DetectionItem,
  defaultQuotas,
  type EcsSettingsChange,
  type SimulatorQuotas,
  type SoldOut,
} from "./rpc/ecs/settings.ts";

/** How long asynchronous work takes, in simulated milliseconds. `GiB` counts the stored bytes of all disks. */
export interface SimulatorSpeed {
  /** An import stays `Waiting` this long. */
  readonly importWaitingMs: number;
  readonly importBaseMs: number;
  readonly importPerGiBMs: number;
  readonly copyBaseMs: number;
  readonly copyPerGiBMs: number;
  readonly snapshotBaseMs: number;
  readonly snapshotPerGiBMs: number;
  /** CreateImage, with the snapshots it takes. */
  readonly createImageBaseMs: number;
  readonly createImagePerGiBMs: number;
  /** A new instance stays `Pending` this long, then `Starting`, before it is `Running`. */
  readonly instancePendingMs: number;
  readonly instanceStartingMs: number;
  readonly instanceStoppingMs: number;
  /** From a change of a role until ECS sees it. */
  readonly rolePropagationMs: number;
}

/**
 * Behaviour that differs between accounts, times or documents, or that is not known for certain. The defaults are the
 * likeliest or the harder of the possibilities; docs/simulator.md says which, and how sure we are.
 */
export interface SimulatorSwitches {
  /** Whether the import role exists from the start. */
  readonly importRole: "missing" | "ready";
  /** The two spellings of the missing-role error. */
  readonly missingRoleCode: "NoSetRoletoECSServiceAcount" | "NoSetRoletoECSServiceAccount";
  /** What ImportImage answers to a dry run that passed. */
  readonly importDryRunCode: "DRYRUN.SUCCESS" | "DryRun.Success" | "DryRunOperation";
  /** An account opened after March 2025: V1 signatures and mainland data calls over public names are refused. */
  readonly newAccount: boolean;
  /** Whether OSS still accepts V1 signatures. */
  readonly acceptV1: boolean;
  /** Refuses calls for a bucket through another region's endpoint. */
  readonly checkRegion: boolean;
  /** Accepts the bucket in the path under the cloud's own names too, which OSS refuses. */
  readonly pathStyleOnCloudNames: boolean;
  /** Whether parts made by UploadPartCopy, objects made by CopyObject and what is made of them have a CRC-64. */
  readonly crcOfCopies: "absent" | "present";
  /** Form of the ETag of a multipart object. */
  readonly multipartEtag: "dashed" | "plain";
  /** Code for a part below 100 KiB that is not the last. */
  readonly smallPartCode: string;
  /** PutBucket on a bucket the account already has in that region. */
  readonly putOwnBucket: "succeeds" | "conflicts";
  /** What a full store answers. */
  readonly fullStore: { readonly status: number; readonly code: string };
  /** Endings of object keys ImportImage accepts, in lower case. */
  readonly importSuffixes: readonly string[];
  /** Whether CopyImage takes images made of VHD disks. */
  readonly copyVhd: "allowed" | "refused";
  /** HTTP status of InvalidAccessKeyId.NotFound. */
  readonly unknownKeyStatus: 404 | 400;
  /** Spelling of TaskAction in answers. */
  readonly taskAction: "ImportImage" | "IMPORT_IMAGE";
  /** TaskStatus after CancelTask. */
  readonly cancelledTask: "Failed" | "Finished";
  /** Whether DescribeImages lists the system images when they are not asked for by id or owner. */
  readonly systemImages: "when-asked" | "listed";
  /** DeleteImage with an id that does not exist. */
  readonly deleteUnknownImage: "ignored" | "refused";
  /** Case of role ARNs in answers. */
  readonly roleArn: "as-created" | "lower-case";
  /** Whether `ram:PassRole` is needed to give ECS a role by `RoleName` or `RamRoleName`. */
  readonly passRole: "unchecked" | "checked";
  /** Whether the account itself may assume roles; in the cloud only its users and roles may. */
  readonly accountAssumesRoles: "allowed" | "refused";
  /** RPC parameters the simulator does not know. */
  readonly unknownParameters: "refused" | "ignored";
}

/** Options of `Simulator.start`. */
export interface SimulatorOptions {
  /** Port on loopback; 0 (the default) takes a free one. */
  readonly port?: number;
  /** Where the state lives. Without it a private folder is made, and removed by `stop()`. */
  readonly dataFolder?: string;
  /** Real time, for tests. Defaults to the machine's. */
  readonly clock?: Pick<Clock, "now">;
  /** Simulated milliseconds per real one, for imports, copies and role propagation. Default 1. */
  readonly timeScale?: number;
  readonly speed?: Partial<SimulatorSpeed>;
  readonly regions?: readonly SimulatorRegion[];
  /** Accounts and their keys; the first is {@link Simulator.credentials}. Defaults to {@link simulatorAccounts}. */
  readonly accounts?: readonly [SimulatorAccount, ...SimulatorAccount[]];
  /** Bytes the object store may hold, holes included. Default: no limit. */
  readonly storeQuotaBytes?: number;
  /** Custom images an account may have in a region. Default 100. The same as `quotas.images`, which wins. */
  readonly imageQuota?: number;
  /** How many of a thing an account may have. */
  readonly quotas?: Partial<SimulatorQuotas>;
  /** Zones and instance types that are sold out. Default: none. */
  readonly soldOut?: readonly SoldOut[];
  /**
   * What instances run on. `none` (the default): nothing, they are simulated. `auto`: QEMU, where it is installed, for every
   * instance whose system disk holds something. A host of one's own is for tests.
   */
  readonly machines?: "auto" | "none" | MachineHost;
  /** What image checks find besides what they see by themselves. Default: nothing. */
  readonly detection?: readonly DetectionItem[];
  /** Names that mean the simulator itself, besides `localhost` and IP addresses: bucket in the path. */
  readonly ownNames?: readonly string[];
  /** Requests kept in the log. Default 10,000. */
  readonly loggedRequests?: number;
  readonly switches?: Partial<SimulatorSwitches>;
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly regions: readonly SimulatorRegion[];
  readonly regionIds: ReadonlySet<string>;
  /** Where a bucket comes to lie when the request does not say: cn-hangzhou if there is one. */
  readonly defaultRegion: string;
  readonly accounts: readonly [SimulatorAccount, ...SimulatorAccount[]];
  readonly speed: SimulatorSpeed;
  readonly switches: SimulatorSwitches;
  readonly storeQuotaBytes: number;
  readonly ecs: EcsSettingsChange;
  readonly machines: "auto" | "none" | MachineHost;
  readonly ownNames: ReadonlySet<string>;
  readonly loggedRequests: number;
}

/** The default durations: minutes, as in the cloud, scaled by `timeScale`. */
export const defaultSpeed: SimulatorSpeed = {
  importWaitingMs: 5_000,
  importBaseMs: 120_000,
  importPerGiBMs: 20_000,
  copyBaseMs: 60_000,
  copyPerGiBMs: 30_000,
  snapshotBaseMs: 20_000,
  snapshotPerGiBMs: 10_000,
  createImageBaseMs: 60_000,
  createImagePerGiBMs: 20_000,
  instancePendingMs: 3_000,
  instanceStartingMs: 15_000,
  instanceStoppingMs: 10_000,
  rolePropagationMs: 20_000,
};

/** The default switches. */
export const defaultSwitches: SimulatorSwitches = {
  importRole: "missing",
  missingRoleCode: "NoSetRoletoECSServiceAcount",
  importDryRunCode: "DRYRUN.SUCCESS",
  newAccount: false,
  acceptV1: true,
  checkRegion: true,
  pathStyleOnCloudNames: false,
  crcOfCopies: "absent",
  multipartEtag: "dashed",
  smallPartCode: "EntityTooSmall",
  putOwnBucket: "succeeds",
  fullStore: { status: 403, code: "QuotaExceeded" },
  importSuffixes: [".vhd", ".raw", ".qcow2"],
  copyVhd: "allowed",
  unknownKeyStatus: 404,
  taskAction: "ImportImage",
  cancelledTask: "Failed",
  systemImages: "when-asked",
  deleteUnknownImage: "ignored",
  roleArn: "as-created",
  passRole: "unchecked",
  accountAssumesRoles: "allowed",
  unknownParameters: "refused",
};

/** Fills in the defaults. */
export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const regions = options.regions ?? simulatorRegions;
  return {
    regions,
    regionIds: new Set(regions.map((region) => region.id)),
    defaultRegion:
      regions.find((region) => region.id === "cn-hangzhou")?.id ?? regions[0]?.id ?? "cn-hangzhou",
    accounts: options.accounts ?? simulatorAccounts,
    speed: { ...defaultSpeed, ...options.speed },
    switches: { ...defaultSwitches, ...options.switches },
    storeQuotaBytes: options.storeQuotaBytes ?? Number.POSITIVE_INFINITY,
    machines: options.machines ?? "none",
    ecs: {
      quotas: { images: options.imageQuota ?? defaultQuotas.images, ...options.quotas },
      soldOut: options.soldOut ?? [],
      detection: options.detection ?? [],
    },
    ownNames: new Set(["localhost", ...(options.ownNames ?? [])]),
    loggedRequests: options.loggedRequests ?? 10_000,
  };
}
