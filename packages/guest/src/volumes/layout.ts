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
  /** Bytes in use; `null` when the file system is not one whose allocation Sampan reads. */
  readonly usedBytes: number | null;
  /** True when the journal needs replay or the file system says it was not unmounted cleanly; `null` when unknown. */
  readonly dirty: boolean | null;
  /** Features that matter to an import, in the file system's own words: `64bit`, `quota`, `project`, `encrypt`, `has_journal`. */
  readonly features: readonly string[];
}

/** A run of bytes that may hold a file system: a partition, or the whole disk when it has no table. */
export interface Volume {
  /** Index in {@link DiskLayout.volumes}. */
  readonly index: number;
  /** The partition it is; `null` for the whole disk. */
  readonly partition: Partition | null;
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
  readonly volumes: readonly Volume[];
  /** What was odd and how it was taken, for people. */
  readonly notes: readonly string[];
}
