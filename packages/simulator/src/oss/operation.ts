import type { OssHandler } from "./call.ts";

/** What an operation is about: the account, a bucket, or an object. */
export type Level = "service" | "bucket" | "object";

/** An operation the simulator imitates, and the requests that mean it. */
export interface Operation {
  readonly name: string;
  readonly level: Level;
  readonly method: string;
  /** Parameters that must be present, with any value. */
  readonly when?: readonly string[];
  /** A header that must be present. */
  readonly header?: string;
  readonly handler: OssHandler;
}
