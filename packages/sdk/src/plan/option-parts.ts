import { z } from "zod";

/* Values that options of several verbs are made from. */

export const regionId = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+(-\d+)?$/, "a region id such as cn-hangzhou or ap-southeast-1")
  .describe("A region id such as `cn-hangzhou`.");

// ImportImage and CopyImage, ImageName: vendor reference of 2025-11.
export const imageName = z
  .string()
  .min(2)
  .max(128)
  .regex(
    /^[\p{L}][\p{L}\p{N}.:_-]*$/u,
    "2 to 128 letters, digits, `.`, `:`, `_` or `-`, beginning with a letter",
  )
  .refine(
    (name) => !/^(aliyun|acs:)/i.test(name),
    "a name that begins neither with `aliyun` nor with `acs:`",
  );

export const tags = z
  .record(z.string().min(1).max(128), z.string().max(128))
  .refine((record) => Object.keys(record).length <= 16, "at most 16 tags");
