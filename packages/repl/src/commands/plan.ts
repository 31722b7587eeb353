import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { SampanError } from "@sampan/core";
import { mergePolicies, planFingerprint, savedPlansJson } from "@sampan/sdk";
import { argument, type CommandCall, type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { say } from "../language/speech.ts";
import { type ForecastOfPlan, forecastPlans } from "../plan/forecast-plans.ts";
import { loadPlanFile } from "../plan/load-plan.ts";
import { forecastText } from "../render/forecast-text.ts";
import { tableStyleOf } from "../terminal/table.ts";

/**
 * `sampan plan PLAN`: looks at the world and says what would be done to it; changes nothing. Exit code 5 when something was found that
 * would stop the run.
 */
export const run: CommandFunction = async (call) => {
  const { output, options } = call;
  const file = await loadPlanFile(argument(call, 0), call.cwd, optionText(options, "plan"));
  const found = await forecastPlans(call, file);
  if (optionSet(options, "policy")) {
    const policy = mergePolicies(found.map(({ forecast }) => forecast.policy));
    if (output.asJson) output.json(policy);
    else output.data(JSON.stringify(policy, null, 2));
    return 0;
  }
  const out = optionText(options, "out");
  if (out !== undefined) await writePlans(call, out, found);
  print(call, found);
  for (const { plan } of found) output.talk(output.talkColours.dim(`fingerprint ${planFingerprint(plan)}`));
  if (out !== undefined) output.talk(say("forecast.written", { path: out }));
  const stops = found.some(({ forecast }) => forecast.problems.some(({ severity }) => severity === "stops"));
  return stops ? 5 : 0;
};

function print({ output, options }: CommandCall, found: readonly ForecastOfPlan[]): void {
  const forecasts = found.map(({ forecast }) => forecast);
  if (output.asJson) {
    output.json(forecasts.length === 1 ? forecasts[0] : forecasts);
    return;
  }
  const style = { all: optionSet(options, "all"), ...tableStyleOf(output), colours: output.colours };
  output.data(forecasts.map((forecast) => forecastText(forecast, style)).join("\n\n"));
}

async function writePlans(call: CommandCall, out: string, found: readonly ForecastOfPlan[]): Promise<void> {
  try {
    await writeFile(resolve(call.cwd, out), `${JSON.stringify(savedPlansJson(found), null, 2)}\n`);
  } catch (error) {
    throw new SampanError("COMMAND_WRITE_FAILED", `writing the plan to ${out}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
