import { KiB, MiB } from "@sampan/core";
import { lvmChecksum } from "../lvm/checksum.ts";

/** Where the extents of a phony physical volume begin, counted from its start. */
export const phonyExtentsOffset = MiB;
const areaOffset = 4 * KiB;
const areaBytes = MiB - areaOffset;

/** A physical volume to write. */
export interface PhysicalVolumeToWrite {
  /** Thirty-two characters. */
  readonly uuid: string;
  readonly sizeBytes: number;
  /** The metadata of its group. */
  readonly text: string;
  /** Where in its area the text begins; near the end it goes on at the front. */
  readonly textOffset?: number;
}

/** Writes label, header and one metadata area of an LVM2 physical volume at a place of a disk. */
export function writePhysicalVolume(disk: Uint8Array, offset: number, volume: PhysicalVolumeToWrite): void {
  const bytes = disk.subarray(offset, offset + phonyExtentsOffset);
  bytes.fill(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ascii = (text: string) => new TextEncoder().encode(text);
  const label = 512;
  bytes.set(ascii("LABELONE"), label);
  view.setBigUint64(label + 8, 1n, true);
  view.setUint32(label + 20, 32, true);
  bytes.set(ascii("LVM2 001"), label + 24);
  bytes.set(ascii(volume.uuid), label + 32);
  view.setBigUint64(label + 64, BigInt(volume.sizeBytes), true);
  view.setBigUint64(label + 72, BigInt(phonyExtentsOffset), true);
  view.setBigUint64(label + 104, BigInt(areaOffset), true);
  view.setBigUint64(label + 112, BigInt(areaBytes), true);
  view.setUint32(label + 16, lvmChecksum(bytes.subarray(label + 20, label + 512)), true);
  const text = ascii(`${volume.text}\0`);
  const at = volume.textOffset ?? 512;
  const first = Math.min(text.length, areaBytes - at);
  bytes.set(text.subarray(0, first), areaOffset + at);
  bytes.set(text.subarray(first), areaOffset + 512);
  bytes.set(ascii("\x20LVM2\x20x[5A%r0N*>"), areaOffset + 4);
  view.setUint32(areaOffset + 20, 1, true);
  view.setBigUint64(areaOffset + 24, BigInt(areaOffset), true);
  view.setBigUint64(areaOffset + 32, BigInt(areaBytes), true);
  view.setBigUint64(areaOffset + 40, BigInt(at), true);
  view.setBigUint64(areaOffset + 48, BigInt(text.length), true);
  view.setUint32(areaOffset + 56, lvmChecksum(text), true);
  view.setUint32(areaOffset, lvmChecksum(bytes.subarray(areaOffset + 4, areaOffset + 512)), true);
}

/** A logical volume as its metadata tells: segments as lists of lines, or one of plain stripes. */
export interface LogicalVolumeToWrite {
  readonly name: string;
  readonly status?: readonly string[];
  readonly segments: readonly {
    readonly extents: number;
    readonly type?: string;
    readonly stripeSectors?: number;
    readonly stripes?: readonly (readonly [member: string, extent: number])[];
    readonly lines?: readonly string[];
  }[];
}

/** A group to write; extents are of 1 MiB. */
export interface GroupToWrite {
  readonly name: string;
  readonly sequence?: number;
  readonly members: readonly { readonly uuid: string; readonly extents: number }[];
  readonly logicalVolumes: readonly LogicalVolumeToWrite[];
}

/** The metadata text of a group, as LVM lays it out; members are called `pv0`, `pv1` … */
export function groupText(group: GroupToWrite): string {
  const id = (number: number) => `Phony0-0000-0000-0000-0000-0000-${String(number).padStart(6, "0")}`;
  const dashed = (uuid: string) =>
    uuid.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, "$1-$2-$3-$4-$5-$6-$7");
  const members = group.members.map(
    ({ uuid, extents }, index) =>
      `pv${index} {\nid = "${dashed(uuid)}"\ndevice = "/dev/sd\\"a${index}"\t# Hint only\n\nstatus = ["ALLOCATABLE"]\nflags = []\n` +
      `pe_start = ${phonyExtentsOffset / 512}\npe_count = ${extents}\t# more\n}\n`,
  );
  const volumes = group.logicalVolumes.map(
    ({ name, status = ["READ", "WRITE", "VISIBLE"], segments }, index) => {
      let start = 0;
      const texts = segments.map(
        ({ extents, type = "striped", stripeSectors, stripes, lines = [] }, number) => {
          const places =
            stripes === undefined
              ? []
              : [
                  `stripe_count = ${stripes.length}`,
                  ...(stripeSectors === undefined ? [] : [`stripe_size = ${stripeSectors}`]),
                  `stripes = [\n${stripes.map(([member, extent]) => `"${member}", ${extent}`).join(",\n")}\n]`,
                ];
          const head = [`start_extent = ${start}`, `extent_count = ${extents}`, `type = "${type}"`];
          start += extents;
          return `segment${number + 1} {\n${[...head, ...places, ...lines].join("\n")}\n}\n`;
        },
      );
      const flags = status.map((flag) => `"${flag}"`).join(", ");
      return `${name} {\nid = "${id(index + 1)}"\nstatus = [${flags}]\nsegment_count = ${segments.length}\n${texts.join("")}}\n`;
    },
  );
  return (
    `${group.name} {\nid = "${id(0)}"\nseqno = ${group.sequence ?? 5}\nformat = "lvm2" # informational\n` +
    `status = ["RESIZEABLE", "READ", "WRITE"]\nextent_size = 2048\nmax_lv = 0\n\nphysical_volumes {\n${members.join("")}}\n` +
    `logical_volumes {\n${volumes.join("")}}\n}\n# Generated by a test\n\ncontents = "Text Format Volume Group"\nversion = 1\n\n` +
    `description = "vgcreate \\"x\\""\ncreation_time = 1795356276\n`
  );
}
