import { isSampanError } from "@sampan/core";
import { tellSettings } from "../debug-log/tell.ts";
import { applySettings, type SettledCall } from "./apply-settings.ts";

/** Puts the settings of files into this process's variables, where the library that a shell's lines call looks for them. */
export function settleProcess(
  env: NodeJS.ProcessEnv,
  settled: Pick<SettledCall, "env" | "configured">,
): void {
  const { profile, region } = settled.configured;
  for (const name of ["SAMPAN_CLOUD", "SAMPAN_HOME", "SAMPAN_LANG", "SAMPAN_SUGGESTIONS"]) {
    const value = settled.env[name];
    if (value !== undefined) env[name] = value;
  }
  if (profile !== undefined) env.ALIBABA_CLOUD_PROFILE = profile.value;
  if (region !== undefined) env.ALIBABA_CLOUD_REGION_ID = region.value;
}

/**
 * Does so for a shell at a terminal. A project's file that computes is not run. Gives what is wrong with the files, in words; `undefined` when
 * nothing is.
 */
export async function settleShell(env: NodeJS.ProcessEnv, cwd: string): Promise<string | undefined> {
  try {
    const settled = await applySettings({ entry: { options: [] }, options: {}, env, cwd });
    settleProcess(env, settled);
    tellSettings(settled.loaded.settings);
    const { passedOver } = settled.loaded;
    return passedOver === null
      ? undefined
      : `${passedOver.path} computes its settings; the shell does not run it`;
  } catch (error) {
    if (!isSampanError(error)) throw error;
    return `${error.message}: no settings of files count`;
  }
}
