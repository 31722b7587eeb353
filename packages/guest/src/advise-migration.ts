import { formatBytes, SampanError } from "@sampan/core";

/*
 * The advice of the whitepaper's §5.1, as a sum: image migration suits hosts that are hard to set up anew where the
 * network is good; for many large hosts behind a poor network it takes too long, and redeployment or file
 * synchronisation serves better.
 */

/** What an advice is computed from. */
export interface AdviceInput {
  /** How many hosts like this one are to be moved over the same line. */
  readonly hosts: number;
  /** The disks of one host. */
  readonly disks: readonly {
    readonly system: boolean;
    readonly sizeBytes: number;
    /** What would be sent of it: blocks in use; `null` when that is unknown, and then all of it counts. */
    readonly usedBytes: number | null;
  }[];
  /** The line to the region. Of a stated bandwidth 80 % count, for nobody has a line alone; of a measured one all. */
  readonly bandwidth: { readonly bitsPerSecond: number; readonly kind: "stated" | "measured" };
  /** Longest time one host may be at rest; 8 hours, a night, by default. */
  readonly maxHoursPerHost?: number;
  /** Longest time all hosts together may take; 168 hours, a week, by default. */
  readonly maxHoursInAll?: number;
}

/** Whether to send images, and why. Plain JSON; hours are rounded to two digits. */
export interface MigrationAdvice {
  readonly approach: "image" | "redeploy-or-file-sync";
  /** How data disks should follow; `null` when the host has none. */
  readonly dataDisks: "image" | "file-sync" | null;
  /** For the disks that would be sent as images. */
  readonly estimate: {
    readonly bytesPerHost: number;
    readonly bytesToSend: number;
    /** What the line is taken to carry. */
    readonly bytesPerSecond: number;
    /** From the capture of a host to its image: how long a host that is not to change would be at rest. */
    readonly hoursPerHost: number;
    readonly sendingHours: number;
    /** Of one host; ECS imports several at once. */
    readonly importingHours: number;
    readonly hoursInAll: number;
    readonly dominatedBy: "sending" | "importing";
  };
  /** Sentences for people. */
  readonly reasons: readonly string[];
}

/** Share of a stated bandwidth that arrives, as a rule of thumb. */
const usableShare = 0.8;
/** The vendor's rule of thumb for making a snapshot of what arrived (Server Migration Center, 2021): 30 MB/s. */
const importBytesPerSecond = 30e6;
const defaultHoursPerHost = 8;
const defaultHoursInAll = 168;

/**
 * Advises whether hosts like this one should be moved as images: whether one is at rest no longer than
 * `maxHoursPerHost`, and all are over within `maxHoursInAll`. Where only the system disks fit, they go as images and the
 * data follows by file synchronisation.
 *
 * A pure function. The sum: bytes in use over the usable bandwidth, one host after the other, plus the import of the
 * last at 30 MB/s. Throws `CORE_ARGUMENT` for a number that cannot be.
 */
export function adviseMigration(input: AdviceInput): MigrationAdvice {
  const {
    hosts,
    disks,
    bandwidth,
    maxHoursPerHost = defaultHoursPerHost,
    maxHoursInAll = defaultHoursInAll,
  } = input;
  const numbers = [hosts, bandwidth.bitsPerSecond, maxHoursPerHost, maxHoursInAll];
  const sizes = disks.flatMap(({ sizeBytes, usedBytes }) => [sizeBytes, usedBytes ?? 0]);
  if (
    !numbers.every((one) => one > 0 && Number.isFinite(one)) ||
    !sizes.every((one) => one >= 0 && Number.isFinite(one))
  ) {
    throw new SampanError(
      "CORE_ARGUMENT",
      "advising on a migration: a number of hosts, a rate or a size cannot be",
      {
        hint: "Hosts, bandwidth and limits are above 0, sizes are not below.",
      },
    );
  }
  const limits = { hoursPerHost: maxHoursPerHost, hoursInAll: maxHoursInAll };
  const fits = (estimate: MigrationAdvice["estimate"]): boolean =>
    estimate.hoursPerHost <= limits.hoursPerHost && estimate.hoursInAll <= limits.hoursInAll;
  const hasData = disks.some((disk) => !disk.system);
  const whole = estimateFor(disks, input);
  const about = describe(whole, input);
  if (fits(whole)) {
    return {
      approach: "image",
      dataDisks: hasData ? "image" : null,
      estimate: whole,
      reasons: [
        ...about,
        `A host is at rest no longer than ${limits.hoursPerHost} h and all are over within ${limits.hoursInAll} h, so images serve well.`,
      ],
    };
  }
  const systems = estimateFor(
    disks.filter((disk) => disk.system),
    input,
  );
  if (hasData && fits(systems)) {
    return {
      approach: "image",
      dataDisks: "file-sync",
      estimate: systems,
      reasons: [
        `With the data disks: ${about[0]}`,
        ...describe(systems, input),
        "Send the system disk as an image, and let the data follow by file synchronisation while the host still serves.",
      ],
    };
  }
  const reason =
    whole.hoursPerHost > limits.hoursPerHost
      ? `One host would be at rest for ${whole.hoursPerHost} h, more than ${limits.hoursPerHost} h.`
      : `All hosts would take ${whole.hoursInAll} h, more than ${limits.hoursInAll} h.`;
  return {
    approach: "redeploy-or-file-sync",
    dataDisks: hasData ? "file-sync" : null,
    estimate: whole,
    reasons: [
      ...about,
      reason,
      "Set the services up anew on ECS and synchronise their files while the hosts still serve; send images only of hosts that nobody could set up again, or over a faster line.",
    ],
  };
}

function estimateFor(
  disks: AdviceInput["disks"],
  { hosts, bandwidth }: AdviceInput,
): MigrationAdvice["estimate"] {
  const bytesPerHost = disks.reduce((sum, { usedBytes, sizeBytes }) => sum + (usedBytes ?? sizeBytes), 0);
  const share = bandwidth.kind === "stated" ? usableShare : 1;
  const bytesPerSecond = (bandwidth.bitsPerSecond / 8) * share;
  const bytesToSend = bytesPerHost * hosts;
  const sending = bytesToSend / bytesPerSecond;
  const importing = bytesPerHost / importBytesPerSecond;
  return {
    bytesPerHost,
    bytesToSend,
    bytesPerSecond,
    hoursPerHost: hours(bytesPerHost / bytesPerSecond + importing),
    sendingHours: hours(sending),
    importingHours: hours(importing),
    hoursInAll: hours(sending + importing),
    dominatedBy: sending >= importing ? "sending" : "importing",
  };
}

function hours(seconds: number): number {
  return Math.round(seconds / 36) / 100;
}

function describe(
  estimate: MigrationAdvice["estimate"],
  { hosts, disks, bandwidth }: AdviceInput,
): readonly string[] {
  const { bytesToSend, bytesPerSecond, hoursInAll, dominatedBy } = estimate;
  const rate = `${formatBytes(bytesPerSecond)}/s`;
  const line =
    bandwidth.kind === "stated" ? `${rate}, 80 % of what the line is said to carry` : `${rate} as measured`;
  const guessed = disks.some((disk) => disk.usedBytes === null)
    ? ["How much of a disk is in use is not known, so all of it counts."]
    : [];
  return [
    `${formatBytes(bytesToSend)} from ${hosts === 1 ? "one host" : `${hosts} hosts`} at ${line}: ${hoursInAll} h in all, most of it ${dominatedBy}.`,
    ...guessed,
  ];
}
