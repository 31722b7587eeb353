/** What the table says of one query. */
export interface QueryEntry {
  /** How it is written. */
  readonly signature: string;
  /** One sentence, third person. */
  readonly summary: string;
  readonly example: string;
  readonly limits: readonly string[];
}

const asksCloud = "Asks the cloud of the prompt: in a rehearsal the simulator.";

/** The queries: functions that only look, and whose answers the shell waits for without `await`. */
export const queryTable = {
  regions: {
    signature: "regions()",
    summary: "Gives the ids of the regions that the account can use.",
    example: 'regions().filter((id) => id.startsWith("ap-"))',
    limits: [asksCloud],
  },
  buckets: {
    signature: "buckets()",
    summary: "Gives the account's OSS buckets, of all regions.",
    example: 'buckets().filter(({ region }) => region === "cn-hangzhou")',
    limits: [asksCloud],
  },
  images: {
    signature: "images(...regions?)",
    summary: "Gives the account's own ECS images of some regions; without any, of the prompt's region.",
    example: 'images("cn-hangzhou", "cn-shanghai")',
    limits: [asksCloud],
  },
  inspect: {
    signature: "inspect(image, options?)",
    summary: "Tells what an image file or the disk of a host holds, as `sampan inspect` does.",
    example: 'inspect("./web-01.vmdk").guest.name',
    limits: ["Its options are those of `sampan inspect`, in camel case."],
  },
  assess: {
    signature: "assess(target, options?)",
    summary: "Judges a host by its disk images or as it runs, as `sampan assess` does; changes nothing.",
    example: 'assess("./web-01.vmdk").findings',
    limits: [
      "Its options are those of `sampan assess`, in camel case.",
      "A password is not asked for; `passwordFrom` says where it is found.",
    ],
  },
  runs: {
    signature: "runs()",
    summary: "Gives the runs recorded in the working folder, those above it and one level below.",
    example: 'runs().filter(({ state }) => state === "failed")',
    limits: [],
  },
  whoami: {
    signature: "whoami()",
    summary: "Says whose credentials a run would use, and where each part of them was found; no secret.",
    example: "whoami().caller.accountId",
    limits: [asksCloud],
  },
} as const satisfies Record<string, QueryEntry>;

/** Name of a query. */
export type QueryName = keyof typeof queryTable;

/** Names of all queries. */
export const queryNames = Object.keys(queryTable) as readonly QueryName[];
