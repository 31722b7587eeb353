/*
 * The words of a forecast. Everything people read of it but the headings of the table, which the command brings, stands here.
 */

/** Notes on what a stage does to a thing. */
export const notes = {
  runs: "it runs; its disks are read at a moment that is held meanwhile",
  unseenSource: (reason: string) => `could not be looked at: ${reason}`,
  partitions: "partitions, file systems and settings of its guest; no data",
  bucketAsIs: (storageClass: string) => `storage class ${storageClass}`,
  bucketForRehearsal:
    "made for this rehearsal; outside of one it must exist, or the plan say createBucket: true",
  bucketOfPlan: "the plan says createBucket: true",
  bucketUnknown: "not looked at",
  role: (state: string | null) =>
    `lets ECS read the bucket${state === null || state === "ready" ? "" : `; it is ${state}`}`,
  overlay: "the fix-ups, kept beside the journal; the source stays as it is",
  onHost: "the machine itself; what is changed can be taken back by `sampan prepare --undo`",
  moment: (consistency: string) =>
    ({
      snapshot: "snapshots of its logical volumes, removed afterwards",
      freeze: "its file systems stand still while they are read",
      none: "nothing is held: what is read may not hold together",
    })[consistency] ?? consistency,
  momentGone: "let go of",
  usedOnly: "what its file systems use",
  whole: "free space included",
  toolReads: (tool: string) => `written whole into the share by ${tool}`,
  layout: (format: string) => `layout of the ${format.toUpperCase()} file; no data is read`,
  dataAndTables: (format: string) => `data and tables of the ${format.toUpperCase()} file`,
  landed: (parts: number) => `${parts} ${parts === 1 ? "part is" : "parts are"} there already`,
  replaces: "replaces what is there: the plan says overwrite: true",
  namedAfterRun: "named after the run",
  detect: "checked by the cloud afterwards",
  adopted: (imageId: string, runId: string) => `${imageId} of run ${runId}, which is taken as it is`,
  removedFirst: (imageId: string) => `${imageId}, which has failed, is deleted first`,
  doneBy: (runId: string) => `done by run ${runId}`,
  builder: "by Image Builder, which starts an instance meanwhile",
  stopped: "shut down meanwhile, and started again",
  crash: "as after a power cut, where it runs",
  accounts: (count: number) => `with ${count} ${count === 1 ? "account" : "accounts"}`,
  testInstance: "for a test: deleted afterwards",
  billedInstance: "billed until it is deleted",
  afterwards: (what: string) => `then ${what}`,
  proof: "console, heartbeat and ports are looked at",
  createRole: "the plan says createRole: true",
} as const;

/** What is billed. */
export const costWords = {
  object: (name: string) => `the object ${name}, until it is deleted`,
  requests: (parts: number) => `about ${parts} requests to send the parts`,
  image: (name: string, region: string | null) =>
    `the snapshots behind image ${name}${region === null ? "" : ` in ${region}`}, until image and snapshots are deleted`,
  snapshots: "snapshots of the instance's disks, until they are deleted",
  copyTraffic: (from: string, to: string) => `an image copied from ${from} to ${to}: traffic between regions`,
  instance: "an instance with its disk, until it is deleted",
  internet: (mbps: number) => `its traffic to the Internet, at up to ${mbps} Mbit/s`,
  builder: "the instance that Image Builder works on, while it does",
} as const;

/** What would stop a run, where no error of the cloud says it. */
export const problemWords = {
  bucketMissing: (name: string) => ({
    message: `bucket ${name} does not exist`,
    hint: "Make it, in the region of the image, or say `createBucket: true` in `upload`.",
  }),
  objectThere: (name: string) => ({
    message: `${name} exists already, and no run of this plan made it`,
    hint: "Give another `key`, delete it, or say `overwrite: true` in `upload`.",
  }),
  nameTaken: (name: string, region: string, imageId: string) => ({
    message: `the image name ${name} is taken in ${region}, by ${imageId}`,
    hint: "Give another name, or delete that image.",
  }),
  sourceChanged: (title: string, runId: string, what: string) => ({
    message: `${title} changed since run ${runId} began to read it: ${what}`,
    hint: "`sampan run PLAN --refresh` sends only what changed and makes an image of its own; `--again` does all anew.",
  }),
  sourceUnseen: "Without it nothing was measured; the run itself looks again.",
} as const;
