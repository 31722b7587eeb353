export type {
  DiskLayout,
  FileSystemInfo,
  LogicalVolume,
  Partition,
  PartitionTable,
  Volume,
  VolumeGroup,
  VolumeSegment,
} from "./layout.ts";
export { gptTypeName, mbrTypeName } from "./partition-types.ts";
export { readDiskLayout } from "./read-layout.ts";
export { readUsedMap, type UsedMap } from "./used-map.ts";
export { volumeName } from "./volume-name.ts";
export { volumeSource, type WritableVolume, writableVolume } from "./volume-source.ts";
