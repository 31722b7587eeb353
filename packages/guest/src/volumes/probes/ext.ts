import {
  compat,
  hasExtMagic,
  incompat,
  parseSuperblock,
  roCompat,
  superblockBytes,
  superblockOffset,
} from "../../ext/superblock.ts";
import { type Probe, plainInfo } from "./probe.ts";

/** Features worth telling, as dumpe2fs names them. */
const noticed: readonly (readonly ["compat" | "incompat" | "roCompat", number, string])[] = [
  ["compat", compat.hasJournal, "has_journal"],
  ["incompat", incompat.is64Bit, "64bit"],
  ["incompat", incompat.encrypt, "encrypt"],
  ["roCompat", roCompat.quota, "quota"],
  ["roCompat", roCompat.project, "project"],
];

/** ext2, ext3 and ext4. */
export const probeExt: Probe = ({ bytes }) => {
  if (!hasExtMagic(bytes)) return undefined;
  const sb = parseSuperblock(bytes.subarray(superblockOffset, superblockOffset + superblockBytes));
  if (typeof sb === "string") return plainInfo("ext", { dirty: true });
  return {
    kind: sb.kind,
    label: sb.label,
    uuid: sb.uuid,
    sizeBytes: sb.blocks * sb.blockBytes,
    usedBytes: (sb.blocks - sb.freeBlocks) * sb.blockBytes,
    dirty: !sb.clean,
    features: noticed.filter(([word, bit]) => (sb[word] & bit) !== 0).map(([, , name]) => name),
  };
};
