import type { ByteRange } from "@sampan/core";

/** One partition. */
export interface Partition {
  /** As the operating system numbers it: `sda1` is 1; logical MBR partitions start at 5. */
  readonly number: number;
  readonly range: ByteRange;
  /** MBR type byte as two hex digits (`83`) or GPT type GUID in lower case. */
  readonly type: string;
  /** Name of the type for people, such as `Linux` or `EFI System`. */
  readonly typeName: string;
  /** GPT partition name; `null` when it has none. */
  readonly name: string | null;
  /** What `PARTUUID=` names: the GPT GUID, or MBR disk id and number (`1b2c3d4e-01`). */
  readonly partUuid: string | null;
  /** MBR active flag, or GPT legacy-BIOS-bootable attribute. */
  readonly bootable: boolean;
}

/** How a disk is divided. */
export interface PartitionTable {
  readonly kind: "mbr" | "gpt" | "none";
  /** MBR disk signature as eight hex digits or GPT disk GUID; `null` without a table. */
  readonly diskId: string | null;
  /** Unit of the table's numbers: 512, or 4096 for some GPT disks. */
  readonly sectorBytes: number;
  readonly partitions: readonly Partition[];
  /** Where the table itself lies: boot records, GPT headers and entries. */
  readonly tableRanges: readonly ByteRange[];
}

/** What a volume is formatted with. */
export interface FileSystemInfo {
  /** `ext2`, `ext3`, `ext4`, `xfs`, `ntfs`, `fat`, `swap`, `lvm2`, `luks` … */
  readonly kind: string;
  readonly label: string | null;
  readonly uuid: string | null;
  readonly sizeBytes: number | null;
  /** Bytes in use, as ext2/3/4 and XFS say in their superblock; `null` with others. */
  readonly usedBytes: number | null;
  /** True when the journal needs replay or the file system says it was not unmounted cleanly; `null` when unknown. */
  readonly dirty: boolean | null;
  /** Features that matter to an import, in the file system's own words: `64bit`, `quota`, `project`, `encrypt`, `has_journal`. */
  readonly features: readonly string[];
}

/** A run of a logical volume's bytes, and where on the disk they lie. */
export interface VolumeSegment {
  /** Place in the volume. Segments follow each other from 0 without a gap. */
  readonly offset: number;
  readonly length: number;
  /** Pieces of this many bytes lie on one stripe after the other; `null` with a single stripe. */
  readonly stripeBytes: number | null;
  /** Where each stripe begins on the disk. */
  readonly stripes: readonly number[];
}

/** What makes a volume a logical one. */
export interface LogicalVolume {
  /** Name of its volume group. */
  readonly group: string;
  readonly name: string;
  /** As LVM prints it: `d69vlO-F2OI-joD8-I89e-O8S8-4qfw-mfxv22`. */
  readonly uuid: string;
  readonly segments: readonly VolumeSegment[];
  /**
   * What else reads the same bytes, such as `snapshot`; `null` when nothing does. Space that is free in a shared volume
   * may still be in use elsewhere, and changing it changes what shares it.
   */
  readonly sharedBy: string | null;
}

/** A group of physical volumes, and what is known of the space they bring. */
export interface VolumeGroup {
  readonly name: string;
  readonly uuid: string;
  /** Indices of the {@link Volume}s of this disk that belong to it. */
  readonly physicalVolumes: readonly number[];
  /** Indices of the {@link Volume}s that lie in it. */
  readonly logicalVolumes: readonly number[];
  /** Logical volumes that cannot be read, each with the reason. */
  readonly hidden: readonly { readonly name: string; readonly reason: string }[];
  /** False when its records disagree or are being changed: then nothing in it counts as free. */
  readonly trusted: boolean;
  /** Ranges of the disk that belong to the group and to no logical volume. */
  readonly free: readonly ByteRange[];
}

/** A Linux software RAID whose members are mirrors of each other, so that one member holds all of it. */
export interface MirrorArray {
  /** Without the name of the host that made it: `0`, `root`; `null` when it has none. */
  readonly name: string | null;
  readonly uuid: string | null;
  /** How many members it has when it is whole. */
  readonly devices: number;
  /** Index of the {@link Volume} that is the member on this disk. */
  readonly member: number;
}

/** A run of bytes that may hold a file system: a partition, a logical volume, what a mirror holds, or the whole disk when it has no table. */
export interface Volume {
  /** Index in {@link DiskLayout.volumes}. */
  readonly index: number;
  /** The partition it is; `null` for the whole disk, logical volumes and what mirrors hold. */
  readonly partition: Partition | null;
  /** What it is in a volume group; `null` for everything else. */
  readonly logicalVolume: LogicalVolume | null;
  /** Set for what a mirror's member on this disk holds; the member itself is a volume too. */
  readonly mirror?: MirrorArray;
  /**
   * Where it begins on the disk and how long it is. A logical volume may go on elsewhere: read it through
   * `volumeSource`.
   */
  readonly range: ByteRange;
  /** `null` when nothing known was found. */
  readonly fileSystem: FileSystemInfo | null;
  /** True when it bears the marks of another file system too, so that what is free cannot be told. */
  readonly ambiguous: boolean;
}

/** The partition table of a disk and what its volumes hold. Plain JSON. */
export interface DiskLayout {
  readonly sizeBytes: number;
  readonly table: PartitionTable;
  /** Partitions in the order of the table, then what mirrors among them hold, then logical volumes. */
  readonly volumes: readonly Volume[];
  readonly volumeGroups: readonly VolumeGroup[];
  /** What was odd and how it was taken, for people. */
  readonly notes: readonly string[];
}
