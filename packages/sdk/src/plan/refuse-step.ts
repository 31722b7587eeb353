import type { CaptureOptions, PrepareOptions, Verb } from "./options.ts";
import { refuseNeedless, refuseUnreachable } from "./refusals.ts";
import { refuseTool } from "./refuse-tool.ts";
import type { SourceSpec } from "./sources.ts";

/** What {@link refuseStep} looks at: the source, and the steps so far. */
export interface PlanSoFar {
  readonly source: SourceSpec;
  readonly steps: readonly { readonly verb: Verb; readonly options: object }[];
}

/**
 * Refuses a step whose options do not go with its kind of host, or with the steps before it. That the verb may come next is looked
 * at elsewhere.
 *
 * @throws `PLAN_INVALID`, and `HOST_TOOL_UNSUITABLE` for a tool that cannot capture, or not there.
 */
export function refuseStep(
  { source, steps }: PlanSoFar,
  { verb, options }: { readonly verb: Verb; readonly options: object },
): void {
  const details = { step: steps.length + 1, verb };
  if (verb === "prepare") refuseUnreachable(source, options as PrepareOptions, details);
  if (verb === "capture") {
    const prepare = steps.find((earlier) => earlier.verb === "prepare")?.options as
      | PrepareOptions
      | undefined;
    refuseNeedless(source, options as CaptureOptions, details);
    refuseTool(source, options as CaptureOptions, prepare, details);
  }
}
