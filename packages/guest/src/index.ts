export type * from "./facts.ts";
export type { Fixup, GuestFileStat, GuestFiles, WritableGuestFiles } from "./fixups/fixup.ts";
export type { DiskInspection } from "./inspection.ts";
export type { ProfileName, Rule, RuleHit, RuleInput } from "./rules/rule.ts";
export type { DiskLayout, FileSystemInfo, Partition, PartitionTable, Volume } from "./volumes/layout.ts";
export { inspectDisk } from "./inspect-disk.ts";
export { readDiskLayout } from "./volumes/read-layout.ts";
export { readUsedMap, type UsedMap } from "./volumes/used-map.ts";
