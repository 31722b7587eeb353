import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { type CloudChoice, cloudKey, isBuiltIn } from "../cloud/choose-cloud.ts";
import { cacheFolder } from "./cache-folder.ts";

/*
 * The file in which the names of an account are kept. Its format is documented in docs/reference/names-file.md, for programs that read it
 * without this package.
 */

/** Larger files are no cache of ours. */
export const mostNamesBytes = 8 * 1024 ** 2;

const region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+(-\d+)?$/)
  .max(40);
const zone = z.string().regex(/^[a-z0-9-]{4,40}$/);
const bucket = z.string().regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}-[A-Za-z0-9-]{1,60}$`));
// Names people gave: one line of text, without what acts on a terminal.
const title = z
  .string()
  .max(128)
  .regex(/^[^\p{C}\u2028\u2029]*$/u);

/** What a file holds of each kind of name. */
export const nameRows = {
  bucket: z.strictObject({ name: bucket, region, storageClass: z.string().regex(/^[A-Za-z]{1,32}$/) }),
  zone: z.strictObject({
    zone,
    region,
    instanceTypes: z.array(z.string().regex(/^ecs\.[a-z0-9.-]{2,60}$/)).max(5_000),
  }),
  image: z.strictObject({ imageId: id("m"), region, name: title }),
  vSwitch: z.strictObject({ vSwitchId: id("vsw"), vpcId: id("vpc"), zone, region }),
  securityGroup: z.strictObject({
    securityGroupId: id("sg"),
    vpcId: id("vpc").nullable(),
    region,
    name: title,
  }),
};

/** Kinds of questions by which a file is filled, as `missing` names them. */
export const nameQuestions = [
  "regions",
  "buckets",
  "zones",
  "images",
  "vSwitches",
  "securityGroups",
] as const;

const namesFile = z.strictObject({
  v: z.literal(1),
  cloud: z.enum(["simulator", "alibaba"]),
  account: z.string().regex(/^\d{4,32}$/),
  /** Under which choices of cloud and profile the account was reached: what a reader looks a file up by. */
  choices: z.array(z.string().min(1).max(4_096)).min(1).max(20),
  askedAt: z.iso.datetime(),
  regions: z.array(region).max(200),
  /** Regions whose zones, images and networks were asked for. */
  askedRegions: z.array(region).max(200),
  buckets: z.array(nameRows.bucket).max(5_000),
  zones: z.array(nameRows.zone).max(1_000),
  images: z.array(nameRows.image).max(5_000),
  vSwitches: z.array(nameRows.vSwitch).max(5_000),
  securityGroups: z.array(nameRows.securityGroup).max(5_000),
  /** Questions that were refused, with the code of the error. */
  missing: z
    .array(
      z.strictObject({
        what: z.enum(nameQuestions),
        region: region.nullable(),
        code: z.string().regex(/^[A-Z][A-Z0-9_]{2,60}$/),
      }),
    )
    .max(1_000),
});

/** The names of an account, as they are kept. */
export type AccountNames = z.infer<typeof namesFile>;

/** Reads text as names of an account; `undefined` for anything else. */
export function parseNames(text: string): AccountNames | undefined {
  try {
    const read = namesFile.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** Folder of the files. */
export function namesFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(cacheFolder(env), "names");
}

/** Tells one choice of cloud from another where names are remembered. A built-in simulator is one for each home. */
export function namesKey(choice: CloudChoice, home: string): string {
  return isBuiltIn(choice) ? `${cloudKey(choice)} ${home}` : cloudKey(choice);
}

/** Name of the file of an account. Accounts of simulators have the same numbers everywhere: their place is part of the name. */
export function namesFileName(choice: CloudChoice, home: string, account: string): string {
  if (choice.kind === "alibaba") return `${account}.json`;
  const place = createHash("sha256")
    .update(choice.endpoint ?? home)
    .digest("hex")
    .slice(0, 12);
  return `simulator-${place}-${account}.json`;
}
