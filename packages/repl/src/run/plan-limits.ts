import { SampanError } from "@sampan/core";
import { type BandwidthBudget, bandwidthBudget, usualParallelPlans } from "@sampan/sdk";
import { type OptionValues, optionText } from "../command-call.ts";
import { parseBandwidth } from "../terminal/bandwidth.ts";

/** What several plans are held to together. */
export interface PlanLimits {
  /** The most at once. */
  readonly parallel: number;
  /** What every runner gets. */
  readonly shared: { readonly bandwidth?: BandwidthBudget };
}

/**
 * Reads `--parallel` and `--bandwidth` for so many plans.
 *
 * @throws `COMMAND_USAGE` for a bandwidth that is none, or too small to be shared.
 */
export function planLimits(options: OptionValues, plans: number): PlanLimits {
  const parallel = typeof options.parallel === "number" ? options.parallel : usualParallelPlans;
  const text = optionText(options, "bandwidth");
  if (text === undefined) return { parallel, shared: {} };
  const bytesPerSecond = parseBandwidth(text) / 8;
  try {
    return {
      parallel,
      shared: { bandwidth: bandwidthBudget({ bytesPerSecond, uploads: Math.min(parallel, plans) }) },
    };
  } catch (error) {
    throw new SampanError("COMMAND_USAGE", `--bandwidth ${text}: ${(error as Error).message}`, {
      hint: "Allow more, or run fewer plans at once with --parallel.",
      cause: error,
    });
  }
}
