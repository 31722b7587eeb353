import { SampanError } from "@sampan/core";
import { type SettingName, settingEntry, settingNames } from "@sampan/sdk/settings";
import { closestNames } from "../terminal/closest-names.ts";
import type { ConfigFile } from "./config-files.ts";

/** One setting as a file says it. */
export interface StatedSetting {
  readonly value: unknown;
  /** From 1; `null` where the file was run. */
  readonly line: number | null;
}

/** Everything one file says. */
export interface StatedSettings {
  readonly file: ConfigFile;
  readonly values: ReadonlyMap<SettingName, StatedSetting>;
}

// Names by which keys, tokens and passwords go, in any spelling.
const secretName =
  /secret|passw|token|credential|private_?-?key|access_?-?key|api_?-?key|^(ak|sk|sts)$|signature|passphrase/i;
// Values that are secrets whatever they are called.
const secretValue =
  /LTAI[A-Za-z0-9]{10,}|STS\.[A-Za-z0-9]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^/\s:@]+:[^/\s@]+@/;

/**
 * Checks what a file of settings holds.
 *
 * @throws `CONFIG_SECRET_REFUSED` naming the key and never its value; `CONFIG_SETTING_INVALID` for unknown keys, values a setting does not
 * take, and settings that have no place in such a file.
 */
export function checkSettings(
  file: ConfigFile,
  value: unknown,
  lines: ReadonlyMap<string, number>,
): StatedSettings {
  const where = (key: string): string => {
    const line = lines.get(key);
    return line === undefined ? file.path : `${file.path}:${line}`;
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SampanError("CONFIG_SETTING_INVALID", `reading ${file.path}: it holds no settings by name`, {
      hint: 'Write for example `export default defineConfig({ region: "cn-shanghai" });`, or {"region": "cn-shanghai"} in JSON.',
    });
  }
  refuseSecrets(value, [], where);
  const values = new Map<SettingName, StatedSetting>();
  for (const [key, given] of Object.entries(value)) {
    if (key === "$schema" || given === undefined) continue;
    const name = knownName(key, where(key));
    const { places, schema, takes } = settingEntry(name);
    if (!places.includes(file.place)) {
      throw new SampanError(
        "CONFIG_SETTING_INVALID",
        `reading ${where(key)}: ${key} has no place in a ${file.place}'s file`,
      );
    }
    const checked = schema.safeParse(given);
    if (!checked.success) {
      const { path, message } = checked.error.issues[0] ?? { path: [], message: "not as it should be" };
      const full = [key, ...path.map(String)].join(".");
      throw new SampanError(
        "CONFIG_SETTING_INVALID",
        `reading ${where(full)}: ${full} takes ${takes}: ${lower(message)}`,
        {
          details: { file: file.path, setting: full },
        },
      );
    }
    values.set(name, { value: checked.data, line: lines.get(key) ?? null });
  }
  return { file, values };
}

function knownName(key: string, where: string): SettingName {
  const known = settingNames.find((name) => name === key);
  if (known !== undefined) return known;
  const [near] = closestNames(key, settingNames);
  throw new SampanError(
    "CONFIG_SETTING_INVALID",
    `reading ${where}: there is no setting ${JSON.stringify(key)}`,
    {
      hint: near === undefined ? `Settings are ${settingNames.join(", ")}.` : `Did you mean ${near}?`,
    },
  );
}

function refuseSecrets(value: unknown, path: readonly string[], where: (key: string) => string): void {
  const key = path.join(".");
  const isSecret =
    (path.length > 0 && secretName.test(path.at(-1) ?? "")) ||
    (typeof value === "string" && secretValue.test(value));
  if (isSecret) {
    // The key is told, the value never: it may be a working one.
    throw new SampanError("CONFIG_SECRET_REFUSED", `reading ${where(key)}: ${key} is, or holds, a secret`, {
      details: { setting: key },
    });
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) refuseSecrets(inner, [...path, name], where);
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
