import { encodeRfc3986 } from "../http/url.ts";
import { invalidArgument, type OssCall, queryOf } from "./call.ts";

/** What the lists of objects, versions and uploads have in common. */
export interface Listing {
  readonly prefix: string;
  readonly delimiter: string;
  /** Writes a key, marker or prefix as the caller wants it. */
  readonly encode: (text: string) => string;
  readonly encodingType: string | undefined;
}

/** Reads `prefix`, `delimiter` and `encoding-type`; `InvalidArgument` for an encoding other than `url`. */
export function readListing(call: OssCall): Listing {
  const encodingType = queryOf(call, "encoding-type") || undefined;
  if (encodingType !== undefined && encodingType !== "url")
    throw invalidArgument("encoding-type", encodingType);
  return {
    prefix: queryOf(call, "prefix") ?? "",
    delimiter: queryOf(call, "delimiter") ?? "",
    encode: encodingType ? encodeRfc3986 : (text) => text,
    encodingType,
  };
}
