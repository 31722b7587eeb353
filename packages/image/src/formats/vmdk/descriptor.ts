/** What a VMDK descriptor says, as far as Sampan needs it. */
export interface Descriptor {
  /** The variant: `monolithicSparse`, `streamOptimized`, `twoGbMaxExtentFlat` …; empty when it does not say. */
  readonly createType: string;
  /** Content id of the parent; `null` when the disk has none. */
  readonly parentContentId: string | null;
  /** Lines that describe extents, as they stand. */
  readonly extents: readonly string[];
  /** Disk database entries such as `adapterType` and `toolsVersion`, without their `ddb.` prefix. */
  readonly database: Readonly<Record<string, string>>;
}

/** First line of a descriptor file. */
export const descriptorMark = "# Disk DescriptorFile";
/** Longest descriptor that is looked at; real ones have a few hundred bytes a part. */
export const descriptorLimitBytes = 1024 * 1024;

/**
 * Reads a descriptor's text. Never fails: lines that make no sense are passed over.
 *
 * Follows VMware, "Virtual Disk Format 5.0", section "The Descriptor File".
 */
export function parseDescriptor(text: string): Descriptor {
  const end = text.indexOf("\0");
  let createType = "";
  let parentContentId: string | null = null;
  const extents: string[] = [];
  const database = new Map<string, string>();
  for (const line of (end < 0 ? text : text.slice(0, end)).split(/\r\n|\r|\n/)) {
    if (/^\s*(RW|RDONLY|NOACCESS)\s/i.test(line)) {
      extents.push(line.trim().slice(0, 1024));
      continue;
    }
    const at = line.indexOf("=");
    if (at < 0 || line.trimStart().startsWith("#")) continue;
    const key = line.slice(0, at).trim();
    const value = line
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .slice(0, 1024);
    if (/^createType$/i.test(key)) createType = value;
    else if (/^parentCID$/i.test(key)) parentContentId = /^f{8}$/i.test(value) ? null : value;
    else if (/^ddb\./i.test(key) && database.size < 64) database.set(key.slice(4), value);
  }
  return { createType, parentContentId, extents, database: Object.fromEntries(database) };
}
