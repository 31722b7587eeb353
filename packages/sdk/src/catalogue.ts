import type { z } from "zod";
import type { NamesTable } from "./names/names-kind.ts";
import { contextOptions, stepOptions, type Verb } from "./plan/options.ts";

export { type NamesKind, type NamesTable, namesKinds } from "./names/names-kind.ts";
export { type OptionSchema, optionSchema } from "./plan/option-schema.ts";
export type { Verb } from "./plan/options.ts";

/** Names of the stages of the fluent API: what a chain is after a verb. */
export type StageName =
  | "SelectedHost"
  | "AssessedHost"
  | "InstanceSnapshots"
  | "CapturedDisks"
  | "EncodedImages"
  | "UploadedImages"
  | "ImportedImage"
  | "LaunchedInstance";

/** Kinds of hosts, as the source of a plan names them. */
export type HostKind = "image-file" | "ecs" | "ssh" | "local" | "winrm" | "esxi" | "image-url";

/** Kinds of hosts whose disks are read. */
const readHosts: readonly HostKind[] = ["image-file", "ssh", "local", "esxi", "image-url"];

/** Kinds of hosts whose disks are captured: of a Windows that runs by a tool of its own, and it is mended where it runs. */
const capturedHosts: readonly HostKind[] = [...readHosts, "winrm"];

/** What the table says of one verb. */
export interface VerbEntry {
  /** Stages on which the verb may be called. */
  readonly from: readonly StageName[];
  /** Kinds of hosts it is for; all when absent. */
  readonly hosts?: readonly HostKind[];
  /** The stage it leads to. */
  readonly to: StageName;
  /** One sentence, third person: what it does. */
  readonly summary: string;
  /** How the verb is written, with its arguments. */
  readonly signature: string;
  /** Names of arguments before the options, in order; a trailing `...` means any number. */
  readonly positional: readonly string[];
  /** Whether the verb may be called again: its calls add up. */
  readonly repeatable: boolean;
  /** The options as they stand in a plan. */
  readonly options: z.ZodType;
  /** What its texts name, by argument or option. */
  readonly names?: NamesTable;
  readonly example: string;
  /** Limits a user meets, each a sentence. */
  readonly limits: readonly string[];
  /** Page of the manual, from `packages/sdk/docs/`. */
  readonly page: string;
}

/**
 * The verbs of the fluent API: the one table that the prototypes, help, completion, hovers, order checks, reference
 * pages and tests are made from.
 */
export const catalogue = {
  assess: {
    from: ["SelectedHost"],
    to: "AssessedHost",
    summary: "Judges whether the host can be migrated, and what has to change; changes nothing.",
    signature: "assess(options?)",
    positional: [],
    repeatable: false,
    options: stepOptions.assess,
    names: { "accept:": "rule" },
    example: '.assess({ accept: { "GUESTOS.Platform": "runs on our own kernel" } })',
    limits: ["A blocker ends the run unless it is accepted by id with a reason."],
    page: "reference/verbs.md#assess",
  },
  snapshot: {
    from: ["SelectedHost", "AssessedHost"],
    hosts: ["ecs"],
    to: "InstanceSnapshots",
    summary: "Takes snapshots of the instance's disks, all at once, and waits until they are accomplished.",
    signature: "snapshot(options?)",
    positional: [],
    repeatable: false,
    options: stepOptions.snapshot,
    example: ".snapshot({ stop: true })",
    limits: [
      "For ECS instances only.",
      "An instance that does not obey the request to shut down is not forced.",
      "Snapshots stay, billed, until you delete them.",
    ],
    page: "reference/verbs.md#snapshot",
  },
  createImage: {
    from: ["SelectedHost", "AssessedHost", "InstanceSnapshots"],
    hosts: ["ecs"],
    to: "ImportedImage",
    summary:
      "Makes an ECS custom image of the snapshots, or of the instance itself, and waits until it is available.",
    signature: "createImage(options?)",
    positional: [],
    repeatable: false,
    options: stepOptions.createImage,
    example: '.createImage({ name: "web-01" })',
    limits: ["For ECS instances only.", "One system disk and up to 16 data disks."],
    page: "reference/verbs.md#createimage",
  },
  prepare: {
    from: ["AssessedHost"],
    hosts: capturedHosts,
    to: "AssessedHost",
    summary:
      'Mends the guest on a copy-on-write overlay, the source never written; with `on: "host"` on the machine itself.',
    signature: "prepare(options?)",
    positional: [],
    repeatable: false,
    options: stepOptions.prepare,
    names: { skip: "fix-up", only: "fix-up" },
    example: '.prepare({ skip: ["firewall"] })',
    limits: [
      "Writes ext2, ext3 and ext4 only; a file system that needs journal replay is refused.",
      "Runs nothing of the guest and knows no other engine, such as libguestfs: an initramfs, XFS, Btrfs and NTFS have to be mended on the host.",
      '`on: "host"` knows the fix-ups `mounts`, `selinux`, `firewall` and `network-manager`, and leaves the copy as the host is; of Windows `firewall`, `uac`, `remote-desktop`, `sleep` and `hibernation`.',
    ],
    page: "reference/verbs.md#prepare",
  },
  capture: {
    from: ["AssessedHost"],
    hosts: capturedHosts,
    to: "CapturedDisks",
    summary:
      "Takes the host's disks as they are now, leaving free space out; of a host that runs, a moment is held meanwhile.",
    signature: "capture(options?)",
    positional: [],
    repeatable: false,
    options: stepOptions.capture,
    names: { disks: "disk", "share.here": "path" },
    example: '.capture({ freeSpace: "keep" })',
    limits: [
      "Free space is left out for ext2 to ext4, XFS, Btrfs, NTFS, FAT, exFAT and LVM when they are clean; anything else is taken whole.",
      "A snapshot of a host that runs needs logical volumes with free space in their group; parts of the disk outside of them are read as they are.",
      "`freeze` stops all writing on the host until everything is read and sent.",
      "`none` gives a disk as after a power cut, with files torn that changed meanwhile.",
      "A Windows that runs is captured by Disk2VHD alone, which lies on it already; Alip2v and XenConvert are used by hand, and the file they wrote is a source.",
      "What dd copies is as with `none`, free space and all, and the file stays in the share.",
    ],
    page: "reference/verbs.md#capture",
  },
  toVhd: {
    from: ["CapturedDisks"],
    to: "EncodedImages",
    summary: "Lays the disks out as VHD, computed while it is sent: no file in between.",
    signature: "toVhd(options?)",
    positional: [],
    repeatable: false,
    options: stepOptions.toVhd,
    example: ".toVhd()",
    limits: ["At most 2,040 GiB; the size is rounded up to whole MiB."],
    page: "reference/verbs.md#tovhd",
  },
  toRaw: {
    from: ["CapturedDisks"],
    to: "EncodedImages",
    summary: "Lays the disks out as raw images, every byte of the disk included.",
    signature: "toRaw()",
    positional: [],
    repeatable: false,
    options: stepOptions.toRaw,
    example: ".toRaw()",
    limits: ["The object is as large as the disk."],
    page: "reference/verbs.md#toraw",
  },
  toQcow2: {
    from: ["CapturedDisks"],
    to: "EncodedImages",
    summary: "Lays the disks out as QCOW2 version 3, uncompressed.",
    signature: "toQcow2()",
    positional: [],
    repeatable: false,
    options: stepOptions.toQcow2,
    example: ".toQcow2()",
    limits: [],
    page: "reference/verbs.md#toqcow2",
  },
  upload: {
    from: ["EncodedImages"],
    to: "UploadedImages",
    summary: "Sends the images to an OSS bucket in parallel parts, resumable, verified by CRC-64.",
    signature: "upload(bucket, options?)",
    positional: ["bucket"],
    repeatable: false,
    options: stepOptions.upload,
    names: { bucket: "bucket", region: "region" },
    example: '.upload("web-images", { createBucket: true })',
    limits: [
      "At most 10,000 parts of 100 KiB to 5 GiB; the bucket must be of class Standard or IA and unencrypted.",
    ],
    page: "reference/verbs.md#upload",
  },
  import: {
    from: ["UploadedImages"],
    to: "ImportedImage",
    summary: "Makes an ECS custom image of the uploaded object and waits until it is available.",
    signature: "import(options?)",
    positional: [],
    repeatable: false,
    options: stepOptions.import,
    names: { region: "region" },
    example: '.import({ name: "web-01", createRole: true })',
    limits: [
      "The bucket must lie in the region of the image.",
      "One system disk and up to 16 data disks, each of 1 to 2,048 GiB.",
      'By `strategy: "image-builder"`, experimental: no i386, names of at most 64 characters.',
      "Cancelling the run cancels the import in the cloud too, unless `onCancel` says otherwise; a deadline does not.",
    ],
    page: "reference/verbs.md#import",
  },
  copyTo: {
    from: ["ImportedImage"],
    to: "ImportedImage",
    summary: "Copies the image to other regions, all at once, and waits until each copy is available.",
    signature: "copyTo(...regions, options?)",
    positional: ["regions..."],
    repeatable: true,
    options: stepOptions.copyTo,
    names: { regions: "region" },
    example: '.copyTo("cn-shanghai", "ap-southeast-1")',
    limits: [
      "The cloud runs five copies per region at once and queues the rest.",
      "Some regions take no copy of an image made of a VHD: then send the disk by `toRaw`.",
    ],
    page: "reference/verbs.md#copyto",
  },
  shareWith: {
    from: ["ImportedImage"],
    to: "ImportedImage",
    summary:
      "Shares the image, and the copies made so far, with other accounts, and asks the cloud who has them.",
    signature: "shareWith(...accounts)",
    positional: ["accounts..."],
    repeatable: true,
    options: stepOptions.shareWith,
    example: '.shareWith("1234567890123456")',
    limits: [
      "At most 50 accounts an image.",
      "An image is shared in its own region: copies that a later `copyTo` makes are not shared.",
      "Accounts of the China site and of the international site share no images.",
    ],
    page: "reference/verbs.md#sharewith",
  },
  launch: {
    from: ["ImportedImage"],
    to: "LaunchedInstance",
    summary: "Starts an instance of the image where zone and type have stock, and waits until it runs.",
    signature: "launch(options?)",
    positional: [],
    repeatable: false,
    options: stepOptions.launch,
    names: {
      region: "region",
      profile: "profile",
      instanceTypes: "instance-type",
      vSwitchId: "vswitch",
      vpcId: "vpc",
      securityGroupId: "security-group",
      zone: "zone",
    },
    example: '.launch({ region: "cn-shanghai", vpcId: "vpc-uf6…", test: true })',
    limits: [
      "The instance is billed from the launch until it is deleted.",
      "vSwitch and security group lie in one VPC.",
      "An image is launched in its own region, and by the accounts it is shared with.",
    ],
    page: "reference/verbs.md#launch",
  },
  verify: {
    from: ["LaunchedInstance"],
    to: "LaunchedInstance",
    summary:
      "Looks for proof that the instance boots, keeps it as files, then keeps, stops or deletes the instance.",
    signature: "verify(options?)",
    positional: [],
    repeatable: false,
    options: stepOptions.verify,
    example: ".verify({ ports: [22] })",
    limits: [
      "Proof is a login prompt on the console, the heartbeat of Cloud Assistant, or a port that answers; a picture is kept and proves nothing.",
      "A rehearsal in which no machine runs proves nothing, and says so.",
    ],
    page: "reference/verbs.md#verify",
  },
} as const satisfies Record<Verb, VerbEntry>;

/** What the table says of a way to begin a plan, or of what every stage can be asked. */
export interface MethodEntry {
  readonly summary: string;
  readonly signature: string;
  /** Names of arguments before the options, in order. */
  readonly positional: readonly string[];
  /** What the one object of options may hold, where it is checked. */
  readonly options?: z.ZodType;
  /** What its texts name, by argument or option. */
  readonly names?: NamesTable;
}

/** How plans begin: what `Migration` has. `with` gives a `Migration` again, settings and all. */
export const starts = {
  from: {
    summary: "Names the host to migrate: a path, ssh://, winrm://, esxi://, ecs://, local:// or an address.",
    signature: "from(source)",
    positional: ["source"],
    names: { source: "source" },
  },
  with: {
    summary: "Sets the cloud, the account and the region for the plans that begin here.",
    signature: "with({ cloud, profile, region })",
    positional: [],
    options: contextOptions,
    names: { profile: "profile", region: "region" },
  },
} as const satisfies Readonly<Record<string, MethodEntry>>;

/** What every stage has besides its verbs. */
export const stageMethods = {
  run: {
    summary: "Starts the plan; waiting for what it gives waits for the end of the run.",
    signature: "run(options?)",
    positional: [],
  },
  plan: { summary: "Gives the plan as data, and does nothing.", signature: "plan()", positional: [] },
  describe: {
    summary: "Says what would be done, and does nothing.",
    signature: "describe()",
    positional: [],
  },
  subscribe: {
    summary: "Starts the plan and hands over its events; unsubscribing cancels it.",
    signature: "subscribe(observer)",
    positional: [],
  },
  pipe: {
    summary: "Sends the events through operators of RxJS; starts nothing.",
    signature: "pipe(...operators)",
    positional: [],
  },
} as const satisfies Readonly<Record<string, MethodEntry>>;

/**
 * Verbs that may be called next: on a stage, for a kind of host when it is known, after the verbs that were called already.
 */
export function nextVerbs(
  stage: StageName,
  known: { readonly host?: HostKind | undefined; readonly called?: readonly string[] } = {},
): readonly Verb[] {
  const { host, called = [] } = known;
  return verbsOf(stage).filter((verb) => {
    const { hosts, repeatable }: VerbEntry = catalogue[verb];
    return (host === undefined || (hosts?.includes(host) ?? true)) && (repeatable || !called.includes(verb));
  });
}

/** Verbs that may be called on a stage. */
export function verbsOf(stage: StageName): readonly Verb[] {
  return (Object.keys(catalogue) as Verb[]).filter((verb) =>
    (catalogue[verb].from as readonly StageName[]).includes(stage),
  );
}
