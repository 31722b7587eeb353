import type { SampanError } from "@sampan/core";
import { type VirtualClock, virtualClock } from "@sampan/core/testing";
import type { AccessControl, ImportRole } from "../access-control.ts";
import type { Cloud } from "../cloud.ts";
import type { ImageBuilder } from "../image-builder.ts";
import type { ImageRegistry } from "../image-registry.ts";
import type { ObjectStore } from "../object-store.ts";
import { assertRegionId } from "../regions.ts";
import { MemoryImageBuilder } from "./memory-image-builder.ts";
import { MemoryImageRegistry } from "./memory-image-registry.ts";
import { MemoryInstanceRegistry } from "./memory-instance-registry.ts";
import { type MemoryInstanceCall, type MemoryPower, memoryPower } from "./memory-instances.ts";
import { MemoryLaunchOffers } from "./memory-launch-offers.ts";
import { MemoryObjectStore } from "./memory-object-store.ts";
import type { MemoryPace } from "./memory-pace.ts";
import { MemorySnapshotRegistry } from "./memory-snapshot-registry.ts";
import { MemoryWorld } from "./memory-world.ts";

/** Options of {@link memoryCloud}. */
export interface MemoryCloudOptions {
  /** Time by which imports and copies proceed; one that jumps over each sleep when absent. */
  readonly clock?: VirtualClock;
  readonly regions?: readonly string[];
  /** Time in the queue before each import and copy; 10 s by default. */
  readonly queueMs?: number;
  readonly importMs?: number;
  readonly copyMs?: number;
  /** State of the import role at first; `ready` by default. */
  readonly role?: ImportRole["state"];
  /** How long a role that was created takes to reach ECS. */
  readonly rolePropagationMs?: number;
}

/** Methods of the ports, by which faults are scripted. */
export type MemoryCall = Exclude<
  keyof ObjectStore | keyof ImageRegistry | keyof ImageBuilder | keyof AccessControl | MemoryInstanceCall,
  "region" | "features" | "close"
>;

/** A whole cloud in memory. */
export interface MemoryCloud extends Cloud {
  readonly clock: VirtualClock;
  /** What it remembers: buckets, objects, uploads, images, every call. */
  readonly world: MemoryWorld;
  /** Changes how the imports and copies begun from now on take and end. */
  readonly pace: MemoryPace;
  /** Changes how instances and snapshots take and end, and what is in stock. */
  readonly power: MemoryPower;
  /** Makes calls fail: the next `times` (1), after letting `skip` (0) pass; `answerLost` lets them take effect first. */
  fail(
    call: MemoryCall,
    error: SampanError,
    options?: { readonly times?: number; readonly skip?: number; readonly answerLost?: boolean },
  ): void;
}

/** Id of the account a memory cloud belongs to. */
const ownAccount = "1000000000000001";

const defaultRegions = [
  "cn-hangzhou",
  "cn-shanghai",
  "cn-beijing",
  "ap-southeast-1",
  "eu-central-1",
  "us-west-1",
  "us-east-1",
];

/**
 * Makes a cloud in memory: buckets, multipart uploads, images and the import role, by the rules of the real one and with
 * the same error codes, on a clock that the test moves.
 *
 * @example
 * ```ts
 * const cloud = memoryCloud({ role: "missing" });
 * cloud.fail("uploadPart", new SampanError("CLOUD_UNREACHABLE", "…", { retryable: true }), { times: 2 });
 * ```
 */
export function memoryCloud(options: MemoryCloudOptions = {}): MemoryCloud {
  const clock = options.clock ?? virtualClock();
  const world = new MemoryWorld(clock, options.regions ?? defaultRegions);
  let role: ImportRole["state"] = options.role ?? "ready";
  let visibleAtMs = clock.now();
  const pace: MemoryPace = {
    queueMs: options.queueMs ?? 10_000,
    importMs: options.importMs ?? 120_000,
    copyMs: options.copyMs ?? 60_000,
    importFailure: null,
    copyFailure: null,
    roleVisible: () => role === "ready" && clock.now() >= visibleAtMs,
    quota: 1000,
    detection: [],
    detectionMs: 0,
    refusedAccounts: new Map([[ownAccount, "InvalidAccount.Forbbiden"]]),
  };
  const name = "AliyunECSImageImportDefaultRole";
  const access: AccessControl = {
    describeImportRole: (signal) => world.call("describeImportRole", signal, () => ({ name, state: role })),
    createImportRole: (signal) =>
      world.call("createImportRole", signal, () => {
        if (role !== "ready") visibleAtMs = clock.now() + (options.rolePropagationMs ?? 0);
        role = "ready";
      }),
  };
  const images = new MemoryImageRegistry(world, pace);
  const power = memoryPower();
  return {
    identity: { name: "memory", rehearsal: true, endpoint: null },
    clock,
    world,
    pace,
    power,
    images,
    builder: new MemoryImageBuilder(world, images),
    instances: new MemoryInstanceRegistry(world, power, images),
    snapshots: new MemorySnapshotRegistry(world, power),
    offers: new MemoryLaunchOffers(world, power),
    access,
    objects(region) {
      assertRegionId(region);
      return new MemoryObjectStore(world, region);
    },
    async close() {},
    fail(call, error, { times = 1, skip = 0, answerLost = false } = {}) {
      world.faults.set(call, [...(world.faults.get(call) ?? []), { error, times, skip, answerLost }]);
    },
  };
}
