import type { ListedBucket } from "../object-store.ts";
import { listedBucketOf, listOf, textOf } from "./answers.ts";
import type { OssCaller } from "./oss-caller.ts";

const pageSize = 1000;
const maxPages = 1000;

/** Lists the account's buckets of all regions, by name, page by page (ListBuckets of OSS's API reference). */
export async function listBuckets(
  caller: OssCaller,
  signal: AbortSignal | undefined,
): Promise<readonly ListedBucket[]> {
  const call = caller.failed("ListBuckets", "listing the buckets of the account");
  const buckets: ListedBucket[] = [];
  let marker = "";
  for (let page = 0; page < maxPages; page++) {
    const query = { "max-keys": pageSize, ...(marker === "" ? {} : { marker }) };
    const { result } = await caller.call(call, null, { signal }, (client) => client.listBuckets(query, {}));
    const answer = result as { buckets?: unknown; isTruncated?: unknown; nextMarker?: unknown };
    buckets.push(...listOf(answer.buckets).flatMap(listedBucketOf));
    const next = textOf(answer.nextMarker);
    if (String(answer.isTruncated) !== "true" || next === undefined || next === marker) break;
    marker = next;
  }
  return buckets;
}
