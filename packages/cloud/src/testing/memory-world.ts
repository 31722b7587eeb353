import { type Clock, type SampanError, throwIfCancelled } from "@sampan/core";
import type {
  CloudTask,
  CopyImageRequest,
  CreateImageRequest,
  ImportImageRequest,
} from "../image-registry.ts";
import type { BucketInfo, ObjectInfo, StoredPart } from "../object-store.ts";
import type { VendorService } from "../vendor-errors/index.ts";
import { refusal } from "../vendor-failure.ts";
import type { MemoryInstance, MemorySnapshot } from "./memory-instances.ts";

/** An object in memory. */
export interface MemoryObject {
  readonly info: ObjectInfo;
  readonly bytes: Uint8Array;
}

/** A multipart upload in memory. */
export interface MemoryUpload {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly startedAt: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, { readonly part: StoredPart; readonly bytes: Uint8Array }>;
}

/** An image in memory; its state follows from the clock. */
export interface MemoryImage {
  readonly imageId: string;
  readonly region: string;
  readonly taskId: string | null;
  readonly request: ImportImageRequest | CopyImageRequest | CreateImageRequest;
  readonly name: string;
  readonly isCopied: boolean;
  readonly createdAtMs: number;
  /** When work on it begins and ends. */
  readonly beginsAtMs: number;
  readonly endsAtMs: number;
  readonly failure: CloudTask["failure"];
  cancelled: boolean;
  /** Accounts it is shared with. */
  shares: ReadonlySet<string>;
}

/** A failure that a test has put before a call. */
export interface ScriptedFault {
  readonly error: SampanError;
  /** Calls left through before it strikes. */
  skip: number;
  times: number;
  /** Strikes after the call took effect, as when only the answer was lost. */
  readonly answerLost: boolean;
}

/** Everything a memory cloud remembers; tests may look at it and change it. */
export class MemoryWorld {
  readonly clock: Clock;
  readonly regions: readonly string[];
  readonly buckets = new Map<string, BucketInfo>();
  readonly objects = new Map<string, MemoryObject>();
  readonly uploads = new Map<string, MemoryUpload>();
  readonly images = new Map<string, MemoryImage>();
  readonly instances = new Map<string, MemoryInstance>();
  readonly snapshots = new Map<string, MemorySnapshot>();
  readonly tokens = new Map<
    string,
    { readonly request: string; readonly imageId: string; readonly taskId: string }
  >();
  readonly faults = new Map<string, ScriptedFault[]>();
  /** Every call made, by the port's method names, in order. */
  readonly calls: string[] = [];
  #count = 0;

  constructor(clock: Clock, regions: readonly string[]) {
    this.clock = clock;
    this.regions = regions;
  }

  /** Makes an id that is unique in this world. */
  id(prefix: string): string {
    this.#count++;
    return `${prefix}${String(this.#count).padStart(8, "0")}`;
  }

  /** Notes a call, lets a scripted fault strike, and does the work. */
  async call<T>(name: string, signal: AbortSignal | undefined, work: () => T | Promise<T>): Promise<T> {
    this.calls.push(name);
    throwIfCancelled(signal);
    // Every call of a real cloud takes at least a turn; one that settled at once would hide races.
    await new Promise((resolve) => setImmediate(resolve));
    throwIfCancelled(signal);
    const fault = this.#strike(name);
    if (fault !== undefined && !fault.answerLost) throw fault.error;
    const result = await work();
    if (fault !== undefined) throw fault.error;
    return result;
  }

  #strike(name: string): ScriptedFault | undefined {
    const fault = this.faults.get(name)?.find((candidate) => candidate.times > 0);
    if (fault === undefined) return undefined;
    if (fault.skip > 0) {
      fault.skip--;
      return undefined;
    }
    fault.times--;
    return fault;
  }
}

/** Refuses a call as the cloud would, through the same catalogue. */
export function refuse(
  service: VendorService,
  action: string,
  vendorCode: string,
  httpStatus: number,
  doing: string,
): SampanError {
  const call = { service, action, doing, endpoint: "memory", secrets: [] };
  return refusal(call, { vendorCode, httpStatus, requestId: "MEMORY", message: undefined });
}
