import { z } from "zod";
import { imageName, regionId, tags } from "./option-parts.ts";

/* Options of the verbs for instances: `snapshot`, `createImage`, `launch`, `verify`. */

// CreateSnapshot and CreateImage: vendor reference of 2026-04.
export const snapshotOptions = z.strictObject({
  stop: z
    .boolean()
    .optional()
    .describe(
      "Shut the guest down first, never by force, and start it again afterwards. Default: false, which leaves its file systems as after a power cut.",
    ),
  disks: z.enum(["all", "system"]).optional().describe("Whether data disks are taken too. Default: `all`."),
  deadlineMs: z
    .int()
    .min(1000)
    .optional()
    .describe("Stop waiting (exit 124) after so long; the snapshots go on."),
});

export const createImageOptions = z.strictObject({
  name: imageName
    .optional()
    .describe("Name of the image, unique in its region. Default: the instance's name."),
  description: z.string().min(2).max(256).optional(),
  detect: z.boolean().optional().describe("Ask the cloud to check the guest afterwards. Default: false."),
  tags: tags.optional(),
  deadlineMs: z
    .int()
    .min(1000)
    .optional()
    .describe("Stop waiting (exit 124) after so long; the image goes on being made."),
});

const resourceId = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[A-Za-z0-9-]{1,60}$`), `an id such as ${prefix}-bp1…`);

// RunInstances: vendor reference of 2026-04.
export const launchOptions = z.strictObject({
  region: regionId
    .optional()
    .describe("Region to launch in; the plan must have an image there. Default: the first image's."),
  profile: z
    .string()
    .regex(/^[A-Za-z0-9_.@-]{1,64}$/, "the name of a profile")
    .optional()
    .describe(
      "Profile of the account that launches: one the image is shared with. Default: the account of the run.",
    ),
  instanceTypes: z
    .array(z.string().regex(/^ecs\.[a-z0-9.-]{2,60}$/, "an instance type such as ecs.g7.large"))
    .min(1)
    .max(20)
    .optional()
    .describe("Instance types to try, the best first. Default: types of 2 vCPUs and 4 to 8 GiB."),
  vSwitchId: z
    .union([resourceId("vsw"), z.array(resourceId("vsw")).min(1).max(20)])
    .optional()
    .describe("vSwitches to try, the best first, all of one VPC. Default: those of the VPC."),
  vpcId: resourceId("vpc")
    .optional()
    .describe("VPC to launch in. Default: the security group's, or the only one there is."),
  securityGroupId: resourceId("sg")
    .optional()
    .describe("Security group of the instance. Default: the only one of the VPC."),
  zone: z
    .string()
    .regex(/^[a-z0-9-]{4,40}$/, "a zone such as cn-hangzhou-i")
    .optional()
    .describe("Only this zone. Default: any that has the type."),
  name: imageName.optional().describe("Name of the instance. Default: the image's."),
  systemDiskCategory: z
    .string()
    .regex(/^cloud[a-z_]{0,30}$/, "a category such as cloud_essd")
    .optional()
    .describe("Default: the best the zone has."),
  systemDiskGiB: z
    .int()
    .min(1)
    .max(2048)
    .optional()
    .describe("Default: 40, or the image's size when that is more."),
  keyPairName: z.string().min(2).max(128).optional().describe("Key pair to log in with; Linux only."),
  internetMbps: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe("Mbit/s to the Internet; 0, the default, gives no public address."),
  test: z
    .boolean()
    .optional()
    .describe(
      "Launch for a test only: the cloud deletes the instance by itself, and `verify` does before. Default: false.",
    ),
  releaseAfterMs: z
    .int()
    .min(1_800_000)
    .optional()
    .describe(
      "When the cloud deletes the instance by itself, from the launch on. Default: never; an hour for a test.",
    ),
  tags: tags.optional(),
});

export const verifyOptions = z.strictObject({
  ports: z
    .array(z.int().min(1).max(65_535))
    .min(1)
    .max(8)
    .optional()
    .describe("TCP ports that must answer from here; 22 must show the banner of SSH. Default: none."),
  patienceMs: z
    .int()
    .min(1000)
    .optional()
    .describe("How long the boot may take until it is proven. Default: 10 minutes."),
  afterwards: z
    .enum(["keep", "stop", "delete"])
    .optional()
    .describe("What becomes of the instance. Default: `keep`; `delete` for a test."),
});

/** Options of `snapshot()`: whether the guest is shut down for it, and which disks are taken. */
export type SnapshotOptions = z.infer<typeof snapshotOptions>;
/** Options of `createImage()`. Names follow the rules of CreateImage. */
export type CreateImageOptions = z.infer<typeof createImageOptions>;
/** Options of `launch()`: where, as what, in which network, and by whom. */
export type LaunchOptions = z.infer<typeof launchOptions>;
/** Options of `verify()`: what must answer, and what becomes of the instance. */
export type VerifyOptions = z.infer<typeof verifyOptions>;
