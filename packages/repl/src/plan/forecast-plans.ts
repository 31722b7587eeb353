import { type Forecast, forecastOf, type Plan, type World } from "@sampan/sdk";
import { type CommandCall, optionSet } from "../command-call.ts";
import { ensureDemoDisk } from "../demo/demo-disk.ts";
import { openHostOf } from "../disk/open-host-target.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
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
  const { options, env } = call;
  const stop = new AbortController();
  const release = catchInterrupts((reason) => stop.abort(reason));
  try {
    const forecasts: ForecastOfPlan[] = [];
    for (const plan of file.plans) {
      const offline = optionSet(options, "offline");
      if (!offline && plan.source.kind === "image-file") await ensureDemoDisk(plan.source.path);
      const found = await forecastOf(plan, {
        ...surroundingsOf(call, { folder: file.folder, plan }),
        env,
        openHost: (source) => openHostOf(call, source),
        signal: stop.signal,
        offline,
        again: optionSet(options, "again"),
      });
      forecasts.push({ plan, ...found });
    }
    return forecasts;
  } finally {
    release();
  }
}
