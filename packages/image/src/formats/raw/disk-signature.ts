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
  { name: "Apple partition map", offset: 512, text: "PM\0\0\0\0" },
  { name: "BSD disk label", offset: 512, text: "WEV\x82" },
  { name: "SGI disk label", offset: 0, text: "\x0b\xe5\xa9\x41" },
  { name: "HFS+", offset: 1024, text: "H+\0\x04" },
  { name: "HFSX", offset: 1024, text: "HX\0\x05" },
  { name: "APFS", offset: 32, text: "NXSB" },
  { name: "BitLocker", offset: 3, text: "-FVE-FS-" },
  { name: "ReFS", offset: 3, text: "ReFS\0\0\0\0" },
  { name: "F2FS", offset: 1024, text: "\x10\x20\xf5\xf2" },
  { name: "EROFS", offset: 1024, text: "\xe2\xe1\xf5\xe0" },
  { name: "JFS", offset: 32768, text: "JFS1" },
  { name: "ReiserFS", offset: 65588, text: "ReIsEr" },
  { name: "bcachefs", offset: 4120, text: "\xc6\x85\x73\xf6" },
  { name: "Linux RAID", offset: 0, text: "\xfc\x4e\x2b\xa9" },
  { name: "Linux RAID", offset: 4096, text: "\xfc\x4e\x2b\xa9" },
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
