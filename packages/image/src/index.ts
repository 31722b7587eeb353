export { AllocationMap, appendExtent } from "./allocation-map.ts";
export type { BlockSource, BlockSourceFeatures } from "./block-source.ts";
export { prepareCopying } from "./copy/copy-batch.ts";
export {
  type DiskImage,
  type DiskImageInfo,
  type ImageFormat,
  imageFormats,
  type MissingParent,
  type OpenImageOptions,
  type UnpackingOptions,
} from "./disk-image.ts";
export type { EncodedFormat, EncodedImage } from "./encoded-image.ts";
export type { UnitOrder } from "./encoders/ordered-units.ts";
export { encodeQcow2 } from "./encoders/qcow2/encode-qcow2.ts";
export { encodeRaw } from "./encoders/raw/encode-raw.ts";
export type { EncodeOptions } from "./encoders/source-map.ts";
export { type EncodeVhdOptions, encodeVhd, vhdMaximumBytes } from "./encoders/vhd/encode-vhd.ts";
export type { Extent, ExtentKind } from "./extent.ts";
export { offsetBy } from "./filters/offset-by.ts";
export { type CacheOptions, withCache } from "./filters/with-cache.ts";
export { type RateLimitOptions, withRateLimit } from "./filters/with-rate-limit.ts";
export { withRetry } from "./filters/with-retry.ts";
export { withUsedExtents } from "./filters/with-used-extents.ts";
export type { PackagedDisk } from "./formats/ova/ovf.ts";
export type { FilesOfImage } from "./image-place.ts";
export { listPackagedDisks } from "./list-packaged-disks.ts";
export { unlzma } from "./lzma/unlzma.ts";
export { type UnpackLimits, unxz } from "./lzma/unxz.ts";
export { mapDigest } from "./map-digest.ts";
export { openContainedImage, openDiskImage } from "./open-disk-image.ts";
export { createOverlay, type Overlay, openOverlay } from "./overlay/overlay.ts";
export { refineZeros } from "./refine-zeros.ts";
export { type SourceDigestOptions, sourceDigest } from "./source-digest.ts";
export { type FileSource, type FileSourceOptions, openFileSource } from "./sources/file-source.ts";
export { type WriteImageOptions, type WrittenImage, writeImage } from "./write-image.ts";
