import { be16, be32, be64, fieldText, hasText, le16, le32, le64, uuidText } from "../fields.ts";
import { type Probe, plainInfo } from "./probe.ts";

/** XFS: Algorithms & Data Structures, 3rd edition, "Superblocks". */
export const probeXfs: Probe = ({ bytes }) => {
  if (!hasText(bytes, 0, "XFSB")) return undefined;
  const blockBytes = be32(bytes, 4);
  if (blockBytes < 512 || blockBytes > 65536 || be16(bytes, 102) < 512) return undefined;
  return plainInfo("xfs", {
    label: fieldText(bytes, 108, 12),
    uuid: uuidText(bytes, 32),
    sizeBytes: be64(bytes, 8) * blockBytes,
    usedBytes: Math.max(0, be64(bytes, 8) - be64(bytes, 144)) * blockBytes,
  });
};

/** Btrfs: its superblock lies at 64 KiB. */
export const probeBtrfs: Probe = ({ bytes }) =>
  hasText(bytes, 0x10040, "_BHRfS_M")
    ? plainInfo("btrfs", {
        label: fieldText(bytes, 0x1012b, 256),
        uuid: uuidText(bytes, 0x10020),
        sizeBytes: le64(bytes, 0x10070),
      })
    : undefined;

/** Linux swap, whose signature ends its first page; pages are 4 to 64 KiB. */
export const probeSwap: Probe = ({ bytes, sizeBytes }) => {
  for (const pageBytes of [4096, 8192, 16384, 65536]) {
    if (hasText(bytes, pageBytes - 10, "SWAPSPACE2")) {
      const pages = le32(bytes, 1028) + 1;
      return plainInfo("swap", {
        label: fieldText(bytes, 1052, 16),
        uuid: uuidText(bytes, 1036),
        sizeBytes: Math.min(pages * pageBytes, sizeBytes),
      });
    }
    if (hasText(bytes, pageBytes - 10, "SWAP-SPACE")) return plainInfo("swap");
    if (hasText(bytes, pageBytes - 10, "S1SUSPEND")) return plainInfo("swap", { dirty: true });
  }
  return undefined;
};

/** LVM2 physical volume: its label lies in one of the first four sectors. */
export const probeLvm: Probe = ({ bytes, sizeBytes }) => {
  for (let sector = 0; sector < 4; sector++) {
    const at = sector * 512;
    if (!hasText(bytes, at, "LABELONE") || !hasText(bytes, at + 24, "LVM2 001")) continue;
    const header = at + le32(bytes, at + 20);
    const id = fieldText(bytes, header, 32);
    const uuid = id?.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, "$1-$2-$3-$4-$5-$6-$7") ?? null;
    return plainInfo("lvm2", { uuid, sizeBytes });
  }
  return undefined;
};

/** LUKS, versions 1 and 2. */
export const probeLuks: Probe = ({ bytes, sizeBytes }) =>
  hasText(bytes, 0, "LUKS\xba\xbe")
    ? plainInfo("luks", {
        label: be16(bytes, 6) === 2 ? fieldText(bytes, 24, 48) : null,
        uuid: fieldText(bytes, 168, 40),
        sizeBytes,
      })
    : undefined;

/** Member of a Linux software RAID with its superblock at the front (versions 1.1 and 1.2). */
export const probeRaid: Probe = ({ bytes, sizeBytes }) => {
  for (const at of [0, 4096]) {
    if (le32(bytes, at) === 0xa92b4efc && le32(bytes, at + 4) === 1) {
      return plainInfo("linux_raid", {
        label: fieldText(bytes, at + 32, 32),
        uuid: uuidText(bytes, at + 16),
        sizeBytes,
      });
    }
  }
  return undefined;
};

/** Member of a ZFS pool: an uberblock in the first label. */
export const probeZfs: Probe = ({ bytes, sizeBytes }) => {
  for (let at = 128 * 1024; at + 8 <= bytes.length; at += 1024) {
    if (le64(bytes, at) === 0x00bab10c || be64(bytes, at) === 0x00bab10c)
      return plainInfo("zfs", { sizeBytes });
  }
  return undefined;
};

/** Squashfs, version 4. */
export const probeSquashfs: Probe = ({ bytes }) =>
  hasText(bytes, 0, "hsqs") && le16(bytes, 28) === 4
    ? plainInfo("squashfs", { sizeBytes: le64(bytes, 40) })
    : undefined;
