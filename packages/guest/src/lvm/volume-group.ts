import { SampanError, sectorBytes } from "@sampan/core";
import { type ConfigSection, parseConfig } from "./config-text.ts";

/** A physical volume as the metadata of its group tells. */
export interface GroupMember {
  /** Name within the metadata: `pv0`. */
  readonly name: string;
  /** Without dashes. */
  readonly uuid: string;
  /** Where its first extent begins, in bytes from the start of the physical volume. */
  readonly dataOffset: number;
  readonly extents: number;
  readonly missing: boolean;
}

/** A run of a logical volume's extents, spread over one or more places. */
export interface GroupSegment {
  readonly startExtent: number;
  readonly extents: number;
  /** Unit in which neighbouring bytes change from stripe to stripe; `null` with a single stripe. */
  readonly stripeBytes: number | null;
  readonly stripes: readonly { readonly member: string; readonly extent: number }[];
}

/** A logical volume of a group, hidden ones included. */
export interface GroupLogicalVolume {
  readonly name: string;
  /** With dashes, as LVM prints it. */
  readonly uuid: string;
  readonly visible: boolean;
  readonly extents: number;
  readonly segments: readonly GroupSegment[];
  /** The kind of segment that cannot be followed: `raid1`, `thin`, `snapshot` …; `null` when all can. */
  readonly unsupported: string | null;
  /** Names of other logical volumes it is made of. */
  readonly uses: readonly string[];
}

/** The metadata of a volume group. */
export interface GroupMetadata {
  readonly name: string;
  readonly uuid: string;
  readonly sequence: number;
  readonly extentBytes: number;
  readonly members: readonly GroupMember[];
  readonly logicalVolumes: readonly GroupLogicalVolume[];
}

const maxSegments = 100_000;
const maxExtents = 0xffffffff;

/** Reads the metadata text of a volume group; `GUEST_FS_CORRUPT` when it makes no sense. */
export function parseGroup(text: string): GroupMetadata {
  const config = parseConfig(text);
  if (config.values.get("contents") !== "Text Format Volume Group" || config.values.get("version") !== 1) {
    throw corrupt("it is no text of a volume group in version 1");
  }
  const [found, ...others] = [...config.sections];
  if (found === undefined || others.length > 0) throw corrupt("it does not tell of one group");
  const [name, group] = found;
  checkName(name);
  const format = group.values.get("format");
  if (format !== undefined && format !== "lvm2") throw corrupt(`its format is ${String(format)}`);
  const extentBytes = whole(group, "extent_size", 1, 2 ** 32) * sectorBytes;
  const members = [...(group.sections.get("physical_volumes")?.sections ?? [])].map(([member, section]) => ({
    name: member,
    uuid: text32(section),
    dataOffset: whole(section, "pe_start", 1, 2 ** 43) * sectorBytes,
    extents: whole(section, "pe_count", 0, maxExtents),
    missing: flags(section).includes("MISSING"),
  }));
  if (members.length === 0) throw corrupt("it names no physical volume");
  if (new Set(members.map((member) => member.uuid)).size !== members.length) {
    throw corrupt("it names a physical volume twice");
  }
  const names = new Set(members.map((member) => member.name));
  const budget = { segments: maxSegments };
  const logicalVolumes = [...(group.sections.get("logical_volumes")?.sections ?? [])].map(([lv, section]) =>
    parseLogicalVolume(lv, section, names, extentBytes, budget),
  );
  return {
    name,
    uuid: dashed(text32(group)),
    sequence: whole(group, "seqno", 0, 2 ** 32),
    extentBytes,
    members,
    logicalVolumes,
  };
}

function parseLogicalVolume(
  name: string,
  section: ConfigSection,
  members: ReadonlySet<string>,
  extentBytes: number,
  budget: { segments: number },
): GroupLogicalVolume {
  checkName(name);
  const segments: GroupSegment[] = [];
  const uses = new Set<string>();
  let unsupported: string | null = null;
  const count = whole(section, "segment_count", 0, maxSegments);
  if ([...section.sections.keys()].filter((key) => /^segment\d+$/.test(key)).length !== count) {
    throw corrupt(`${name} does not have the ${count} segments it counts`);
  }
  let extents = 0;
  for (let number = 1; number <= count; number++) {
    if (--budget.segments < 0) throw corrupt("it has more segments than are read");
    const segment = section.sections.get(`segment${number}`);
    if (segment === undefined) throw corrupt(`segment ${number} of ${name} is missing`);
    const length = whole(segment, "extent_count", 1, maxExtents);
    if (whole(segment, "start_extent", 0, maxExtents) !== extents) {
      throw corrupt(`segment ${number} of ${name} does not follow the one before`);
    }
    const type = String(segment.values.get("type"));
    for (const value of segment.values.values()) {
      for (const one of Array.isArray(value) ? value : [value]) if (typeof one === "string") uses.add(one);
    }
    const stripes =
      type === "striped" || type === "linear" ? parseStripes(segment, name, members) : undefined;
    const moving = type === "striped" || type === "linear" ? `${type} over another logical volume` : type;
    if (stripes === undefined) unsupported ??= moving;
    else
      segments.push(checkedSegment({ startExtent: extents, extents: length, ...stripes }, name, extentBytes));
    extents += length;
    if (extents > maxExtents) throw corrupt(`${name} has more extents than LVM allows`);
  }
  return {
    name,
    uuid: dashed(text32(section)),
    visible: flags(section).includes("VISIBLE"),
    extents,
    segments,
    unsupported,
    uses: [...uses],
  };
}

/** The stripes of a segment; `undefined` when they lie on another logical volume, as while LVM moves extents. */
function parseStripes(
  segment: ConfigSection,
  name: string,
  members: ReadonlySet<string>,
): Pick<GroupSegment, "stripes" | "stripeBytes"> | undefined {
  const count = whole(segment, "stripe_count", 1, 128);
  const list = segment.values.get("stripes");
  if (!Array.isArray(list) || list.length !== count * 2) {
    throw corrupt(`a segment of ${name} does not have the ${count} stripes it counts`);
  }
  const stripes: { member: string; extent: number }[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const [member, extent] = [list[i], list[i + 1]] as [unknown, unknown];
    if (typeof member !== "string" || !isWhole(extent, 0, maxExtents)) {
      throw corrupt(`a stripe of ${name} has no place`);
    }
    if (!members.has(member)) return undefined;
    stripes.push({ member, extent });
  }
  const stripeBytes = count === 1 ? null : whole(segment, "stripe_size", 1, 2 ** 32) * sectorBytes;
  return { stripes, stripeBytes };
}

function checkedSegment(segment: GroupSegment, name: string, extentBytes: number): GroupSegment {
  const { extents, stripes, stripeBytes } = segment;
  const even = extents % stripes.length === 0;
  if (!even || (stripeBytes !== null && ((extents / stripes.length) * extentBytes) % stripeBytes !== 0)) {
    throw corrupt(`a segment of ${name} cannot be divided among its stripes`);
  }
  return segment;
}

/** LVM allows letters, digits and `+ _ . -` in names. */
function checkName(name: string): void {
  if (!/^[\w+.-]{1,128}$/.test(name) || name === "." || name === "..") {
    throw corrupt(`"${name.slice(0, 32)}" is no name LVM allows`);
  }
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
}

function whole(section: ConfigSection, key: string, min: number, max: number): number {
  const value = section.values.get(key);
  if (!isWhole(value, min, max)) throw corrupt(`${key} is ${String(value).slice(0, 40)}`);
  return value;
}

function flags(section: ConfigSection): readonly (string | number)[] {
  return ["status", "flags"].flatMap((key) => section.values.get(key) ?? []);
}

/** The id of a section as 32 characters. */
function text32(section: ConfigSection): string {
  const id = section.values.get("id");
  const plain = typeof id === "string" ? id.replaceAll("-", "") : "";
  if (!/^[0-9A-Za-z!#]{32}$/.test(plain)) throw corrupt("an id is missing");
  return plain;
}

/** An id as LVM prints it. */
function dashed(id: string): string {
  return id.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, "$1-$2-$3-$4-$5-$6-$7");
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading the metadata of LVM: ${what}`);
}
