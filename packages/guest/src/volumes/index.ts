export type { DiskLayout, FileSystemInfo, Partition, PartitionTable, Volume } from "./layout.ts";
export { readDiskLayout } from "./read-layout.ts";
export { readUsedMap, type UsedMap } from "./used-map.ts";
