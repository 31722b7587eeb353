import { resolve } from "node:path";
import { type CloudChoice, chooseCloud, type Plan, sampanHome } from "@sampan/sdk";
import { type CommandCall, optionText } from "../command-call.ts";

/** Where a command works, or looks for what it is asked. */
export interface CallSurroundings {
  /** Folder of its journals, and of the built-in simulator. */
  readonly home: string;
  readonly cloud: CloudChoice;
}

/** What a command works on. */
export interface WorkedOn {
  /** Folder of the plan's file; the working folder by default. */
  readonly folder?: string;
  readonly plan?: Plan;
}

/** Where a command works: by its options, the plan, the files of settings and the environment. */
export function surroundingsOf(call: CommandCall, { folder, plan }: WorkedOn = {}): CallSurroundings {
  const { options, env, configured } = call;
  return {
    home: homeOf(call, folder),
    cloud: chooseCloud({
      flag: optionText(options, "cloud"),
      profile: optionText(options, "profile"),
      plan,
      configured,
      env,
    }),
  };
}

/** Folder of the journals: that of `--home`, from the working folder; else as `sampanHome` says. */
export function homeOf({ options, env, cwd }: CommandCall, folder = cwd): string {
  const named = optionText(options, "home");
  return named === undefined ? sampanHome({ env, baseFolder: folder }) : resolve(cwd, named);
}
