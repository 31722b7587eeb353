import { type ByteRange, rangeEnd, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { le64, u8 } from "../volumes/fields.ts";
import { FreeRuns } from "../volumes/free-runs.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { type Chunk, maximumChunks, parseChunk, SpaceChunks } from "./space-chunks.ts";
import {
  type DatedRoot,
  parseStrictSuperblock,
  type StrictSuperblock,
  unsupportedBtrfs,
} from "./strict-superblock.ts";
import { btrfsSuperblockBytes, btrfsSuperblockOffset, corruptBtrfs } from "./superblock.ts";
import { type TreeItem, TreeWalker } from "./tree-walker.ts";

/* Objects and item types: Linux, include/uapi/linux/btrfs_tree.h. */
const objects = { rootTree: 1, extentTree: 2, chunkTree: 3, chunks: 256, blockGroupTree: 11 } as const;
const types = { root: 132, extent: 168, metadata: 169, blockGroup: 192, device: 216, chunk: 228 } as const;
/** Nothing is ever given to files there. */
const reservedBytes = 1024 * 1024;
/** What is kept around each copy of the superblock. */
const superblockPlaces = [btrfsSuperblockOffset, 64 * 1024 ** 2, 256 * 1024 ** 3] as const;
const superblockAreaBytes = 64 * 1024;

/**
 * Lists the free bytes of the Btrfs file system in `volume`, in order: space in chunks that no extent takes, in every copy of it, and
 * space of the device that no chunk takes.
 *
 * The file system must lie on this one device, without RAID; its log must be empty. Checksums and generations of every node on the way
 * must hold, extents must not overlap, each block group must be a chunk and have as many bytes in use as its extents take, and all
 * together as many as the superblock says. Throws `GUEST_FS_DIRTY`, `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` otherwise.
 */
export async function readBtrfsFreeRanges(
  volume: BlockSource,
  signal?: AbortSignal,
): Promise<readonly ByteRange[]> {
  // Nothing in a Btrfs tells whether it is mounted: what is free now may be in use when it is read.
  if (!volume.features.stable) {
    throw new SampanError("GUEST_FS_DIRTY", "reading the free space of Btrfs on a disk that may be in use");
  }
  const superblock = parseStrictSuperblock(
    await readBytes(volume, btrfsSuperblockOffset, btrfsSuperblockBytes, signal),
  );
  if (superblock.deviceBytes > volume.sizeBytes) throw corruptBtrfs("it is larger than its partition");
  const trees = new TreeWalker(volume, superblock, systemChunks(superblock), signal);
  trees.chunks = await readChunks(trees, superblock);
  const free = await readLogicalFree(trees, superblock);
  return onDevice(free, trees.chunks.chunks, superblock.deviceBytes);
}

/** The chunks that the superblock lists, through which all others are found. */
function systemChunks(superblock: StrictSuperblock): SpaceChunks {
  const { systemChunks: bytes } = superblock;
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (u8(bytes, at + 8) !== types.chunk)
      throw corruptBtrfs("its superblock lists something that is no chunk");
    const { chunk, itemBytes } = parseChunk(bytes.subarray(at + 17), le64(bytes, at + 9), superblock);
    chunks.push(chunk);
    at += 17 + itemBytes;
  }
  return new SpaceChunks(chunks.sort((a, b) => a.start - b.start));
}

async function readChunks(trees: TreeWalker, superblock: StrictSuperblock): Promise<SpaceChunks> {
  const chunks: Chunk[] = [];
  let devices = 0;
  await trees.visit(superblock.chunkTree, objects.chunkTree, ({ objectId, type, offset, bytes }) => {
    if (type === types.device) devices++;
    else if (type === types.chunk && objectId === objects.chunks) {
      if (chunks.length >= maximumChunks) throw unsupportedBtrfs(`more than ${maximumChunks} chunks`);
      chunks.push(parseChunk(bytes, offset, superblock).chunk);
    } else throw unsupportedBtrfs(`items of type ${type} in its chunk tree`);
  });
  if (devices !== 1) throw corruptBtrfs(`its chunk tree lists ${devices} devices`);
  const map = new SpaceChunks(chunks);
  for (const chunk of trees.chunks.chunks) {
    const { start, length, places } = map.chunkOf(chunk.start, chunk.length);
    if (start !== chunk.start || length !== chunk.length || places.join() !== chunk.places.join())
      throw corruptBtrfs(`superblock and chunk tree differ on the chunk at ${chunk.start}`);
  }
  const takenBytes = chunks.reduce((sum, { length, places }) => sum + length * places.length, 0);
  if (takenBytes !== superblock.deviceUsedBytes)
    throw corruptBtrfs(
      `its chunks take ${takenBytes} bytes, its superblock says ${superblock.deviceUsedBytes}`,
    );
  return map;
}

/** What a block group says of itself. */
interface BlockGroup {
  readonly length: number;
  readonly usedBytes: number;
  readonly flags: number;
}

/** Free runs of logical addresses: all of each chunk that no extent takes. */
async function readLogicalFree(
  trees: TreeWalker,
  superblock: StrictSuperblock,
): Promise<readonly ByteRange[]> {
  const { sectorBytes, nodeBytes, usedBytes } = superblock;
  const { chunks } = trees.chunks;
  const roots = await readRoots(trees, superblock);
  const groups = new Map<number, BlockGroup>();
  const onGroup = ({ objectId, offset, bytes }: TreeItem) => {
    groups.set(objectId, { length: offset, usedBytes: le64(bytes, 0), flags: le64(bytes, 16) });
  };
  const free = new FreeRuns();
  const used = new Float64Array(chunks.length);
  let index = 0;
  let position = chunks[0]?.start ?? 0;
  /** Calls free what lies between the last extent and this place. */
  const passTo = (place: number) => {
    for (let chunk = chunks[index]; chunk && place >= position; chunk = chunks[index]) {
      const end = chunk.start + chunk.length;
      const until = Math.min(place, end);
      if (until > position) free.add(position / sectorBytes, until / sectorBytes);
      position = until;
      if (place < end) return;
      index++;
      position = chunks[index]?.start ?? position;
    }
  };
  await trees.visit(roots.extents, objects.extentTree, (item) => {
    const { objectId: start, type, offset } = item;
    if (type === types.blockGroup && !roots.blockGroups) onGroup(item);
    if (type !== types.extent && type !== types.metadata) return;
    const length = type === types.metadata ? nodeBytes : offset;
    passTo(start);
    const chunk = chunks[index];
    const end = start + length;
    if (
      !chunk ||
      start < position ||
      start % sectorBytes !== 0 ||
      length === 0 ||
      end > chunk.start + chunk.length ||
      end % sectorBytes !== 0
    )
      throw corruptBtrfs(`the extent of ${length} bytes at ${start} is out of place`);
    used[index] = (used[index] as number) + length;
    position = end;
  });
  passTo(Number.POSITIVE_INFINITY);
  if (roots.blockGroups) {
    await trees.visit(roots.blockGroups, objects.blockGroupTree, (item) => {
      if (item.type === types.blockGroup) onGroup(item);
    });
  }
  for (const [at, { start, length, flags }] of chunks.entries()) {
    const group = groups.get(start);
    if (group?.length !== length || group.flags !== flags || group.usedBytes !== used[at])
      throw corruptBtrfs(
        `extents take ${used[at]} bytes of the chunk at ${start}, of which its block group says something else`,
      );
  }
  const total = used.reduce((sum, bytes) => sum + bytes, 0);
  if (groups.size !== chunks.length || total !== usedBytes)
    throw corruptBtrfs(`its extents take ${total} bytes, its superblock says ${usedBytes}`);
  const ranges = free.toRanges(sectorBytes);
  assertNodesUsed(trees.nodes, ranges, nodeBytes);
  return ranges;
}

/** The trees that are looked for, from the tree of roots. */
async function readRoots(
  trees: TreeWalker,
  { rootTree, blockGroupTree }: StrictSuperblock,
): Promise<{ readonly extents: DatedRoot; readonly blockGroups: DatedRoot | undefined }> {
  const roots = new Map<number, DatedRoot>();
  const wanted = { from: objects.extentTree, to: objects.blockGroupTree };
  const onItem = ({ objectId, type, bytes }: TreeItem) => {
    if (type !== types.root) return;
    roots.set(objectId, { address: le64(bytes, 176), level: u8(bytes, 238), generation: le64(bytes, 160) });
  };
  await trees.visit(rootTree, objects.rootTree, onItem, wanted);
  const extents = roots.get(objects.extentTree);
  const blockGroups = blockGroupTree ? roots.get(objects.blockGroupTree) : undefined;
  if (!extents || (blockGroupTree && !blockGroups)) throw corruptBtrfs("its tree of roots lacks a tree");
  return { extents, blockGroups };
}

function assertNodesUsed(nodes: ReadonlySet<number>, free: readonly ByteRange[], nodeBytes: number): void {
  let index = 0;
  for (const node of [...nodes].sort((a, b) => a - b)) {
    for (let range = free[index]; range && rangeEnd(range) <= node; range = free[++index]);
    if ((free[index]?.offset ?? Number.POSITIVE_INFINITY) < node + nodeBytes)
      throw corruptBtrfs(`it calls its own node at ${node} free`);
  }
}

/** Where free logical addresses lie on the device, in all their copies, with what no chunk takes, in order. */
function onDevice(
  free: readonly ByteRange[],
  chunks: readonly Chunk[],
  deviceBytes: number,
): readonly ByteRange[] {
  const places: ByteRange[] = [];
  let index = 0;
  for (const range of free) {
    for (let from = range.offset; from < rangeEnd(range); ) {
      let chunk = chunks[index] as Chunk;
      while (chunk.start + chunk.length <= from) chunk = chunks[++index] as Chunk;
      const until = Math.min(rangeEnd(range), chunk.start + chunk.length);
      for (const place of chunk.places)
        places.push({ offset: place + from - chunk.start, length: until - from });
      from = until;
    }
  }
  const taken = chunks
    .flatMap(({ length, places: starts }) => starts.map((offset) => ({ offset, length })))
    .sort((a, b) => a.offset - b.offset);
  let position = 0;
  for (const range of [...taken, { offset: deviceBytes, length: 0 }]) {
    if (range.offset < position) throw corruptBtrfs(`two chunks overlap at ${range.offset}`);
    if (range.offset > position) places.push({ offset: position, length: range.offset - position });
    position = rangeEnd(range);
  }
  return withoutReserved(places.sort((a, b) => a.offset - b.offset));
}

/** Leaves out the first MiB and the copies of the superblock, which lie within chunks and are never given to files. */
function withoutReserved(free: readonly ByteRange[]): readonly ByteRange[] {
  let left = free;
  const kept = superblockPlaces.map((offset) => ({ offset, length: superblockAreaBytes }));
  for (const reserved of [{ offset: 0, length: reservedBytes }, ...kept]) {
    const end = rangeEnd(reserved);
    left = left.flatMap((range) => {
      if (rangeEnd(range) <= reserved.offset || range.offset >= end) return [range];
      return [
        { offset: range.offset, length: reserved.offset - range.offset },
        { offset: end, length: rangeEnd(range) - end },
      ].filter(({ length }) => length > 0);
    });
  }
  return left;
}
