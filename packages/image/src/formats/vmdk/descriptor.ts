import { SampanError } from "@sampan/core";
import { textAt } from "../../io/buffers.ts";

/** How a descriptor says one part of the disk may be used. */
export type ExtentAccess = "RW" | "RDONLY" | "NOACCESS";

/** One line of a descriptor that describes a part of the disk. */
export interface DescriptorExtent {
  readonly access: ExtentAccess;
  readonly sectors: number;
  /** `FLAT`, `SPARSE`, `ZERO`, `VMFS` …, in capitals; may be a type nobody knows. */
  readonly type: string;
  /** The file the part lies in, as the descriptor names it. */
  readonly name: string | null;
  /** Where in that file a flat part begins, in sectors. */
  readonly offsetSectors: number;
}

/** What a VMDK descriptor says, as far as Sampan needs it. */
export interface Descriptor {
  /** The variant: `monolithicSparse`, `streamOptimized`, `twoGbMaxExtentFlat` …; empty when it does not say. */
  readonly createType: string;
  /** Content id, eight hexadecimal digits in small letters; `null` when it does not say. */
  readonly contentId: string | null;
  /** Content id of the parent; `null` when the disk has none. */
  readonly parentContentId: string | null;
  /** The parent's file as the descriptor names it. */
  readonly parentName: string | null;
  /** The parts of the disk, in order. */
  readonly extents: readonly DescriptorExtent[];
  /** Lines that should describe a part and cannot be understood. */
  readonly oddLines: number;
  /** Disk database entries such as `adapterType` and `toolsVersion`, without their `ddb.` prefix. */
  readonly database: Readonly<Record<string, string>>;
}

/** First line of a descriptor file as VMware writes it. */
const descriptorMark = /^# Disk DescriptorFile/i;
/** Longest descriptor that is read; real ones have about 50 bytes a part. */
export const descriptorLimitBytes = 1024 * 1024;
/** Most parts of a disk: 8 TiB in parts of 2 GiB. Each takes an open file. */
const maximumExtents = 4096;

/**
 * Tells whether a file begins like a descriptor: with its first line, possibly behind a byte order mark, or with comments and
 * blank lines and then `version=`, which is all that some writers leave.
 */
export function looksLikeDescriptor(head: Uint8Array): boolean {
  const text = textAt(head, 0, Math.min(head.length, 2048)).replace(/^\xef\xbb\xbf/, "");
  if (descriptorMark.test(text)) return true;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    return /^version\s*=\s*[123]\s*$/i.test(line);
  }
  return false;
}

/**
 * Reads a descriptor.
 *
 * Lines that make no sense are passed over, those that should describe a part are counted. Text is decoded by the encoding the
 * descriptor names, else as UTF-8, else as Windows-1252. Follows VMware, "Virtual Disk Format 5.0", section "The Descriptor
 * File".
 *
 * @throws `IMAGE_CORRUPT` when a key that decides what the disk is stands there twice with two values, or when there are
 * more than 4,096 parts.
 */
export function parseDescriptor(bytes: Uint8Array): Descriptor {
  const keys = new Map<string, string>();
  const database = new Map<string, string>();
  const extents: DescriptorExtent[] = [];
  let oddLines = 0;
  for (const line of decode(bytes).split(/\r\n|\r|\n/)) {
    if (/^\s*(RW|RDONLY|NOACCESS)\s/i.test(line)) {
      const extent = parseExtent(line.trim());
      if (extent) extents.push(extent);
      else oddLines++;
      if (extents.length > maximumExtents) {
        throw new SampanError(
          "IMAGE_CORRUPT",
          `reading a VMDK descriptor that names more than ${maximumExtents} parts`,
        );
      }
      continue;
    }
    const at = line.indexOf("=");
    if (at < 0 || line.trimStart().startsWith("#")) continue;
    const key = line.slice(0, at).trim();
    const value = unquoted(line.slice(at + 1));
    const decisive = decisiveKeys.find((name) => name.toLowerCase() === key.toLowerCase());
    if (decisive) setOnce(keys, decisive, value);
    else if (/^ddb\./i.test(key) && database.size < 64) database.set(key.slice(4, 256), value);
  }
  const parentContentId = contentId(keys.get("parentCID"));
  return {
    createType: keys.get("createType") ?? "",
    contentId: contentId(keys.get("CID")),
    parentContentId: parentContentId === "ffffffff" ? null : parentContentId,
    parentName: keys.get("parentFileNameHint") || null,
    extents,
    oddLines,
    database: Object.fromEntries(database),
  };
}

const decisiveKeys = ["createType", "CID", "parentCID", "parentFileNameHint"] as const;

function setOnce(keys: Map<string, string>, key: string, value: string): void {
  const known = keys.get(key);
  if (known !== undefined && known !== value) {
    throw new SampanError("IMAGE_CORRUPT", `reading a VMDK descriptor that says ${key} twice, differently`, {
      details: { key },
    });
  }
  keys.set(key, value);
}

/** A content id as eight digits; what is no number of 32 bits stays as it is, so that it equals nothing by chance. */
function contentId(value: string | undefined): string | null {
  if (value === undefined || value === "") return null;
  return /^[0-9a-f]{1,8}$/i.test(value) ? value.toLowerCase().padStart(8, "0") : value.slice(0, 64);
}

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .slice(0, 1024);
}

/** Access, size in sectors, type, and for most types a quoted name and perhaps where in the file the part begins. */
const extentLine =
  /^(RW|RDONLY|NOACCESS)\s+(\d{1,16})\s+([a-z0-9]{1,16})(?:\s+"([^"]{1,1023})"(?:\s+(\d{1,16}))?)?(?:\s.*)?$/i;

function parseExtent(line: string): DescriptorExtent | undefined {
  const match = extentLine.exec(line);
  if (!match) return undefined;
  const [, access = "", sectors = "", type = "", name, offset = "0"] = match;
  const limit = Number.MAX_SAFE_INTEGER / 512;
  if (Number(sectors) < 1 || Number(sectors) > limit || Number(offset) > limit) return undefined;
  return {
    access: access.toUpperCase() as ExtentAccess,
    sectors: Number(sectors),
    type: type.toUpperCase(),
    name: name ?? null,
    offsetSectors: Number(offset),
  };
}

function decode(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  for (const [label, fatal] of [
    [encodingOf(textOf(used)) ?? "utf-8", true],
    ["utf-8", true],
    ["windows-1252", false],
  ] as const) {
    try {
      return new TextDecoder(label, { fatal }).decode(used);
    } catch {
      // An encoding Node does not know, or bytes that are not in it: the next one.
    }
  }
  return textOf(used);
}

/** The encoding a descriptor names; line by line, since an expression over all of it would try every run of blank lines again and again. */
function encodingOf(text: string): string | undefined {
  for (const line of text.split(/[\r\n]/)) {
    const named = /^(?:ddb\.)?encoding *= *"?([\w.-]{1,32})"?$/i.exec(line.trim());
    if (named) return named[1];
  }
  return undefined;
}

/** One character a byte, for text of any length. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
