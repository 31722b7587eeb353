/** One request the simulator answered. Plain JSON, without credentials, signatures or bodies. */
export interface LoggedRequest {
  readonly seq: number;
  /** Service time, ISO 8601. */
  readonly at: string;
  /** `rpc` while, or when, it cannot be told which of the others is meant. */
  service: "oss" | "ecs" | "vpc" | "ram" | "sts" | "rpc";
  /** `UploadPart`, `ImportImage` …; `Unknown` when it could not be told. */
  operation: string;
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  /** Parameters, those of signatures left out. */
  parameters: Readonly<Record<string, string>>;
  bucket: string | null;
  key: string | null;
  accountId: string | null;
  /** `v1`, `v4`, `v1-url`, `v4-url`, `acs3`, `hmac-sha1`, `anonymous`; `null` when it did not come so far. */
  signature: string | null;
  /** HTTP status; `null` while it runs or when the connection was cut without an answer. */
  status: number | null;
  /** The error code answered; `null` for a success. */
  code: string | null;
  requestBytes: number;
  answerBytes: number;
  requestId: string;
  /** The kind of the fault that struck, if any. */
  fault: string | null;
  durationMs: number;
}

/** Which requests are meant; absent fields match everything. */
export type RequestQuery = Partial<
  Pick<
    LoggedRequest,
    | "service"
    | "operation"
    | "method"
    | "bucket"
    | "key"
    | "accountId"
    | "signature"
    | "status"
    | "code"
    | "fault"
  >
>;

/**
 * The last requests, oldest first, to be asserted on.
 *
 * @example
 * ```ts
 * expect(simulator.requests.list({ operation: "UploadPart", status: 200 })).toHaveLength(12);
 * expect(simulator.requests.count({ bucket: "web-images", code: "AccessDenied" })).toBe(0);
 * ```
 */
export class RequestLog {
  readonly #limit: number;
  #entries: LoggedRequest[] = [];
  #seq = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Begins an entry of a request that has just come in; the caller fills it in as the request goes on. */
  begin(
    incoming: { readonly method?: string | undefined; readonly url?: string | undefined },
    known: Pick<LoggedRequest, "at" | "service" | "requestId">,
  ): LoggedRequest {
    const entry: LoggedRequest = {
      seq: ++this.#seq,
      ...known,
      operation: "Unknown",
      method: incoming.method ?? "",
      path: (incoming.url ?? "").split("?", 1)[0] ?? "",
      parameters: {},
      bucket: null,
      key: null,
      accountId: null,
      signature: null,
      status: null,
      code: null,
      requestBytes: 0,
      answerBytes: 0,
      fault: null,
      durationMs: 0,
    };
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit * 1.25) this.#entries = this.#entries.slice(-this.#limit);
    return entry;
  }

  /** All entries kept, those of one operation, or those that match every field given. */
  list(which: string | RequestQuery = {}): readonly LoggedRequest[] {
    const wanted = Object.entries(typeof which === "string" ? { operation: which } : which).filter(
      ([, value]) => value !== undefined,
    );
    return this.#entries
      .slice(-this.#limit)
      .filter((entry) => wanted.every(([name, value]) => entry[name as keyof RequestQuery] === value));
  }

  /** How many there are. */
  count(which: string | RequestQuery = {}): number {
    return this.list(which).length;
  }

  clear(): void {
    this.#entries = [];
  }
}

const secretNames =
  /^(signature|security-?token|oidc-?token|x-oss-(signature|security-token|credential)|password)$/i;

/** Parameters as they may be shown: without signatures, tokens and passwords. */
export function shownParameters(
  parameters: Iterable<readonly [string, string]>,
): Readonly<Record<string, string>> {
  return Object.fromEntries([...parameters].filter(([name]) => !secretNames.test(name)));
}
