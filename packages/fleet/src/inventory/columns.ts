import { stepOptions } from "@sampan/sdk/catalogue";
import { z } from "zod";
import { siteNamePattern } from "../site-name.ts";
import { parseSize } from "./parse-size.ts";

/** What a cell of a column holds. */
export type ColumnKind = "text" | "list" | "size";

/** What the table says of one column. */
export interface InventoryColumn {
  readonly kind: ColumnKind;
  readonly required: boolean;
  /** Whether `defaults:` may give it for all hosts; what is of one host alone may not. */
  readonly shared: boolean;
  /** Checks a cell, or one entry of a list. Its message says what is expected, without a verb. */
  readonly schema: z.ZodType<string | number, string>;
  readonly summary: string;
  /** What holds where the cell is empty, for the manual. */
  readonly fallback: string;
  readonly example: string;
}

const nameLetters = "letters, digits, `.`, `_` or `-`, the first a letter or digit";

/** A word by which hosts, sites and waves are called: it stands in names of queues, in tables and on command lines. */
export const hostName = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,127}$/u, `1 to 128 ${nameLetters}`);
export const siteName = z.string().regex(siteNamePattern, `1 to 64 ${nameLetters}`);
export const waveName = z
  .string()
  .regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,62}[\p{L}\p{N}._-])?$/u,
    "1 to 64 letters, digits, spaces, `.`, `_` or `-`, the first a letter or digit",
  );

const bucket = stepOptions.upload.shape.bucket;
const region = stepOptions.copyTo.shape.regions.element;

/** Longer than any address. */
export const longestSource = 8192;

/** Text of one line, as people write it. */
export const plainText = (most: number) =>
  z
    .string()
    .max(most, `at most ${most} letters`)
    .regex(/^\P{Cc}*$/u, "one line without control characters");

const size = z.string().transform((text, context) => {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: "custom", message: "a size such as 40GiB, 500 GB or a number of bytes" });
  return z.NEVER;
});

/**
 * Every column of an inventory: what reads one, checks one and explains one is made from this table. Columns that do not stand here are the
 * user's own.
 */
export const inventoryColumns = {
  name: {
    kind: "text",
    required: false,
    shared: false,
    schema: hostName,
    summary:
      "What the host is called: unique in the inventory. Its image is called so too, with `host-` before what no image may be called.",
    fallback:
      "made of the source: the host, the virtual machine, the instance, or the file without its ending",
    example: "web-01",
  },
  source: {
    kind: "text",
    required: true,
    shared: false,
    schema: plainText(longestSource),
    summary:
      "Where its disks are, as `Migration.from` takes it. Never with a password; paths are seen from the host's site.",
    fallback: "",
    example: "ssh://root@web-01",
  },
  site: {
    kind: "text",
    required: true,
    shared: true,
    schema: siteName,
    summary: "The data centre its disks are near: workers are started for it by this name.",
    fallback: "",
    example: "shanghai-1",
  },
  disks: {
    kind: "list",
    required: false,
    shared: false,
    schema: plainText(1024),
    summary: "Disks to take.",
    fallback: "the system disk",
    example: "/dev/sda;/dev/sdb",
  },
  bucket: {
    kind: "text",
    required: true,
    shared: true,
    schema: bucket,
    summary: "Bucket its image is sent to. One bucket is in one region.",
    fallback: "",
    example: "web-images",
  },
  region: {
    kind: "text",
    required: true,
    shared: true,
    schema: region,
    summary: "Region of the bucket and of the image.",
    fallback: "",
    example: "cn-hangzhou",
  },
  targets: {
    kind: "list",
    required: false,
    shared: true,
    schema: region,
    summary: "Regions the image is copied to.",
    fallback: "none",
    example: "cn-shanghai;ap-southeast-1",
  },
  wave: {
    kind: "text",
    required: false,
    shared: true,
    schema: waveName,
    summary: "Hosts of one wave are migrated together, waves one after the other.",
    fallback: "`1`",
    example: "2",
  },
  owner: {
    kind: "text",
    required: false,
    shared: true,
    schema: plainText(256),
    summary: "Who answers for it. Shown, and nothing else.",
    fallback: "nobody",
    example: "shop team",
  },
  after: {
    kind: "list",
    required: false,
    shared: false,
    schema: hostName,
    summary:
      "Names of hosts that must have been migrated before it begins: the database before the web server.",
    fallback: "none",
    example: "db-01",
  },
  size: {
    kind: "size",
    required: false,
    shared: true,
    schema: size,
    summary: "Size of its disks together.",
    fallback: "not known; the dry run says what it takes instead",
    example: "80GiB",
  },
  used: {
    kind: "size",
    required: false,
    shared: true,
    schema: size,
    summary: "What of that is in use, and so would be sent.",
    fallback: "not known; all of the size counts",
    example: "22 GB",
  },
} as const satisfies Readonly<Record<string, InventoryColumn>>;

/** Name of a column Sampan knows. */
export type ColumnName = keyof typeof inventoryColumns;

/** Names of all columns, in the order of the table. */
export const columnNames = Object.keys(inventoryColumns) as readonly ColumnName[];

/** A column's name as it is written in the table; `undefined` for one of the user's own. Case, spaces and dashes do not count. */
export function knownColumn(written: string): ColumnName | undefined {
  const plain = plainName(written);
  return columnNames.find((name) => name === plain);
}

/** The columns that a mistyped one may be meant to be: one letter more, less, other, or two turned round. */
export function mistypedColumns(written: string): readonly ColumnName[] {
  // Who begins it like this says that it is one of one's own.
  if (/^x-/i.test(written.trim())) return [];
  const plain = plainName(written);
  return columnNames.filter((name) => isOneLetterOff(plain, name));
}

function plainName(written: string): string {
  return written.toLowerCase().replace(/[\s_-]+/g, "");
}

function isOneLetterOff(given: string, name: string): boolean {
  if (Math.abs(given.length - name.length) > 1 || given === name) return false;
  let head = 0;
  while (head < given.length && given[head] === name[head]) head++;
  const rest = (text: string, from: number): string => text.slice(from);
  return (
    rest(given, head + 1) === rest(name, head + 1) ||
    rest(given, head + 1) === rest(name, head) ||
    rest(given, head) === rest(name, head + 1) ||
    (given[head] === name[head + 1] &&
      given[head + 1] === name[head] &&
      rest(given, head + 2) === rest(name, head + 2))
  );
}
