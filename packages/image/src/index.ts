export { AllocationMap, appendExtent } from "./allocation-map.ts";
export type { BlockSource, BlockSourceFeatures } from "./block-source.ts";
export type { DiskImage, DiskImageInfo, ImageFormat, OpenImageOptions } from "./disk-image.ts";
export type { EncodedFormat, EncodedImage } from "./encoded-image.ts";
export type { Extent, ExtentKind } from "./extent.ts";
