import { checkFault } from "./check-fault.ts";

/** Which requests a fault waits for; absent fields match everything. */
export interface FaultMatch {
  readonly service?: "oss" | "ecs" | "vpc" | "ram" | "sts";
  /** `UploadPart`, `ImportImage` …, as in the request log. */
  readonly operation?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly partNumber?: number;
}

/** What a fault does to the request it strikes. */
export type FaultEffect =
  /** Answers with this error instead of working. `retryAfterMs` is sent as `x-acs-retry-after` (ECS) or `x-oss-qos-delay-time`. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly retryAfterMs?: number;
    }
  /** Answers with an HTML page, as a proxy in between would. */
  | { readonly kind: "html"; readonly status: number }
  /** Answers with this status and nothing else, as Node does when the request line is too long (431). */
  | { readonly kind: "empty"; readonly status: number }
  /** Resets the connection after so many bytes of the request's body. */
  | { readonly kind: "reset"; readonly afterBytes: number }
  /** Waits in real time before working. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Reads the request's body no faster than this. */
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  /** Answers an error without reading the body, and closes the connection. */
  | { readonly kind: "answerEarly"; readonly status: number; readonly code: string }
  /** Does not work, and answers 200 with an error in the body: what CompleteMultipartUpload may do. */
  | { readonly kind: "errorIn200"; readonly code: string; readonly message?: string }
  /** Does the work, then resets the connection instead of answering. */
  | { readonly kind: "loseAnswer" }
  /** Sends so many bytes of the answer's body, then resets the connection. */
  | { readonly kind: "cutAnswer"; readonly afterBytes: number }
  /** Leaves `x-oss-hash-crc64ecma` out of the answer. */
  | { readonly kind: "dropCrc" }
  /** Answers with an ETag and a checksum that are not those of the content. */
  | { readonly kind: "changeEtag" }
  /** Removes the multipart upload the request names, as a lifecycle rule would, and then works. */
  | { readonly kind: "expireUpload" }
  /** Judges the request's date by a clock that is off by this much. */
  | { readonly kind: "clockSkew"; readonly ms: number }
  /** Ends the session the request was signed with: `SecurityTokenExpired`. */
  | { readonly kind: "expireToken" }
  /** The store is full while the request's body is being written. */
  | { readonly kind: "storeFull" }
  /** ECS does not see the import role yet. */
  | { readonly kind: "roleNotVisible" }
  /** CopyImage refuses an image made of VHD disks. */
  | { readonly kind: "copyRefusesVhd" }
  /** The import or copy begun by the request fails at this progress. */
  | {
      readonly kind: "jobFails";
      readonly atPercent: number;
      readonly code?: string;
      readonly message?: string;
    }
  /** The import or copy begun by the request stays in this state, or at this progress, for good. */
  | { readonly kind: "jobHangs"; readonly status: "Waiting" | "Creating"; readonly atPercent?: number };

/** A scripted failure. */
export interface Fault {
  readonly match?: FaultMatch;
  /** Strikes from this matching request on, counted from 1. Default 1. */
  readonly nth?: number;
  /** How many requests it strikes, one after the other; `null` for all that follow. Default 1. */
  readonly times?: number | null;
  readonly effect: FaultEffect;
}

/** A fault that was added, and how far it is. */
export interface FaultState extends Fault {
  readonly id: string;
  /** Matching requests so far. */
  readonly seen: number;
  /** Requests it struck. */
  readonly struck: number;
}

/** What is asked of the fault table about a request. */
export interface FaultQuery {
  readonly service: string;
  readonly operation: string;
  readonly bucket: string | null;
  readonly key: string | null;
  readonly partNumber: number | null;
}

/**
 * The faults waiting to strike.
 *
 * @example
 * ```ts
 * simulator.faults.add({
 *   match: { operation: "UploadPart", partNumber: 3 },
 *   effect: { kind: "answer", status: 503, code: "ServiceUnavailable" },
 * });
 * ```
 */
export class FaultTable {
  readonly #faults = new Map<string, { fault: Fault; seen: number; struck: number }>();
  #serial = 0;

  /** Adds a fault and returns its id. Throws a RangeError naming the field that makes no sense. */
  add(fault: Fault): string {
    checkFault(fault);
    const id = `fault-${++this.#serial}`;
    this.#faults.set(id, { fault, seen: 0, struck: 0 });
    return id;
  }

  /** Removes a fault; tells whether there was one. */
  remove(id: string): boolean {
    return this.#faults.delete(id);
  }

  clear(): void {
    this.#faults.clear();
  }

  list(): readonly FaultState[] {
    return [...this.#faults].map(([id, { fault, seen, struck }]) => ({ id, ...fault, seen, struck }));
  }

  /** Counts a request and returns the effect that strikes it: the first added wins. */
  strike(query: FaultQuery): FaultEffect | undefined {
    let effect: FaultEffect | undefined;
    for (const state of this.#faults.values()) {
      if (!matches(state.fault.match ?? {}, query)) continue;
      state.seen++;
      const { nth = 1, times = 1 } = state.fault;
      const due = state.seen >= nth && (times === null || state.struck < times);
      if (!due || effect) continue;
      state.struck++;
      effect = state.fault.effect;
    }
    return effect;
  }
}

function matches(match: FaultMatch, query: FaultQuery): boolean {
  return (Object.keys(match) as (keyof FaultMatch)[]).every(
    (name) => match[name] === undefined || match[name] === query[name],
  );
}
