import { isSampanError, type Json, SampanError, systemClock } from "@sampan/core";
import { sharesPerCall } from "../ecs/image-shares.ts";
import type { ImageRegistry } from "../image-registry.ts";
import { vendorCodeOf } from "../vendor-failure.ts";
import type { ImageCallOptions } from "./image-options.ts";
import { retrying } from "./retrying.ts";

/** Accounts an image can be shared with. */
export const sharesPerImage = 50;
/** How long a share that was accepted may take to show. */
const appearanceMs = 30_000;

/** Refusals that concern a single account of those named. */
const accountCodes = ["InvalidAccount.NotFound", "InvalidAccount.Forbbiden", "InvalidImageId.BidMismatch"];

/** What {@link shareImage} shares, and with whom. */
export interface ShareRequest {
  readonly region: string;
  readonly imageId: string;
  /** Ids of accounts, of 16 digits. */
  readonly accounts: readonly string[];
}

/** What was really shared, as the cloud itself tells. */
export interface SharedImage {
  readonly region: string;
  readonly imageId: string;
  /** Those asked for that have the image now, in the order asked. */
  readonly accounts: readonly string[];
  /** Those of them that had it before. */
  readonly already: readonly string[];
}

/** Why one account does not have the image. */
interface Refused {
  readonly account: string;
  readonly error: SampanError;
}

/**
 * Shares an image with accounts, ten a call, and makes sure by asking the cloud who has it.
 *
 * Accounts that have it already are left alone, so that it can be called again after a failure. Where one account of ten is
 * refused, the others of them still get the image. An image is shared in its region only: share each copy for itself.
 *
 * @throws `CLOUD_QUOTA` before anything is changed when the image would be shared with more than 50 accounts;
 * `CLOUD_SHARE_REFUSED` with details `shared` and `refused` (account, code, vendor's code) when some cannot have it;
 * `CLOUD_IMAGE_NOT_FOUND`.
 * @example
 * ```ts
 * const { accounts } = await shareImage(cloud, { region: "cn-hangzhou", imageId, accounts: ["1234567890123456"] });
 * ```
 */
export async function shareImage(
  cloud: { readonly images: ImageRegistry },
  request: ShareRequest,
  options: ImageCallOptions = {},
): Promise<SharedImage> {
  const { images } = cloud;
  const { region, imageId } = request;
  const asked = [...new Set(request.accounts)];
  const doing = `sharing ${imageId} in ${region}`;
  const holders = () => retrying(options, () => images.listImageShares(region, imageId, options.signal));
  const before = await holders();
  const missing = asked.filter((account) => !before.includes(account));
  const total = before.length + missing.length;
  if (total > sharesPerImage) {
    throw new SampanError(
      "CLOUD_QUOTA",
      `${doing}: it would be shared with ${total} accounts, and ${sharesPerImage} is the most there may be`,
      {
        hint: "Take the image back from accounts that have copied it, or share a copy of it with the others.",
        details: { imageId, region, before: before.length, asked: missing.length, limit: sharesPerImage },
      },
    );
  }
  const refused: Refused[] = [];
  for (let start = 0; start < missing.length; start += sharesPerCall) {
    refused.push(
      ...(await shareBatch(images, request, missing.slice(start, start + sharesPerCall), options)),
    );
  }
  const accepted = missing.filter((account) => !refused.some((one) => one.account === account));
  const after = accepted.length === 0 ? before : await untilShown(holders, accepted, options);
  const shared = asked.filter((account) => after.includes(account));
  const unseen = accepted.filter((account) => !after.includes(account));
  if (refused.length > 0 || unseen.length > 0) throw refusal(doing, request, shared, refused, unseen);
  return { region, imageId, accounts: shared, already: asked.filter((account) => before.includes(account)) };
}

/** Shares with up to ten accounts; one by one when one of them is refused, so that the others get the image. */
async function shareBatch(
  images: ImageRegistry,
  { region, imageId }: ShareRequest,
  accounts: readonly string[],
  options: ImageCallOptions,
): Promise<readonly Refused[]> {
  const share = (some: readonly string[]) =>
    retrying(options, () => images.shareImage(region, imageId, some, options.signal));
  try {
    await share(accounts);
    return [];
  } catch (error) {
    if (!isSampanError(error, "CLOUD_SHARE_REFUSED")) throw error;
    const concernsOne = accountCodes.includes(vendorCodeOf(error) ?? "");
    if (accounts.length === 1 || !concernsOne) return accounts.map((account) => ({ account, error }));
  }
  const refused: Refused[] = [];
  for (const account of accounts) {
    try {
      await share([account]);
    } catch (error) {
      if (!isSampanError(error, "CLOUD_SHARE_REFUSED")) throw error;
      refused.push({ account, error });
    }
  }
  return refused;
}

/** The accounts that have the image, once those that were accepted show, or after half a minute. */
async function untilShown(
  holders: () => Promise<readonly string[]>,
  accepted: readonly string[],
  options: ImageCallOptions,
): Promise<readonly string[]> {
  const { clock = systemClock, signal } = options;
  const giveUpAt = clock.monotonic() + appearanceMs;
  for (let pollMs = 500; ; pollMs = Math.min(pollMs * 2, 5_000)) {
    const found = await holders();
    if (accepted.every((account) => found.includes(account)) || clock.monotonic() + pollMs > giveUpAt)
      return found;
    options.onNote?.("waiting until the shares show");
    await clock.sleep(pollMs, signal);
  }
}

function refusal(
  doing: string,
  { region, imageId }: ShareRequest,
  shared: readonly string[],
  refused: readonly Refused[],
  unseen: readonly string[],
): SampanError {
  const reasons = refused.map(({ account, error }) => `${account} (${vendorCodeOf(error) ?? error.code})`);
  reasons.push(...unseen.map((account) => `${account} (accepted, but it does not show)`));
  const hints = new Set(refused.flatMap(({ error }) => (error.hint === undefined ? [] : [error.hint])));
  const details: Record<string, Json> = {
    imageId,
    region,
    shared: [...shared],
    refused: [
      ...refused.map(({ account, error }) => ({
        account,
        code: error.code,
        vendorCode: vendorCodeOf(error) ?? null,
        requestId: error.details.requestId ?? null,
      })),
      ...unseen.map((account) => ({
        account,
        code: "CLOUD_SHARE_REFUSED",
        vendorCode: null,
        requestId: null,
      })),
    ],
  };
  return new SampanError("CLOUD_SHARE_REFUSED", `${doing}: not with ${reasons.join(", ")}`, {
    ...(hints.size === 0 ? {} : { hint: [...hints].join(" ") }),
    details,
  });
}
