import type { Json } from "@sampan/core";
import { z } from "zod";

/*
 * What a look at the world saw before a plan is run: plain JSON, kept with a plan that is written for later, and held against the
 * world as it is then. Nothing secret is in it.
 */

const json = z.json() as unknown as z.ZodType<Json>;

const seenDisk = z.strictObject({
  name: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  system: z.boolean(),
  identity: z.record(z.string(), json),
  /** What will be read, by its allocation map; `null` where it was not measured. */
  dataBytes: z.number().int().nonnegative().nullable(),
  /** Size of the file it becomes; `null` where that cannot be told. */
  encodedBytes: z.number().int().nonnegative().nullable(),
  /** Digest of the allocation map of a disk that lies still; `null` for one that may change meanwhile. */
  map: z.string().nullable(),
});

/** A disk of a source as it was seen. */
export type SeenDisk = z.infer<typeof seenDisk>;

const seenSource = z.discriminatedUnion("state", [
  z.strictObject({
    state: z.literal("seen"),
    /** Name fit for images. */
    name: z.string(),
    disks: z.array(seenDisk),
  }),
  z.strictObject({
    state: z.literal("unseen"),
    /** Code of the error that kept it from being seen. */
    code: z.string(),
    reason: z.string(),
  }),
]);

/** A source as it was seen. */
export type SeenSource = z.infer<typeof seenSource>;

const seenBucket = z.discriminatedUnion("state", [
  z.strictObject({
    state: z.literal("there"),
    name: z.string(),
    region: z.string(),
    storageClass: z.string(),
    encryption: z.string().nullable(),
  }),
  z.strictObject({ state: z.literal("missing"), name: z.string() }),
  z.strictObject({ state: z.literal("unseen"), name: z.string(), code: z.string(), reason: z.string() }),
]);

const seenObject = z.strictObject({
  bucket: z.string(),
  key: z.string(),
  /** `null` where there is none. */
  there: z
    .strictObject({
      sizeBytes: z.number().int().nonnegative(),
      etag: z.string(),
      /** The run that made it; `null` for an object of others. */
      runId: z.string().nullable(),
    })
    .nullable(),
});

const seenName = z.strictObject({
  region: z.string(),
  name: z.string(),
  /** The image that has the name; `null` where it is free. */
  there: z.strictObject({ imageId: z.string(), status: z.string(), runId: z.string().nullable() }).nullable(),
});

const seenRefusal = z.strictObject({ code: z.string(), message: z.string(), hint: z.string() });

/** A refusal of the cloud. */
export type SeenRefusal = z.infer<typeof seenRefusal>;

export const worldSchema = z.strictObject({
  /** ISO 8601. */
  lookedAt: z.string(),
  /** Tells one cloud, and one profile in it, from another. */
  cloud: z.string(),
  rehearsal: z.boolean(),
  /** True for the simulator that lives and ends with the run, where what a plan needs is made without being asked. */
  builtIn: z.boolean(),
  /** `null` where nobody could be asked. */
  account: z.strictObject({ accountId: z.string(), arn: z.string() }).nullable(),
  source: seenSource,
  /** Regions the plan names that this account cannot use. */
  unknownRegions: z.array(z.string()),
  /** `null` where the plan uploads nothing. */
  bucket: seenBucket.nullable(),
  /** Objects whose keys the plan gives; others are named after the run. */
  objects: z.array(seenObject),
  /** State of the role by which ECS reads the bucket; `null` where it is not needed or may not be looked at. */
  importRole: z.enum(["missing", "untrusted", "powerless", "ready"]).nullable(),
  images: z.array(seenName),
  /** How ECS refuses the import when it is only asked; `null` where it does not, or was not asked. */
  importRefusal: seenRefusal.nullable(),
  /** What could not be looked at in the cloud, and why. */
  unseen: z.array(seenRefusal),
});

/** The world as far as a plan touches it. */
export type World = z.infer<typeof worldSchema>;

/** One thing that is not what it was. Plain JSON. */
export interface WorldChange {
  /** What it is about: `source`, `bucket web-images`, `image web-01 in cn-hangzhou`. */
  readonly thing: string;
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
}
