import { SampanError } from "@sampan/core";
import { le16, le32, u8 } from "../volumes/fields.ts";

/** Where the parts of a FAT file system lie, from its boot sector. */
export interface FatGeometry {
  /** Width of an entry. */
  readonly bits: 12 | 16 | 32;
  /** The bits of an entry that count. */
  readonly mask: number;
  readonly media: number;
  readonly clusters: number;
  readonly clusterBytes: number;
  readonly fatOffset: number;
  readonly fatBytes: number;
  readonly copies: number;
  /** Where cluster 2 begins. */
  readonly dataOffset: number;
  /** Size of the root directory, which ends where cluster 2 begins; 0 where it is a chain of clusters. */
  readonly rootBytes: number;
  /** First cluster of the root directory; `null` where it has a place of its own. */
  readonly rootCluster: number | null;
  readonly infoOffset: number | null;
  /** True when the boot sector says that the volume is in use or has errors. */
  readonly markedDirty: boolean;
}

/** A FAT of more entries than this is not read; with clusters of 4 KiB it is one of 256 GiB. */
const maxClusters = 2 ** 26;

/** Reads the boot sector of a FAT file system; `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` when it makes no sense. */
export function readFatGeometry(boot: Uint8Array, volumeBytes: number): FatGeometry {
  const sectorBytes = le16(boot, 11);
  const clusterSectors = u8(boot, 13);
  const isPower = (value: number) => value > 0 && (value & (value - 1)) === 0;
  if (!isPower(sectorBytes) || sectorBytes < 512 || sectorBytes > 4096 || !isPower(clusterSectors)) {
    throw corrupt("it has no sectors or clusters of a size that exists");
  }
  const reserved = le16(boot, 14);
  const copies = u8(boot, 16);
  const narrowSectors = le16(boot, 22);
  const wide = narrowSectors === 0;
  const fatSectors = narrowSectors || le32(boot, 36);
  const sectors = le16(boot, 19) || le32(boot, 32);
  const rootBytes = le16(boot, 17) * 32;
  const dataSector = reserved + copies * fatSectors + Math.ceil(rootBytes / sectorBytes);
  const clusters = Math.floor((sectors - dataSector) / clusterSectors);
  if (reserved === 0 || copies === 0 || copies > 2 || fatSectors === 0 || clusters < 1) {
    throw corrupt("its parts have no room");
  }
  if (sectors * sectorBytes > volumeBytes) throw corrupt("it is larger than its partition");
  if (wide && (rootBytes !== 0 || le16(boot, 42) !== 0 || (le16(boot, 40) & 0x80) !== 0)) {
    throw unsupported("it is a FAT32 of another version, or its copies of the FAT are not kept the same");
  }
  if (clusters > maxClusters) throw unsupported(`it has ${clusters} clusters`);
  const bits = wide ? 32 : clusters < 4085 ? 12 : 16;
  // At the seams between the widths readers disagree; above them the width is not told by the number of clusters.
  if ((bits === 32 && clusters < 4085) || (bits === 16 && clusters >= 65525)) {
    throw unsupported(`${clusters} clusters do not go with entries of ${bits} bits`);
  }
  if (clusters + 2 > Math.floor((fatSectors * sectorBytes * 8) / bits)) {
    throw corrupt("its FAT is too small for its clusters");
  }
  const info = le16(boot, 48);
  return {
    bits,
    mask: bits === 32 ? 0x0fffffff : 2 ** bits - 1,
    media: u8(boot, 21),
    clusters,
    clusterBytes: clusterSectors * sectorBytes,
    fatOffset: reserved * sectorBytes,
    fatBytes: fatSectors * sectorBytes,
    copies,
    dataOffset: dataSector * sectorBytes,
    rootBytes: Math.ceil(rootBytes / sectorBytes) * sectorBytes,
    rootCluster: wide ? le32(boot, 44) : null,
    infoOffset: wide && info > 0 && info < reserved ? info * sectorBytes : null,
    markedDirty: (u8(boot, wide ? 65 : 37) & 3) !== 0,
  };
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading FAT: ${what}`);
}

function unsupported(what: string): SampanError {
  return new SampanError("GUEST_FS_UNSUPPORTED", `reading FAT: ${what}`);
}
