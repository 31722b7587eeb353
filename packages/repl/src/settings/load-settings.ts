import type { ConfigFile } from "./config-files.ts";
import { findProjectConfig, userConfigFile } from "./config-files.ts";
import { readConfig } from "./read-config.ts";
import { type ResolvedSetting, resolveSettings, type SettingSources } from "./resolve-settings.ts";

/** What settings are looked up for. */
export interface SettingQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Values of the command line, by setting. */
  readonly flags?: SettingSources["flags"];
  /** Whether a project's file that computes its settings may be run. */
  readonly execute: boolean;
  /** False leaves both files unread: `--no-config`. */
  readonly files: boolean;
}

/** All settings, and the files they came from. */
export interface LoadedSettings {
  readonly settings: readonly ResolvedSetting[];
  /** Files that were read. */
  readonly read: readonly ConfigFile[];
  /** A project's file whose settings do not count here, since it would have to be run, and its text. */
  readonly passedOver: (ConfigFile & { readonly text: string }) | null;
  /** The user's file, whether it is there or not. */
  readonly userFile: ConfigFile;
}

/**
 * Looks all settings up. Reads at most two small files.
 *
 * @throws `CONFIG_LOAD_FAILED`, `CONFIG_SETTING_INVALID`, `CONFIG_SECRET_REFUSED`.
 */
export async function loadSettings(question: SettingQuestion): Promise<LoadedSettings> {
  const { env, cwd, flags = {}, execute } = question;
  const userFile = userConfigFile(env, cwd);
  const candidates = question.files ? [findProjectConfig(env, cwd), userFile] : [];
  const stated = [];
  let passedOver: LoadedSettings["passedOver"] = null;
  for (const file of candidates) {
    const reading = file === undefined ? undefined : await readConfig(file, execute);
    if (reading === undefined) continue;
    if ("computed" in reading) passedOver = { ...reading.file, text: reading.text };
    else stated.push(reading);
  }
  return {
    settings: resolveSettings({ flags, env, files: stated, cwd }),
    read: stated.map(({ file }) => file),
    passedOver,
    userFile,
  };
}
