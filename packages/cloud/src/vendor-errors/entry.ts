import type { ErrorCode } from "@sampan/core";

/** Services whose codes are in the catalogue. */
export type VendorService = "oss" | "ecs" | "ram" | "sts";

/** What is known of one error code of the vendor. */
export interface VendorErrorEntry {
  /** As the vendor spells it. */
  readonly vendorCode: string;
  readonly service: VendorService;
  /** Status it comes with, as documented. */
  readonly httpStatus: number;
  /**
   * Sampan's code for it. `refused` depends on the call: `CLOUD_IMPORT_REFUSED`, `CLOUD_COPY_REFUSED`,
   * `CLOUD_SHARE_REFUSED`, otherwise `CLOUD_FAILED`.
   */
  readonly code: ErrorCode | "refused";
  /** Whether the same call may succeed when made again unchanged. */
  readonly retryable: boolean;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** What to do; the cure of {@link VendorErrorEntry.code} when absent. */
  readonly hint?: string;
}

/** One row of a table: HTTP status, the vendor's code, ours, the meaning, what to do; `again` marks what is worth a retry. */
export type VendorErrorRow = readonly [
  httpStatus: number,
  vendorCode: string,
  code: ErrorCode | "refused",
  meaning: string,
  hint?: string,
  again?: "again",
];

/** Turns the rows of one service into entries. */
export function entriesOf(service: VendorService, rows: readonly VendorErrorRow[]): VendorErrorEntry[] {
  return rows.map(([httpStatus, vendorCode, code, meaning, hint, again]) => ({
    vendorCode,
    service,
    httpStatus,
    code,
    retryable: again === "again",
    meaning,
    ...(hint === undefined || hint === "" ? {} : { hint }),
  }));
}
