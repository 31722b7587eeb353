import { resolve } from "node:path";
import { type CloudChoice, chooseCloud, type Plan, sampanHome } from "@sampan/sdk";
import { type CommandCall, optionText } from "../command-call.ts";
import type { PlanFile } from "./load-plan.ts";

/** Where a plan is run, or looked at for that. */
export interface PlanSurroundings {
  /** Folder of its journals. */
  readonly home: string;
  readonly cloud: CloudChoice;
}

/** Where a command runs a plan of a file: by its options, the plan, the files of settings and the environment. */
export function surroundingsOf(call: CommandCall, file: PlanFile, plan: Plan): PlanSurroundings {
  const { options, env, cwd, configured } = call;
  const home = optionText(options, "home");
  return {
    home: home === undefined ? sampanHome({ env, baseFolder: file.folder }) : resolve(cwd, home),
    cloud: chooseCloud({
      flag: optionText(options, "cloud"),
      profile: optionText(options, "profile"),
      plan,
      configured,
      env,
    }),
  };
}
