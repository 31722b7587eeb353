import { SampanError } from "@sampan/core";
import type { EcsCaller } from "./ecs-caller.ts";

/** Accounts one call adds or removes; the vendor leaves out what is beyond, without a word. */
export const sharesPerCall = 10;
const pageSize = 100;
const maxPages = 10;

/** A change of those an image is shared with. */
export interface ShareChange {
  readonly region: string;
  readonly imageId: string;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Refuses a number of accounts of which the vendor would silently ignore some, or that asks for nothing: `CORE_ARGUMENT`. */
export function assertShareCount(accounts: readonly string[], imageId: string): void {
  if (accounts.length >= 1 && accounts.length <= sharesPerCall) return;
  throw new SampanError(
    "CORE_ARGUMENT",
    `changing the shares of ${imageId}: a call takes 1 to ${sharesPerCall} accounts, not ${accounts.length}`,
  );
}

/** Shares an image or takes it back. Source: ECS API reference, ModifyImageSharePermission, 2025. */
export async function changeShares(ecs: EcsCaller, change: ShareChange): Promise<void> {
  const { region, imageId, add, remove, signal } = change;
  const accounts = add ?? remove ?? [];
  assertShareCount(accounts, imageId);
  const doing =
    add === undefined
      ? `taking ${imageId} in ${region} back from ${accounts.join(", ")}`
      : `sharing ${imageId} in ${region} with ${accounts.join(", ")}`;
  await ecs.call(
    { action: "ModifyImageSharePermission", doing, region, signal },
    async (client, vendor, runtime) => {
      const asked = new vendor.ModifyImageSharePermissionRequest({
        regionId: region,
        imageId,
        ...(add === undefined ? {} : { addAccount: [...add] }),
        ...(remove === undefined ? {} : { removeAccount: [...remove] }),
      });
      await client.modifyImageSharePermissionWithOptions(asked, runtime);
    },
  );
}

/** Those an image is shared with. Source: ECS API reference, DescribeImageSharePermission, 2025. */
export async function imageShares(
  ecs: EcsCaller,
  region: string,
  imageId: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const accounts = new Set<string>();
  for (let pageNumber = 1, seen = 0; pageNumber <= maxPages; pageNumber++) {
    const body = await ecs.call(
      {
        action: "DescribeImageSharePermission",
        doing: `looking at the shares of ${imageId} in ${region}`,
        region,
        signal,
      },
      async (client, vendor, runtime) => {
        const asked = new vendor.DescribeImageSharePermissionRequest({
          regionId: region,
          imageId,
          pageNumber,
          pageSize,
        });
        return (await client.describeImageSharePermissionWithOptions(asked, runtime)).body;
      },
    );
    const rows = body?.accounts?.account ?? [];
    for (const row of rows) if (row.aliyunId) accounts.add(row.aliyunId);
    seen += rows.length;
    if (rows.length === 0 || seen >= (body?.totalCount ?? 0)) break;
  }
  return [...accounts];
}
