import { SampanError } from "@sampan/core";
import type { CloudWishes } from "@sampan/sdk";
import type { SettingName } from "@sampan/sdk/settings";
import type { OptionValues } from "../command-call.ts";
import type { OptionEntry } from "../command-options.ts";
import { type LoadedSettings, loadSettings } from "./load-settings.ts";
import type { ResolvedSetting } from "./resolve-settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a command line is about to run with. */
export interface UnsettledCall {
  readonly entry: { readonly options: readonly OptionEntry[]; readonly executesPlan?: boolean };
  readonly options: OptionValues;
  readonly env: Environment;
  readonly cwd: string;
}

/** The same, with the settings of files and variables in it. */
export interface SettledCall {
  readonly options: OptionValues;
  readonly env: Environment;
  /** What the files say of the account, for {@link CloudWishes}. */
  readonly configured: NonNullable<CloudWishes["configured"]>;
  readonly loaded: LoadedSettings;
}

/** Settings that reach a command as the variable that also says them. */
const byVariable: Partial<Readonly<Record<SettingName, string>>> = {
  cloud: "SAMPAN_CLOUD",
  home: "SAMPAN_HOME",
  lang: "SAMPAN_LANG",
  suggestions: "SAMPAN_SUGGESTIONS",
};
/** Settings that reach a command as its option, where it has that and nobody typed it. */
const byOption: readonly SettingName[] = ["bandwidth", "parallel"];

/**
 * Gives a command the settings that nobody typed. A plan still counts before the cloud, the profile and the region of files, so those are
 * handed over beside the options.
 *
 * @throws `CONFIG_LOAD_FAILED`, `CONFIG_SETTING_INVALID`, `CONFIG_SECRET_REFUSED`.
 */
export async function applySettings(call: UnsettledCall): Promise<SettledCall> {
  const { entry, options, env, cwd } = call;
  const loaded = await loadSettings({
    env,
    cwd,
    execute: entry.executesPlan === true || options.execute === true,
    files: options.config !== false,
  });
  const variables: Record<string, string | undefined> = { ...env };
  const chosen: Record<string, unknown> = { ...options };
  for (const setting of loaded.settings) {
    const { name, value, origin } = setting;
    const variable = byVariable[name];
    if (variable !== undefined && isOfFile(setting)) variables[variable] = String(value);
    if (byOption.includes(name) && origin.kind !== "default" && hasOption(entry, name)) {
      if (setting.problem !== null && options[name] === undefined) throw badVariable(setting);
      chosen[name] ??= value;
    }
  }
  const configured = Object.fromEntries(
    loaded.settings
      .filter((setting) => (setting.name === "profile" || setting.name === "region") && isOfFile(setting))
      .map(({ name, value, origin }) => [name, { value: String(value), origin: placeOf(origin) }]),
  );
  return { options: chosen, env: variables, configured, loaded };
}

/** A place of a file as people read it: `sampan.config.ts:4`. */
export function placeOf({ name, line }: ResolvedSetting["origin"]): string {
  return line === null ? name : `${name}:${line}`;
}

function isOfFile({ origin }: ResolvedSetting): boolean {
  return origin.kind === "project" || origin.kind === "user";
}

function hasOption(entry: UnsettledCall["entry"], name: SettingName): boolean {
  return entry.options.some(({ flags, setting }) => setting === name && flags.includes(`--${name}`));
}

function badVariable({ origin, problem }: ResolvedSetting): SampanError {
  return new SampanError("CONFIG_SETTING_INVALID", `reading the environment: ${problem}`, {
    hint: `Correct ${origin.name}, or unset it.`,
  });
}
