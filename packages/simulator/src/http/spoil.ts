import type { FaultEffect } from "../faults.ts";
import type { Answer, AnswerSpoiling } from "./answer.ts";

/** The page a proxy in between might send instead of the service's answer. */
export function htmlAnswer(status: number): Answer {
  return {
    status,
    headers: { "Content-Type": "text/html" },
    body: `<html><head><title>${status}</title></head><body><h1>${status}</h1><p>a proxy's page</p></body></html>\n`,
  };
}

/** The faults that act while an answer is being sent. */
export function spoilingOf(effect: FaultEffect | undefined): AnswerSpoiling {
  return effect?.kind === "cutAnswer" ? { cutAfterBytes: effect.afterBytes } : {};
}
