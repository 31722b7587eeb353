import type { ByteRange } from "@sampan/core";

/**
 * What a run of bytes is: `data` must be read, `zero` reads as zero and is recorded so, `hole` was never written and
 * reads as zero too.
 */
export type ExtentKind = "data" | "zero" | "hole";

/** One run of bytes of one kind. */
export interface Extent extends ByteRange {
  readonly kind: ExtentKind;
}
