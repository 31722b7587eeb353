export { phonyUuid } from "./apply-fixup.ts";
export { type GroupToWrite, groupText, writePhysicalVolume } from "./lvm-disk.ts";
export { type MdSuperblockOptions, mdSuperblock } from "./md-member.ts";
export { MemoryGuestFiles } from "./memory-guest-files.ts";
export {
  debianTree,
  makePhonyDisk,
  type PhonyDisk,
  type PhonyDiskOptions,
  type PhonyTree,
} from "./phony-disk.ts";
export { phonyGuests } from "./phony-guests/index.ts";
export { type PhonyGuest, plainFacts } from "./phony-guests/phony-guest.ts";
export { corporaFolder, hasTools } from "./tools.ts";
