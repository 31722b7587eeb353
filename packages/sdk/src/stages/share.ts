import { shareImage, sharesPerImage } from "@sampan/cloud";
import { isSampanError, type Json, SampanError } from "@sampan/core";
import type { ImageResult, ImageShares } from "../fluent/results.ts";
import type { StageDefinition } from "../run/stage-definition.ts";

/** Which images `shareWith` shares, each with whom. */
export interface ShareInput {
  readonly images: readonly { readonly image: ImageResult; readonly accounts: readonly string[] }[];
}

/** What was really shared. */
export interface ShareOutput {
  readonly shares: readonly ImageShares[];
}

/**
 * Shares the image and its copies, each in its region. What one image is refused does not keep the others from being shared;
 * the first refusal is thrown at the end.
 */
export const shareStage: StageDefinition<ShareInput, ShareOutput> = {
  name: "share",
  summary: ({ images }) => {
    const accounts = new Set(images.flatMap((one) => one.accounts));
    return `sharing ${images[0]?.image.name ?? "the image"} in ${count(images.length, "region")} with ${count(accounts.size, "account")}`;
  },
  async run({ images }, context) {
    const cloud = await context.services.cloud();
    const shares: ImageShares[] = [];
    const refused: SampanError[] = [];
    for (const { image, accounts } of images) {
      const { region, imageId } = image;
      try {
        const shared = await shareImage(
          cloud,
          { region, imageId, accounts },
          {
            clock: context.services.clock,
            random: context.services.random,
            signal: context.signal,
            onRetry: (notice) => context.retrying(notice),
            onNote: (note) => context.progress({ doneBytes: 0, totalBytes: null, note }),
          },
        );
        context.log("info", `shared ${imageId} in ${region} with ${shared.accounts.join(", ")}`);
        shares.push({ region, imageId, accounts: shared.accounts });
        await context.record({ region, imageId, accounts: [...shared.accounts] } satisfies Json);
      } catch (error) {
        if (!isSampanError(error, "CLOUD_SHARE_REFUSED") && !isSampanError(error, "CLOUD_QUOTA")) throw error;
        refused.push(error);
        const done = Array.isArray(error.details.shared) ? error.details.shared.map(String) : [];
        const to = done.length === 0 ? "with none of the accounts" : `only with ${done.join(", ")}`;
        context.log("warning", `shared ${imageId} in ${region} ${to}: ${error.message}`);
      }
    }
    const [first] = refused;
    if (first !== undefined) throw refused.length === 1 ? first : summed(refused, first);
    return { shares };
  },
};

/** Refuses, before anything is done, what no image can be shared with: `CLOUD_QUOTA`. */
export function assertShareable(accounts: readonly string[]): void {
  if (accounts.length <= sharesPerImage) return;
  throw new SampanError(
    "CLOUD_QUOTA",
    `checking shareWith: the plan names ${accounts.length} accounts, and an image is shared with ${sharesPerImage} at most`,
    {
      hint: "Share with fewer accounts, or make an image more.",
      details: { accounts: accounts.length, limit: sharesPerImage },
    },
  );
}

/** One error for several images: the first one's words and everything's details. */
function summed(refused: readonly SampanError[], first: SampanError): SampanError {
  return new SampanError(first.code, `${first.message}, and ${count(refused.length - 1, "image")} more`, {
    hint: first.hint,
    details: { images: refused.map((error) => ({ ...error.details })) },
  });
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
