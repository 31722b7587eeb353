import { SampanError } from "@sampan/core";

/*
 * The description of a package: DMTF DSP0243, Open Virtualization Format 1.1 and 2.1, sections "References" and "DiskSection".
 * Names of elements and attributes count without their namespaces: products agree on the words and not on the prefixes.
 */

/** Longest description that is read: the parser takes seconds and 300 bytes of memory a byte where every attribute has its own name. */
export const ovfLimitBytes = 1024 * 1024;
const maximumDisks = 1024;
const maximumChunks = 4096;

/** One disk a package lists. */
export interface PackagedDisk {
  /** Place in the package's list, from 0 on. */
  readonly index: number;
  /** The disk's id in the package. */
  readonly id: string;
  /** The file it lies in; `null` for an empty disk that has none. */
  readonly file: string | null;
  /** Size of the disk in bytes, as the package says; `null` when it does not. */
  readonly capacityBytes: number | null;
  /** The disk's format as the package names it, usually an address; `null` when it does not. */
  readonly format: string | null;
}

/** A disk with what only opening it needs. */
export interface OvfDisk extends PackagedDisk {
  /** How many pieces its file is cut into; 0 for one whole file. */
  readonly chunks: number;
}

/** What a description says, as far as Sampan needs it. */
export interface Ovf {
  /** Name of the machine; `null` when there is none. */
  readonly product: string | null;
  readonly disks: readonly OvfDisk[];
}

/** Whether a file begins like an OVF description. */
export function looksLikeOvf(head: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(head.subarray(0, 4096));
  return (
    /^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|(?:\w+:)?Envelope[\s>])/.test(text) &&
    /<(?:\w+:)?Envelope[\s>]/.test(text) &&
    /schemas\.dmtf\.org\/ovf\/|vmware\.com\/(?:schema\/ovf|specifications\/ovf)/.test(text)
  );
}

const parserOptions = {
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  // No entities of the document's own: they are how small documents become large ones.
  processEntities: { enabled: true, maxTotalExpansions: 100_000, maxExpandedLength: ovfLimitBytes },
  htmlEntities: false,
  isArray: (name: string) => ["File", "Disk", "Section", "DiskSection"].includes(name),
};

/**
 * Reads a description.
 *
 * @throws `IMAGE_CORRUPT` when it is no XML, defines entities, lists no disk, or names a file it does not list.
 */
export async function parseOvf(text: string, path: string): Promise<Ovf> {
  if (/<!DOCTYPE/i.test(text)) throw wrong(path, "it declares a document type of its own");
  // Loaded here: most programs never open a package.
  const { XMLParser } = await import("fast-xml-parser");
  let document: unknown;
  try {
    document = new XMLParser(parserOptions).parse(text);
  } catch (error) {
    // Also what a document nested a million deep does to the parser.
    throw wrong(path, "it is no sound XML", error);
  }
  const envelope = child(document, "Envelope");
  const files = new Map<string, unknown>();
  for (const file of list(child(child(envelope, "References"), "File"))) {
    const id = attribute(file, "id");
    if (id !== null && !files.has(id)) files.set(id, file);
  }
  const sections = [
    ...list(child(envelope, "DiskSection")),
    // OVF 0.9 calls every section so, and says by an attribute what it is.
    ...list(child(envelope, "Section")).filter((section) =>
      attribute(section, "type")?.endsWith("DiskSection"),
    ),
  ];
  const found = sections.flatMap((section) => list(child(section, "Disk")));
  if (found.length === 0) throw wrong(path, "it lists no disk");
  if (found.length > maximumDisks) throw wrong(path, `it lists ${found.length} disks`);
  const disks = found.map((disk, index): OvfDisk => {
    const reference = attribute(disk, "fileRef");
    const file = reference === null ? undefined : files.get(reference);
    const href = attribute(file, "href");
    if (reference !== null && href === null)
      throw wrong(path, `disk ${index} lies in a file it does not list`);
    const [size, chunk] = [number(attribute(file, "size")), number(attribute(file, "chunkSize"))];
    const chunks = chunk && size ? Math.ceil(size / chunk) : 0;
    if (chunks > maximumChunks) throw wrong(path, `disk ${index} is cut into ${chunks} pieces`);
    return {
      index,
      id: attribute(disk, "diskId") ?? String(index),
      file: href,
      capacityBytes: capacityOf(attribute(disk, "capacity"), attribute(disk, "capacityAllocationUnits")),
      format: attribute(disk, "format"),
      chunks,
    };
  });
  const system = child(envelope, "VirtualSystem") ?? child(envelope, "Content");
  return { product: textOf(child(system, "Name")) ?? attribute(system, "id"), disks };
}

/** A capacity in bytes: in units such as `byte * 2^30`, or `GigaBytes` in OVF 0.9; bytes when none is given. */
function capacityOf(capacity: string | null, units: string | null): number | null {
  const count = number(capacity);
  if (count === null) return null;
  const power = /^bytes?\s*\*\s*2\^(\d{1,2})$/i.exec(units?.trim() ?? "")?.[1];
  const named = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"].indexOf(
    (units ?? "byte").trim().toLowerCase().replace(/s$/, ""),
  );
  const factor = power !== undefined ? 2 ** Number(power) : named >= 0 ? 1024 ** named : Number.NaN;
  const bytes = count * factor;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

function number(text: string | null): number | null {
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : null;
}

function child(node: unknown, name: string): unknown {
  const inner =
    typeof node === "object" && node !== null ? (node as Record<string, unknown>)[name] : undefined;
  // Of an element that should stand once, the first counts.
  return Array.isArray(inner) && !["File", "Disk", "Section", "DiskSection"].includes(name)
    ? inner[0]
    : inner;
}

function list(node: unknown): readonly unknown[] {
  return Array.isArray(node) ? node : [];
}

function attribute(node: unknown, name: string): string | null {
  const value = child(node, `@${name}`);
  return typeof value === "string" && value !== "" ? value.slice(0, 1024) : null;
}

function textOf(node: unknown): string | null {
  const text = typeof node === "object" ? child(node, "#text") : node;
  return typeof text === "string" && text.trim() !== "" ? text.trim().slice(0, 256) : null;
}

function wrong(path: string, what: string, cause?: unknown): SampanError {
  return new SampanError("IMAGE_CORRUPT", `reading the OVF description in ${path}: ${what}`, {
    details: { path },
    ...(cause !== undefined && { cause }),
  });
}
