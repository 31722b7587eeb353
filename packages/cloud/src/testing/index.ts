export { type ImageRegistryUnderTest, imageRegistryContract } from "./image-registry-contract.ts";
export { type InstancesUnderTest, instanceRegistryContract } from "./instance-registry-contract.ts";
export { type MemoryCall, type MemoryCloud, type MemoryCloudOptions, memoryCloud } from "./memory-cloud.ts";
export { memoryInstance, type SeededInstance } from "./memory-instance.ts";
export type { MemoryPower } from "./memory-instances.ts";
export type { MemoryPace } from "./memory-pace.ts";
export type { MemoryImage, MemoryObject, MemoryUpload, MemoryWorld, ScriptedFault } from "./memory-world.ts";
export { type ObjectStoreUnderTest, objectStoreContract } from "./object-store-contract.ts";
export { seededBytes } from "./random-bytes.ts";
