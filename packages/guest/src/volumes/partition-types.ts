/** MBR type bytes people meet, as two hex digits. */
const mbrTypes: Readonly<Record<string, string>> = {
  "01": "FAT12",
  "04": "FAT16",
  "05": "Extended",
  "06": "FAT16",
  "07": "NTFS or exFAT",
  "0b": "FAT32",
  "0c": "FAT32 (LBA)",
  "0e": "FAT16 (LBA)",
  "0f": "Extended (LBA)",
  "11": "Hidden FAT12",
  "27": "Windows recovery",
  "42": "Windows dynamic disk",
  "82": "Linux swap",
  "83": "Linux",
  "85": "Linux extended",
  "8e": "Linux LVM",
  a5: "FreeBSD",
  af: "Apple HFS",
  bf: "Solaris",
  ee: "GPT protective",
  ef: "EFI System",
  fb: "VMware VMFS",
  fd: "Linux RAID",
};

/** GPT type GUIDs people meet, in lower case. */
const gptTypes: Readonly<Record<string, string>> = {
  "c12a7328-f81f-11d2-ba4b-00a0c93ec93b": "EFI System",
  "21686148-6449-6e6f-744e-656564454649": "BIOS boot",
  "0fc63daf-8483-4772-8e79-3d69d8477de4": "Linux",
  "4f68bce3-e8cd-4db1-96e7-fbcaf984b709": "Linux root (x86-64)",
  "44479540-f297-41b2-9af7-d131d5f0458a": "Linux root (x86)",
  "b921b045-1df0-41c3-af44-4c6f280d3fae": "Linux root (ARM64)",
  "933ac7e1-2eb4-4f13-b844-0e14e2aef915": "Linux home",
  "3b8f8425-20e0-4f3b-907f-1a25a76f98e8": "Linux server data",
  "bc13c2ff-59e6-4262-a352-b275fd6f7172": "Linux extended boot",
  "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f": "Linux swap",
  "e6d6d379-f507-44c2-a23c-238f2a3df928": "Linux LVM",
  "a19d880f-05fc-4d3b-a006-743f0f84911e": "Linux RAID",
  "ca7d7ccb-63ed-4c53-861c-1742536059cc": "Linux LUKS",
  "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7": "Microsoft basic data",
  "e3c9e316-0b5c-4db8-817d-f92df00215ae": "Microsoft reserved",
  "de94bba4-06d1-4d40-a16a-bfd50179d6ac": "Windows recovery",
  "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3": "Windows LDM metadata",
  "af9b60a0-1431-4f62-bc68-3311714a69ad": "Windows LDM data",
  "516e7cb6-6ecf-11d6-8ff8-00022d09712b": "FreeBSD UFS",
  "9e1a2d38-c612-4316-aa26-8b49521e5a8b": "PowerPC PReP boot",
};

/** Name of an MBR type for people. */
export function mbrTypeName(type: string): string {
  return mbrTypes[type] ?? `type ${type}`;
}

/** Name of a GPT type for people. */
export function gptTypeName(type: string): string {
  return gptTypes[type] ?? "unknown type";
}

/** GPT and MBR types of the EFI system partition. */
export const efiSystemTypes: readonly string[] = ["c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "ef"];

/** GPT type of the partition in which GRUB keeps its core image. */
export const biosBootType = "21686148-6449-6e6f-744e-656564454649";

/** True for the MBR types of a container of logical partitions. */
export function isExtendedType(type: string): boolean {
  return type === "05" || type === "0f" || type === "85";
}

/** GPT and MBR types of Linux swap. */
export const swapTypes: readonly string[] = ["0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "82"];
