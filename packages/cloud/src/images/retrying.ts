import { type RetryOptions, retry } from "@sampan/core";
import type { ImageCallOptions } from "./image-options.ts";

/** Makes one call to the cloud, and again while it may help, by the caller's ports and hooks. */
export function retrying<T>(options: ImageCallOptions, work: () => Promise<T>): Promise<T> {
  const { clock, random, retry: policy, signal, onRetry } = options;
  const given: RetryOptions = {
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
    ...(policy === undefined ? {} : { policy }),
    ...(signal === undefined ? {} : { signal }),
    ...(onRetry === undefined ? {} : { onRetry }),
  };
  return retry(work, given);
}
