import type { Cloud } from "@sampan/cloud";
import type { StageContext } from "../run/stage-definition.ts";

/**
 * The ports and hooks that a stage gives to every engine of the cloud.
 *
 * A rehearsal's clock runs fast, so it is asked often; the real cloud is asked at the pace its waiters were made for.
 */
export function cloudHooks(context: StageContext, cloud: Cloud) {
  return {
    clock: context.services.clock,
    random: context.services.random,
    signal: context.signal,
    ...(cloud.identity.rehearsal ? { pollMs: 200 } : {}),
    onRetry: (notice: { readonly attempt: number; readonly waitMs: number; readonly error: unknown }) =>
      context.retrying(notice),
    onNote: (note: string) => context.progress({ doneBytes: 0, totalBytes: null, note }),
  };
}
