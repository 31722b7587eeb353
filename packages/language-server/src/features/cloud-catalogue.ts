import type { CloudRegion } from "../catalogue/regions.ts";
import type { Language } from "./plan-document.ts";

/** What is known of the cloud without asking it. */
export interface CloudCatalogue {
  /** The month in which it was last compared with the vendor's pages: `2026-11`. */
  readonly asOf: string;
  readonly regions: readonly CloudRegion[];
}

/** Both names of a region, the reader's own first. */
export function regionTitle({ name }: CloudRegion, language: Language): string {
  return language === "zh" ? `${name.zh} ${name.en}` : `${name.en} ${name.zh}`;
}
