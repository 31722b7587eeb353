import { hasExtMagic, parseSuperblock, superblockBytes, superblockOffset } from "../../ext/superblock.ts";
import { type Probe, plainInfo } from "./probe.ts";

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
  };
};
