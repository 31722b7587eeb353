import { defineTool } from "./define-tool.ts";
import type { Tool, ToolName } from "./tool.ts";

/** A program with windows alone, or of whose command line nothing is known that could be relied on. */
export function toolByHand(setup: {
  readonly name: ToolName;
  readonly title: string;
  readonly page: string;
  readonly programs: readonly string[];
  readonly usedFor: string;
  readonly instead: string;
  /** What to do at its windows. */
  readonly steps: string;
}): Tool {
  const { steps, ...rest } = setup;
  return defineTool({
    ...rest,
    systems: ["windows"],
    canDo: () => ({ why: "no command line of it is documented, so it is used by hand", instead: steps }),
    args: () => [],
  });
}
