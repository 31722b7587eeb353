import { resolve } from "node:path";
import { chooseCloud, type Forecast, forecastOf, type Plan, sampanHome, type World } from "@sampan/sdk";
import { type CommandCall, optionSet, optionText } from "../command-call.ts";
import { openHostOf } from "../disk/open-host-target.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import type { PlanFile } from "./load-plan.ts";

/** A plan, what it would do, and the world that was looked at for it. */
export interface ForecastOfPlan {
  readonly plan: Plan;
  readonly forecast: Forecast;
  /** `null` with `--offline`. */
  readonly world: World | null;
}

/** Looks at the world for each plan of a file, one after the other, and says what each would do. */
export async function forecastPlans(call: CommandCall, file: PlanFile): Promise<readonly ForecastOfPlan[]> {
  const { options, env, cwd } = call;
  const stop = new AbortController();
  const release = catchInterrupts((reason) => stop.abort(reason));
  try {
    const forecasts: ForecastOfPlan[] = [];
    for (const plan of file.plans) {
      const found = await forecastOf(plan, {
        home: homeOf(call, file),
        cloud: chooseCloud({
          flag: optionText(options, "cloud"),
          profile: optionText(options, "profile"),
          plan,
          env,
        }),
        env,
        openHost: (source) => openHostOf(call, source),
        signal: stop.signal,
        offline: optionSet(options, "offline"),
        again: optionSet(options, "again"),
      });
      forecasts.push({ plan, ...found });
    }
    return forecasts;
  } finally {
    release();
  }

  function homeOf({ options: given }: CommandCall, { folder }: PlanFile): string {
    const named = optionText(given, "home");
    return named === undefined ? sampanHome({ env, baseFolder: folder }) : resolve(cwd, named);
  }
}
