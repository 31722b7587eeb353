import { fieldText, hasText, hex, le16, le32, le64, u8 } from "../fields.ts";
import { type Probe, plainInfo } from "./probe.ts";

/** True for a sector size a boot sector may name. */
function isSectorSize(bytes: number): boolean {
  return bytes === 512 || bytes === 1024 || bytes === 2048 || bytes === 4096;
}

/** Serial number of FAT and exFAT as people and `blkid` write it: `1A2B-3C4D`. */
function shortSerial(value: number): string | null {
  const digits = value.toString(16).toUpperCase().padStart(8, "0");
  return value === 0 ? null : `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

/** NTFS. */
export const probeNtfs: Probe = ({ bytes }) => {
  if (!hasText(bytes, 3, "NTFS    ") || !isSectorSize(le16(bytes, 11))) return undefined;
  const serial = hex(bytes.slice(72, 80).reverse()).toUpperCase();
  return plainInfo("ntfs", {
    uuid: /^0+$/.test(serial) ? null : serial,
    sizeBytes: le64(bytes, 40) * le16(bytes, 11),
  });
};

/** BitLocker, whose boot sector stands in the place of the file system's own. */
export const probeBitLocker: Probe = ({ bytes }) =>
  hasText(bytes, 3, "-FVE-FS-") ? plainInfo("bitlocker") : undefined;

/** exFAT. */
export const probeExfat: Probe = ({ bytes }) => {
  const shift = u8(bytes, 108);
  if (!hasText(bytes, 3, "EXFAT   ") || shift < 9 || shift > 12) return undefined;
  return plainInfo("exfat", { uuid: shortSerial(le32(bytes, 100)), sizeBytes: le64(bytes, 72) * 2 ** shift });
};

/**
 * FAT12, FAT16 and FAT32: told apart by their number of clusters, as Microsoft's specification (fatgen103) demands, not
 * by the text in the boot sector.
 */
export const probeFat: Probe = ({ bytes, sizeBytes }) => {
  const jump = u8(bytes, 0);
  if (jump !== 0xe9 && !(jump === 0xeb && u8(bytes, 2) === 0x90)) return undefined;
  const sectorBytes = le16(bytes, 11);
  const clusterSectors = u8(bytes, 13);
  const reserved = le16(bytes, 14);
  const fats = u8(bytes, 16);
  const media = u8(bytes, 21);
  if (!isSectorSize(sectorBytes) || clusterSectors === 0 || (clusterSectors & (clusterSectors - 1)) !== 0) {
    return undefined;
  }
  if (reserved === 0 || fats === 0 || fats > 2 || (media !== 0xf0 && media < 0xf8)) return undefined;
  const rootEntries = le16(bytes, 17);
  const sectors = le16(bytes, 19) || le32(bytes, 32);
  const fatSectors = le16(bytes, 22) || le32(bytes, 36);
  if (sectors === 0 || fatSectors === 0) return undefined;
  const rootSectors = Math.ceil((rootEntries * 32) / sectorBytes);
  const clusters = Math.floor((sectors - reserved - fats * fatSectors - rootSectors) / clusterSectors);
  if (clusters < 0) return undefined;
  const wide = le16(bytes, 22) === 0;
  const at = wide ? 67 : 39;
  const named = u8(bytes, at - 1) === 0x29;
  const label = named ? fieldText(bytes, at + 4, 11) : null;
  return plainInfo(wide ? "fat32" : clusters < 4085 ? "fat12" : "fat16", {
    label: label === "NO NAME" ? null : label,
    uuid: shortSerial(le32(bytes, at)),
    sizeBytes: Math.min(sectors * sectorBytes, sizeBytes),
  });
};
