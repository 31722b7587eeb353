import type { FaultEffect } from "../../faults.ts";
import type { ImageJob } from "./records.ts";

/** What a fault does to the import or copy a call begins. */
export function faultOfJob(
  effect: FaultEffect | undefined,
  defaultCode: string,
): Pick<ImageJob, "failure" | "hang"> {
  if (effect?.kind === "jobFails") {
    const { atPercent, code = defaultCode, message = "a fault of the simulator ended the task" } = effect;
    return { failure: { atPercent, code, message }, hang: null };
  }
  if (effect?.kind === "jobHangs") {
    return { failure: null, hang: { status: effect.status, atPercent: effect.atPercent ?? 0 } };
  }
  return { failure: null, hang: null };
}
