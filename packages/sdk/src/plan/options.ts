import type { ImportPlatform } from "@sampan/cloud";
import { z } from "zod";
import { createImageOptions, launchOptions, snapshotOptions, verifyOptions } from "./instance-options.ts";
import { imageName, regionId, tags } from "./option-parts.ts";

/*
 * Options of each verb as zod schemas: the fluent API, plan files read as JSON, and the editor's analysis all check
 * against these.
 */

// OSS, bucket naming rules.
const bucketName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    "3 to 63 lower-case letters, digits or dashes, no dash at the ends",
  );

const objectKey = z
  .string()
  .min(1)
  .refine((key) => new TextEncoder().encode(key).length <= 1023, "at most 1,023 bytes")
  .refine((key) => !/^[/\\]/.test(key), "a key that does not begin with a slash")
  .refine(
    (key) => !key.split("/").some((part) => part === "." || part === ".."),
    "a key without `.` or `..` segments",
  );

const reason = z.string().trim().min(3, "a reason of at least three characters");

/** Platforms that ImportImage takes: vendor reference of 2025 and its client 7.11.6. */
export const importPlatforms = [
  "Aliyun",
  "Anolis",
  "CentOS",
  "Ubuntu",
  "CoreOS",
  "SUSE",
  "Debian",
  "OpenSUSE",
  "FreeBSD",
  "RedHat",
  "Kylin",
  "UOS",
  "Fedora",
  "Fedora CoreOS",
  "CentOS Stream",
  "AlmaLinux",
  "Rocky Linux",
  "Gentoo",
  "Customized Linux",
  "Others Linux",
  "Windows Server 2022",
  "Windows Server 2019",
  "Windows Server 2016",
  "Windows Server 2012",
  "Windows Server 2008",
  "Windows Server 2003",
  "Other Windows",
] as const satisfies readonly ImportPlatform[];

export const assessOptions = z.strictObject({
  profile: z
    .enum(["current", "whitepaper-2017"])
    .optional()
    .describe("Which dated set of rules to judge by. Default: `current`."),
  accept: z
    .record(z.string(), reason)
    .optional()
    .describe("Blockers to accept: rule id → the reason, which the journal keeps."),
});

export const prepareOptions = z
  .strictObject({
    on: z
      .enum(["copy", "host"])
      .optional()
      .describe(
        "Where to apply the fix-ups: `copy` (the default), an overlay that never touches the host, or `host`, the machine that runs, as the whitepaper does by hand. The copy is then left as the host is.",
      ),
    confirm: z
      .literal(true)
      .optional()
      .describe(
        'Says that the machine itself may be changed; `on: "host"` is refused without. The command asks besides.',
      ),
    skip: z.array(z.string()).optional().describe("Ids of fix-ups to leave out."),
    only: z.array(z.string()).optional().describe("Ids of the only fix-ups to apply."),
    selinux: z
      .enum(["disabled", "permissive"])
      .optional()
      .describe("What the fix-up `selinux` sets. Default: `disabled`."),
    permitRootLogin: z
      .enum(["yes", "prohibit-password"])
      .optional()
      .describe("What the fix-up `sshd` sets `PermitRootLogin` to, on a copy. Default: left as it is."),
  })
  .refine(
    ({ on, confirm }) => on !== "host" || confirm === true,
    '`on: "host"` changes the machine that runs: it goes with `confirm: true` only',
  )
  .refine(({ on, confirm }) => on === "host" || confirm === undefined, 'confirm goes with `on: "host"` only')
  .refine(
    ({ on, permitRootLogin }) => on !== "host" || permitRootLogin === undefined,
    'permitRootLogin is for the copy; `on: "host"` changes nothing by which the host is logged in to',
  );

/** What can be asked to read a disk: Sampan itself, and every external tool there is, most of which cannot. */
const captureTools = [
  "stream",
  "dd",
  "disk2vhd",
  "alip2v",
  "qemu-img",
  "vmware-vdiskmanager",
  "starwind-v2v",
  "xenconvert",
] as const;

export const captureOptions = z.strictObject({
  disks: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Names of the disks to capture. Default: the system disk."),
  freeSpace: z
    .enum(["skip", "keep"])
    .optional()
    .describe(
      "Whether blocks the file systems call free are left out (`skip`, the default) or sent (`keep`).",
    ),
  consistency: z
    .enum(["snapshot", "freeze", "none"])
    .optional()
    .describe(
      "How what is read of a host that runs holds together: a snapshot of its logical volumes (the default), its file systems frozen meanwhile, or nothing.",
    ),
  tool: z
    .enum(captureTools)
    .optional()
    .describe(
      "What reads the disk. `stream`, the default, is Sampan itself; nothing is installed on the host. `dd` of a Linux host, or `disk2vhd` of a Windows host, writes it into `share`, and the file is read from there. The others are refused, each with what to do instead.",
    ),
  share: z
    .strictObject({
      onHost: z.string().min(1).max(1024),
      here: z.string().min(1).max(4096),
    })
    .optional()
    .describe(
      "With a tool: one folder as the host sees it (`onHost`: the mount point, or the share's address on Windows) and as this machine does (`here`).",
    ),
  volumes: z
    .array(z.string().regex(/^(?:[A-Za-z]:|\*)$/, "a volume such as C:, or * for all"))
    .min(1)
    .optional()
    .describe("Volumes that `disk2vhd` takes. Default: all of the host's only disk."),
  program: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .describe("Path of `disk2vhd` on the host. Default: where it is found. Nothing is ever copied there."),
  acceptLicence: z
    .boolean()
    .optional()
    .describe("That you have read the tool's licence and accept it; `disk2vhd` runs only then."),
  snapshotBytes: z
    .int()
    .min(16 * 1024 ** 2)
    .optional()
    .describe(
      "Room for what changes on the host while a snapshot is there, in bytes for each logical volume. Default: what is free, up to a fifth.",
    ),
  leaseMs: z
    .int()
    .min(10_000)
    .max(24 * 3_600_000)
    .optional()
    .describe(
      "How long the host keeps the moment after it last heard of us, in milliseconds. Default: half an hour for a snapshot, two minutes for a freeze.",
    ),
});

export const vhdOptions = z.strictObject({
  subformat: z
    .enum(["dynamic", "fixed"])
    .optional()
    .describe("Default: `dynamic`, in which absent blocks cost nothing."),
});

/** `toRaw` and `toQcow2` have nothing to choose. */
const noOptions = z.strictObject({});

export const uploadOptions = z.strictObject({
  key: objectKey.optional().describe("Object key. Default: `sampan/<host>/<run>-<disk>.<format>`."),
  region: regionId.optional().describe("Region of the bucket. Default: looked up."),
  createBucket: z.boolean().optional().describe("Create the bucket when it does not exist. Default: false."),
  overwrite: z.boolean().optional().describe("Replace an object that this run did not make. Default: false."),
  parallel: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe("Most parts in flight at once. Default: 4, and up to 8 while that is faster."),
  partBytes: z
    .int()
    .min(102_400)
    .max(5 * 1024 ** 3)
    .optional()
    .describe("Bytes of a part. Default: by size and measured bandwidth, never past 10,000 parts."),
  bytesPerSecond: z.int().min(16_384).optional().describe("Bandwidth limit. Default: none."),
  abortOnCancel: z
    .boolean()
    .optional()
    .describe("Free the parts at the store on cancel. Default: they stay for a resume, billed."),
});

const onCancel = z
  .enum(["cancel", "leave"])
  .optional()
  .describe(
    "What becomes of what goes on in the cloud when the run is cancelled: it is cancelled too (the default), or left to itself.",
  );

export const importOptions = z.strictObject({
  name: imageName.optional().describe("Name of the image, unique in its region. Default: the host's name."),
  region: regionId.optional().describe("Region of the image; must be the bucket's. Default: the bucket's."),
  description: z.string().min(2).max(256).optional(),
  platform: z
    .enum(importPlatforms)
    .optional()
    .describe("Operating system as ECS names it. Default: from the assessment."),
  bootMode: z.enum(["BIOS", "UEFI"]).optional().describe("Default: from the assessment."),
  architecture: z.enum(["x86_64", "i386", "arm64"]).optional().describe("Default: from the assessment."),
  licenseType: z
    .enum(["Aliyun", "BYOL"])
    .optional()
    .describe(
      "Who brings the licence. Default: `BYOL` for Red Hat, SUSE and clients of Windows, `Aliyun` for servers of Windows.",
    ),
  detect: z
    .boolean()
    .optional()
    .describe("Ask the cloud to check the guest after the import. Default: true."),
  createRole: z
    .boolean()
    .optional()
    .describe("Create the RAM role that lets ECS read the bucket when it is missing. Default: false."),
  tags: tags.optional(),
  deadlineMs: z
    .int()
    .min(1000)
    .optional()
    .describe("Stop waiting (exit 124) after so long; the import goes on."),
  onCancel,
  strategy: z
    .enum(["import-image", "image-builder"])
    .optional()
    .describe(
      "What makes the image: ImportImage (the default), or ECS's Image Builder, which is experimental here: it starts an instance that is billed while it works, and makes no check.",
    ),
  repair: z
    .enum(["Standard", "All"])
    .optional()
    .describe(
      'What Image Builder mends in the guest by itself, with `strategy: "image-builder"`. Default: nothing.',
    ),
});

export const copyOptions = z
  .strictObject({
    regions: z.array(regionId).min(1).describe("Regions to copy the image to, all at once."),
    name: imageName.optional().describe("Name of the copies, unique in each region. Default: the image's."),
    description: z.string().min(2).max(256).optional(),
    tags: tags.optional().describe("Tags of the copies, besides the run's own."),
    encrypted: z
      .boolean()
      .optional()
      .describe("Encrypt the copies. Default: as the account has set it for each region."),
    kmsKeyId: z
      .string()
      .min(1)
      .optional()
      .describe("KMS key to encrypt with, one of the destination region; only with `encrypted: true`."),
    deadlineMs: z
      .int()
      .min(1000)
      .optional()
      .describe("Stop waiting for a copy (exit 124) after so long; the copy goes on."),
    onCancel,
  })
  .refine(
    ({ encrypted, kmsKeyId }) => kmsKeyId === undefined || encrypted === true,
    "kmsKeyId goes with encrypted: true only",
  );

// ModifyImageSharePermission, AddAccount: vendor reference of 2025.
const accountId = z.string().regex(/^\d{16}$/, "the id of an account: a text of 16 digits");

export const shareOptions = z.strictObject({
  accounts: z
    .array(accountId)
    .min(1)
    .max(50, "at most 50 accounts: no image is shared with more")
    .describe("Ids of the accounts to share with, of 16 digits each, as text."),
});

/** Options of `assess()`: the profile to judge by, and blockers accepted by id with a reason. */
export type AssessOptions = z.infer<typeof assessOptions>;
/** Options of `prepare()`: which fix-ups, where they are applied, and what some of them set. */
export type PrepareOptions = z.infer<typeof prepareOptions>;
/** Options of `capture()`: which disks, whether free space is left out, what moment of a host that runs, and what reads it. */
export type CaptureOptions = z.infer<typeof captureOptions>;
/** Options of `toVhd()`. */
export type VhdOptions = z.infer<typeof vhdOptions>;
/** Options of `upload()`. Sizes are bytes. */
export type UploadOptions = z.infer<typeof uploadOptions>;
/** Options of `import()`. Names follow the rules of ImportImage (vendor reference, 2025-11). */
export type ImportOptions = z.infer<typeof importOptions>;
/** What `copyTo()` leaves in a plan. */
export type CopyOptions = z.infer<typeof copyOptions>;

/** What `shareWith()` leaves in a plan. */
export type ShareOptions = z.infer<typeof shareOptions>;

/** Options of each verb as they stand in a plan. */
export const stepOptions = {
  assess: assessOptions,
  snapshot: snapshotOptions,
  createImage: createImageOptions,
  prepare: prepareOptions,
  capture: captureOptions,
  toVhd: vhdOptions,
  toRaw: noOptions,
  toQcow2: noOptions,
  upload: uploadOptions.extend({ bucket: bucketName }),
  import: importOptions,
  copyTo: copyOptions,
  shareWith: shareOptions,
  launch: launchOptions,
  verify: verifyOptions,
} as const;

/** The verbs of the fluent API, in the order a plan uses them. */
export type Verb = keyof typeof stepOptions;

/** Everything `Migration.with` sets for all that follows. */
export const contextOptions = z.strictObject({
  cloud: z.enum(["simulator", "alibaba"]).optional().describe("Which cloud. Default: the simulator."),
  profile: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe(
      "Profile of the account, as in `aliyun configure`; in a rehearsal any but `default` is the second account.",
    ),
  region: regionId.optional().describe("Region for buckets that have to be created. Default: `cn-hangzhou`."),
});
/** What `Migration.with` takes. */
export type ContextOptions = z.infer<typeof contextOptions>;
