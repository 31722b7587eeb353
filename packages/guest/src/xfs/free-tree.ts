import { SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { be16, be32, be64, hasText, hex } from "../volumes/fields.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { checkXfsChecksum, type XfsSuperblock } from "./superblock.ts";

/** A free extent, in blocks of its allocation group. */
export interface FreeExtent {
  readonly start: number;
  readonly count: number;
}

/** One of the two trees of free extents of an allocation group. */
export interface FreeTreeOptions {
  /** Ordered by size, then place; otherwise by place. */
  readonly bySize: boolean;
  readonly root: number;
  readonly levels: number;
  readonly groupLength: number;
  /** How many blocks the tree may have. */
  readonly maxBlocks: number;
  readonly signal: AbortSignal | undefined;
}

/** A group this fragmented is copied whole, so that memory stays bounded. */
const maxExtents = 500_000;
/** The kernel's own limit is 9 for these trees. */
const maxLevels = 9;

/** Reads a tree from its root to its leaves: extents in the order of the tree, and the blocks the tree itself takes. */
export async function readFreeTree(
  volume: BlockSource,
  sb: XfsSuperblock,
  group: number,
  options: FreeTreeOptions,
): Promise<{ readonly extents: readonly FreeExtent[]; readonly blocks: readonly number[] }> {
  const { bySize, root, levels, groupLength, maxBlocks, signal } = options;
  const magic = sb.version === 5 ? (bySize ? "AB3C" : "AB3B") : bySize ? "ABTC" : "ABTB";
  const headBytes = sb.version === 5 ? 56 : 16;
  const maxKeys = Math.floor((sb.blockBytes - headBytes) / 12);
  const maxRecords = Math.floor((sb.blockBytes - headBytes) / 8);
  const extents: FreeExtent[] = [];
  const blocks: number[] = [];
  const seen = new Set<number>();
  if (levels < 1 || levels > maxLevels) throw corrupt(group, `a tree has ${levels} levels`);

  const visit = async (block: number, level: number): Promise<void> => {
    if (block < 1 || block >= groupLength || seen.has(block) || blocks.length >= maxBlocks) {
      throw corrupt(group, `a tree leads to block ${block}, where it cannot go on`);
    }
    seen.add(block);
    blocks.push(block);
    const disk = group * sb.groupBlocks + block;
    const bytes = await readBytes(volume, disk * sb.blockBytes, sb.blockBytes, signal);
    const count = be16(bytes, 6);
    if (
      !hasText(bytes, 0, magic) ||
      be16(bytes, 4) !== level ||
      count > (level === 0 ? maxRecords : maxKeys)
    ) {
      throw corrupt(group, `block ${block} is no part of its tree`);
    }
    if (sb.version === 5) {
      checkXfsChecksum(bytes, 52, `block ${block} of group ${group}`);
      const own =
        be64(bytes, 16) * 512 === disk * sb.blockBytes &&
        be32(bytes, 48) === group &&
        hex(bytes.subarray(32, 48)) === sb.metadataUuid;
      if (!own) throw corrupt(group, `block ${block} belongs elsewhere`);
    }
    if (level === 0) {
      for (let i = 0; i < count; i++) {
        const extent = { start: be32(bytes, headBytes + i * 8), count: be32(bytes, headBytes + i * 8 + 4) };
        const last = extents[extents.length - 1];
        const follows =
          last === undefined ||
          (bySize
            ? last.count < extent.count || (last.count === extent.count && last.start < extent.start)
            : last.start + last.count < extent.start);
        if (!follows || extent.count === 0) throw corrupt(group, "free extents are out of order");
        if (extents.length >= maxExtents) throw corrupt(group, "it has more free extents than are read");
        extents.push(extent);
      }
      return;
    }
    if (count === 0) throw corrupt(group, `block ${block} leads nowhere`);
    for (let i = 0; i < count; i++) await visit(be32(bytes, headBytes + maxKeys * 8 + i * 4), level - 1);
  };
  await visit(root, levels - 1);
  return { extents, blocks };
}

function corrupt(group: number, what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading the free space of XFS in group ${group}: ${what}`);
}
