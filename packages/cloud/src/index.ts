export type { AccessControl, ImportRole } from "./access-control.ts";
export { connectAlibabaCloud } from "./alibaba-cloud.ts";
export type { AlibabaCloudOptions, CloudEndpoints } from "./alibaba-cloud-options.ts";
export type { Cloud } from "./cloud.ts";
export { type EndpointProbe, type ProbeStep, probeEndpoint } from "./connecting/probe-endpoint.ts";
export { type ProxyOfAddress, proxyFor } from "./connecting/proxy-for.ts";
export { type ConnectionOptions, proxyFromEnvironment, proxyVariable } from "./connection-options.ts";
export {
  type CloudCredentials,
  type CredentialProvider,
  type CredentialRequest,
  staticCredentials,
} from "./credentials/credentials.ts";
export { credentialsFromEnvironment } from "./credentials/environment.ts";
export {
  type CredentialSearch,
  type FoundCredentials,
  findCredentials,
  type Origin,
  type RememberedProvider,
} from "./credentials/find-credentials.ts";
export { maskedKeyId } from "./credentials/mask.ts";
export { type CredentialSource, RefreshingCredentials } from "./credentials/refreshing.ts";
export { type ServiceEndpoint, serviceEndpoints } from "./endpoints.ts";
export type {
  ImageBuild,
  ImageBuilder,
  ImageBuildStatus,
  ImagePipelineRequest,
} from "./image-builder.ts";
export type {
  CloudImage,
  CloudImageStatus,
  CloudTask,
  CloudTaskStatus,
  CopyImageRequest,
  DetectionItem,
  ImageDetection,
  ImageQuery,
  ImageRegistry,
  ImportDisk,
  ImportImageRequest,
  ImportPlatform,
} from "./image-registry.ts";
export { assertBucketFits } from "./images/check-buckets.ts";
export { copyImage } from "./images/copy-image.ts";
export type {
  CopyOptions,
  CopyRequest,
  ImageCallOptions,
  ImageProgress,
  ImageStall,
  ImageToWaitFor,
  ImportOptions,
  ImportRequest,
  StartedCopy,
  StartedImport,
  WaitForImageOptions,
} from "./images/image-options.ts";
export { importImage } from "./images/import-image.ts";
export { hasFailed, runTag, tokenTag } from "./images/own-image.ts";
export { type SharedImage, type ShareRequest, shareImage, sharesPerImage } from "./images/share-image.ts";
export { type BuildRequest, type StartedBuild, startBuild } from "./images/start-build.ts";
export { type WaitForBuildOptions, waitForBuild } from "./images/wait-for-build.ts";
export { type WaitForDetectionOptions, waitForDetection } from "./images/wait-for-detection.ts";
export { waitForImage } from "./images/wait-for-image.ts";
export type {
  AssistantStatus,
  CloudInstance,
  ConsoleOutput,
  InstanceDisk,
  InstanceQuery,
  InstanceRegistry,
  InstanceStatus,
  RunInstanceRequest,
} from "./instance-registry.ts";
export { createImage } from "./instances/create-image.ts";
export { launchInstance } from "./instances/launch-instance.ts";
export { isReleaseAhead, releaseTime } from "./instances/release-time.ts";
export { snapshotInstance } from "./instances/snapshot-instance.ts";
export { type BootEvidence, verifyInstance } from "./instances/verify-instance.ts";
export type { CloudZone, LaunchOffers } from "./launch-offers.ts";
export type {
  BucketInfo,
  BucketSettings,
  CreateUploadOptions,
  LifecycleRule,
  ListedBucket,
  ListedObject,
  ListedUpload,
  ObjectAddress,
  ObjectInfo,
  ObjectStore,
  ObjectStoreFeatures,
  PartBodyOptions,
  StoredPart,
  UploadAddress,
} from "./object-store.ts";
export {
  type PermissionAnswer,
  type PermissionPlace,
  probePermissions,
} from "./permissions/probe-permissions.ts";
export { accountAlias } from "./ram/account-alias.ts";
export { importPolicyName, importRoleName, importRoleSteps, type RoleStep } from "./ram/role-plan.ts";
export { type CallerIdentity, callerIdentity } from "./sts/sts-client.ts";
export { type BandwidthBudget, bandwidthBudget } from "./upload/bandwidth-limit.ts";
export {
  type LeftoverObject,
  type Leftovers,
  type LeftoverUpload,
  listLeftovers,
} from "./upload/leftovers.ts";
export { digestKeyBytes } from "./upload/part-digest.ts";
export { choosePartBytes } from "./upload/part-size.ts";
export { reusableObject } from "./upload/reuse.ts";
export { describeKept, uploadObject } from "./upload/upload-object.ts";
export type {
  KeptUpload,
  PartSource,
  ReusableObject,
  ReusablePart,
  UploadCheckpoint,
  UploadOptions,
  UploadPartRecord,
  UploadPhase,
  UploadProgress,
  UploadResult,
  UploadRetryNotice,
  UploadState,
} from "./upload/upload-options.ts";
export {
  type VendorErrorEntry,
  type VendorService,
  vendorErrorEntries,
  vendorErrorEntry,
  vendorErrors,
} from "./vendor-errors/index.ts";
