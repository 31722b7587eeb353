export type { AccessControl, ImportRole } from "./access-control.ts";
export type { Cloud } from "./cloud.ts";
export type {
  CloudImage,
  CloudImageStatus,
  CloudTask,
  CloudTaskStatus,
  CopyImageRequest,
  ImageQuery,
  ImageRegistry,
  ImportDisk,
  ImportImageRequest,
  ImportPlatform,
} from "./image-registry.ts";
export type {
  BucketInfo,
  CreateUploadOptions,
  ObjectAddress,
  ObjectInfo,
  ObjectStore,
  ObjectStoreFeatures,
  StoredPart,
  UploadAddress,
} from "./object-store.ts";
