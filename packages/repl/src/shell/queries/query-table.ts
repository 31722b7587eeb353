import type { MessageKey } from "../../language/speech.ts";

type QueryKey = Extract<MessageKey, `query.${string}`>;

/** What the table says of one query. */
export interface QueryEntry {
  /** How it is written. */
  readonly signature: string;
  /** One sentence, third person. */
  readonly summary: QueryKey;
  readonly example: string;
  readonly limits: readonly QueryKey[];
}

const asksCloud = "query.asks-cloud";

/** The queries: functions that only look, and whose answers the shell waits for without `await`. */
export const queryTable = {
  regions: {
    signature: "regions()",
    summary: "query.regions",
    example: 'regions().filter((id) => id.startsWith("ap-"))',
    limits: [asksCloud],
  },
  buckets: {
    signature: "buckets()",
    summary: "query.buckets",
    example: 'buckets().filter(({ region }) => region === "cn-hangzhou")',
    limits: [asksCloud],
  },
  images: {
    signature: "images(...regions?)",
    summary: "query.images",
    example: 'images("cn-hangzhou", "cn-shanghai")',
    limits: [asksCloud],
  },
  inspect: {
    signature: "inspect(image, options?)",
    summary: "query.inspect",
    example: 'inspect("./web-01.vmdk").guest.name',
    limits: ["query.inspect-options"],
  },
  assess: {
    signature: "assess(target, options?)",
    summary: "query.assess",
    example: 'assess("./web-01.vmdk").findings',
    limits: ["query.assess-options", "query.assess-password"],
  },
  runs: {
    signature: "runs()",
    summary: "query.runs",
    example: 'runs().filter(({ state }) => state === "failed")',
    limits: [],
  },
  whoami: {
    signature: "whoami()",
    summary: "query.whoami",
    example: "whoami().caller.accountId",
    limits: [asksCloud],
  },
} as const satisfies Record<string, QueryEntry>;

/** Name of a query. */
export type QueryName = keyof typeof queryTable;

/** Names of all queries. */
export const queryNames = Object.keys(queryTable) as readonly QueryName[];
