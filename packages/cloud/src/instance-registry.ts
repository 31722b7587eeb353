/** State of an instance, as the vendor spells it. */
export type InstanceStatus = "Pending" | "Starting" | "Running" | "Stopping" | "Stopped";

/** An ECS instance. */
export interface CloudInstance {
  readonly instanceId: string;
  readonly region: string;
  readonly zone: string;
  readonly name: string;
  readonly hostName: string;
  readonly status: InstanceStatus;
  readonly imageId: string;
  readonly instanceType: string;
  readonly osType: "linux" | "windows";
  /** Name of the operating system as ECS shows it: `Debian 12.4 64bit`. */
  readonly osName: string;
  readonly vpcId: string | null;
  readonly vSwitchId: string | null;
  readonly securityGroupIds: readonly string[];
  readonly privateAddresses: readonly string[];
  /** Public addresses and elastic ones. */
  readonly publicAddresses: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Why the cloud keeps the instance from being used, such as `financial` or `security`; empty as a rule. */
  readonly lockReasons: readonly string[];
  readonly createdAt: string;
  /** When the cloud will delete it by itself; `null` for never. */
  readonly releaseAt: string | null;
}

/** A disk attached to an instance. */
export interface InstanceDisk {
  readonly diskId: string;
  readonly kind: "system" | "data";
  /** As the instance sees it: `/dev/xvda`. */
  readonly device: string;
  /** Whole GiB, in bytes. */
  readonly sizeBytes: number;
  readonly category: string;
  readonly encrypted: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** Which instances {@link InstanceRegistry.listInstances} lists: the account's own, in all states. */
export interface InstanceQuery {
  readonly instanceIds?: readonly string[];
  readonly tag?: { readonly key: string; readonly value: string };
}

/** What {@link InstanceRegistry.runInstance} sends. */
export interface RunInstanceRequest {
  readonly imageId: string;
  readonly instanceType: string;
  readonly vSwitchId: string;
  readonly securityGroupId: string;
  /** Must be the vSwitch's. */
  readonly zone?: string;
  readonly name: string;
  /** Always sent: the vendor's default changed in 2026. */
  readonly systemDiskCategory: string;
  /** Whole GiB, in bytes; at least the image's. The vendor's default when absent. */
  readonly systemDiskBytes?: number;
  /** Mbit/s to the Internet; 0, the default, gives no public address. */
  readonly internetMbps?: number;
  /** Name of a key pair of the account; Linux only. */
  readonly keyPairName?: string;
  /** When the cloud deletes the instance by itself, in milliseconds since 1970; at least 30 minutes ahead. */
  readonly releaseAtMs?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** ASCII, at most 64 characters: the same token never makes a second instance. */
  readonly clientToken: string;
}

/** What an instance wrote to its serial console. */
export interface ConsoleOutput {
  readonly text: string;
  /** When it was read from the instance, as the vendor says; `null` when it does not. */
  readonly updatedAt: string | null;
}

/** Whether the Cloud Assistant agent of an instance answers. */
export interface AssistantStatus {
  readonly running: boolean;
  /** ISO 8601, UTC; `null` for never. */
  readonly lastHeartbeatAt: string | null;
}

/**
 * A port to the instances of an account, in every region.
 *
 * Every method makes one call (a list as many as it has pages) and does not retry; it rejects only with SampanError, whose
 * `retryable` the caller decides by and whose `details` hold `vendorCode`, `httpStatus` and `requestId`.
 */
export interface InstanceRegistry {
  /** Instances in any state. An unknown id is no error: it is missing from the answer. */
  listInstances(
    region: string,
    query: InstanceQuery,
    signal?: AbortSignal,
  ): Promise<readonly CloudInstance[]>;
  /** Disks attached to an instance: the system disk first, then the data disks in the order of their devices. */
  listDisks(region: string, instanceId: string, signal?: AbortSignal): Promise<readonly InstanceDisk[]>;
  /** Asks the guest to shut down, never by force. Succeeds when it has stopped or is stopping. */
  stopInstance(region: string, instanceId: string, signal?: AbortSignal): Promise<void>;
  /** Starts a stopped instance. Succeeds when it runs or is starting. */
  startInstance(region: string, instanceId: string, signal?: AbortSignal): Promise<void>;
  /** Deletes an instance with the disks that go with it, running or not. Succeeds when there is none. */
  deleteInstance(region: string, instanceId: string, signal?: AbortSignal): Promise<void>;
  /**
   * Makes and starts one instance, billed from then on. The same client token gives the same answer. Refusals:
   * `CLOUD_NO_STOCK` where another zone or type may help, `CLOUD_LAUNCH_REFUSED`, `CLOUD_IMAGE_NOT_FOUND`, `CLOUD_QUOTA`.
   */
  runInstance(
    region: string,
    request: RunInstanceRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly instanceId: string }>;
  /** The end of what the instance wrote to its serial console; Linux only. Empty while it has written nothing. */
  consoleOutput(region: string, instanceId: string, signal?: AbortSignal): Promise<ConsoleOutput>;
  /** A picture of the instance's display: JPEG as documented, from some simulators PNG. */
  screenshot(region: string, instanceId: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Whether the Cloud Assistant agent answers; an instance without one is not running it. */
  assistantStatus(region: string, instanceId: string, signal?: AbortSignal): Promise<AssistantStatus>;
}
