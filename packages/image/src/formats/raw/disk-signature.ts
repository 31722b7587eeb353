import { textAt } from "../../io/buffers.ts";

interface Signature {
  readonly name: string;
  readonly offset: number;
  readonly text: string;
}

/** Signatures that stand at a fixed place of a disk or of a file system that fills a whole disk. */
const signatures: readonly Signature[] = [
  { name: "GPT", offset: 512, text: "EFI PART" },
  { name: "GPT with 4 KiB sectors", offset: 4096, text: "EFI PART" },
  { name: "NTFS", offset: 3, text: "NTFS    " },
  { name: "exFAT", offset: 3, text: "EXFAT   " },
  { name: "FAT", offset: 54, text: "FAT" },
  { name: "FAT32", offset: 82, text: "FAT32" },
  { name: "XFS", offset: 0, text: "XFSB" },
  { name: "ext2/3/4", offset: 1080, text: "\x53\xef" },
  { name: "LVM", offset: 0, text: "LABELONE" },
  { name: "LVM", offset: 512, text: "LABELONE" },
  { name: "LVM", offset: 1024, text: "LABELONE" },
  { name: "LVM", offset: 1536, text: "LABELONE" },
  { name: "LUKS", offset: 0, text: "LUKS\xba\xbe" },
  { name: "Linux swap", offset: 4086, text: "SWAPSPACE2" },
  { name: "Btrfs", offset: 65600, text: "_BHRfS_M" },
  { name: "ISO 9660", offset: 32769, text: "CD001" },
  { name: "UFS", offset: 9564, text: "\x54\x19\x01\x00" },
  { name: "UFS2", offset: 66908, text: "\x19\x01\x54\x19" },
  { name: "MBR", offset: 510, text: "\x55\xaa" },
];

/** Says what the first bytes of a file look like when they look like those of a disk; `undefined` when they do not. */
export function diskSignature(head: Uint8Array): string | undefined {
  return signatures.find(
    ({ offset, text }) => offset + text.length <= head.length && textAt(head, offset, text.length) === text,
  )?.name;
}
