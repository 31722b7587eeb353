export { type ImageRegistryUnderTest, imageRegistryContract } from "./image-registry-contract.ts";
export { type MemoryCall, type MemoryCloud, type MemoryCloudOptions, memoryCloud } from "./memory-cloud.ts";
export type { MemoryPace } from "./memory-image-registry.ts";
export type { MemoryImage, MemoryObject, MemoryUpload, MemoryWorld, ScriptedFault } from "./memory-world.ts";
export { type ObjectStoreUnderTest, objectStoreContract } from "./object-store-contract.ts";
export { seededBytes } from "./random-bytes.ts";
