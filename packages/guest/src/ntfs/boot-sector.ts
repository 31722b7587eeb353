import { SampanError } from "@sampan/core";
import { hasText, le16, le64, u8 } from "../volumes/fields.ts";

/** Sizes and places from the boot sector of NTFS. */
export interface NtfsGeometry {
  readonly clusterBytes: number;
  readonly clusters: number;
  readonly mftCluster: number;
  readonly mirrorCluster: number;
  /** Size of a record of the master file table. */
  readonly recordBytes: number;
}

/** Reads the boot sector of NTFS; `GUEST_FS_CORRUPT` when it makes no sense or does not fit its partition. */
export function readNtfsGeometry(boot: Uint8Array, volumeBytes: number): NtfsGeometry {
  const sectorBytes = le16(boot, 11);
  const given = u8(boot, 13);
  // Above 128 the field is a negative power of two.
  const clusterSectors = given > 128 ? 2 ** (256 - given) : given;
  const isPower = (value: number) => value > 0 && 2 ** Math.round(Math.log2(value)) === value;
  const clusterBytes = sectorBytes * clusterSectors;
  const sound =
    hasText(boot, 3, "NTFS    ") &&
    isPower(sectorBytes) &&
    sectorBytes >= 256 &&
    sectorBytes <= 4096 &&
    isPower(clusterSectors) &&
    clusterBytes <= 2 ** 21;
  if (!sound) throw corrupt("its boot sector has no sizes that exist");
  const recordSize = (u8(boot, 64) << 24) >> 24;
  const recordBytes = recordSize > 0 ? recordSize * clusterBytes : 2 ** -recordSize;
  if (!isPower(recordBytes) || recordBytes < 512 || recordBytes > 65536) {
    throw corrupt(`its records have ${recordBytes} bytes`);
  }
  const sectors = le64(boot, 40);
  const clusters = Math.floor(sectors / clusterSectors);
  const mftCluster = le64(boot, 48);
  const mirrorCluster = le64(boot, 56);
  if (clusters === 0 || sectors * sectorBytes > volumeBytes) throw corrupt("it is larger than its partition");
  if (mftCluster === 0 || mftCluster >= clusters || mirrorCluster === 0 || mirrorCluster >= clusters) {
    throw corrupt("its master file table lies outside");
  }
  return { clusterBytes, clusters, mftCluster, mirrorCluster, recordBytes };
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading NTFS: ${what}`);
}
