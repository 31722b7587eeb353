import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import { planFingerprint } from "@sampan/sdk";
import { argument, type CommandFunction, optionText } from "../command-call.ts";
import { loadPlanFile } from "../plan/load-plan.ts";
import { planJson, printPlans } from "../plan/print-plan.ts";

/** `sampan plan PLAN`: says what would be done; does nothing. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const { plans } = await loadPlanFile(argument(call, 0), call.cwd);
  const out = optionText(call.options, "out");
  if (out !== undefined) {
    try {
      await writeFile(resolve(call.cwd, out), `${JSON.stringify(planJson(plans), null, 2)}\n`);
    } catch (error) {
      throw new SampanError(
        "COMMAND_WRITE_FAILED",
        `writing the plan to ${out}: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
    output.talk(`written to ${out}; \`sampan run ${out}\` runs it`);
  }
  if (out === undefined || output.asJson) printPlans(output, plans);
  for (const plan of plans) output.talk(output.talkColours.dim(`fingerprint ${planFingerprint(plan)}`));
  return 0;
};
