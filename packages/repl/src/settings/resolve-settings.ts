import { dirname, resolve } from "node:path";
import { type SettingName, settingEntry, settingNames } from "@sampan/sdk/settings";
import type { StatedSettings } from "./check-settings.ts";

/** Where a value was said. */
export interface SettingOrigin {
  readonly kind: "flag" | "environment" | "project" | "user" | "default";
  /** The option, the variable or the file; empty for a default. */
  readonly name: string;
  /** Line of the file, from 1; `null` where it is not known or there is none. */
  readonly line: number | null;
}

/** A value, and where it was said. */
export interface SaidSetting {
  readonly value: unknown;
  readonly origin: SettingOrigin;
}

/** A setting: what counts, and what was said besides. */
export interface ResolvedSetting extends SaidSetting {
  readonly name: SettingName;
  /** What the value that counts overrode, the strongest first; defaults are left out. */
  readonly overrode: readonly SaidSetting[];
  /** What is wrong with a value of the environment; `null` when nothing is. */
  readonly problem: string | null;
}

/** Everything settings are resolved from. */
export interface SettingSources {
  /** Values of the command line, by setting. */
  readonly flags: Readonly<Partial<Record<SettingName, unknown>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: readonly StatedSettings[];
  readonly cwd: string;
}

/** Decides what each setting is: the strongest that says something counts. Levels of rules are laid over each other one by one. Pure. */
export function resolveSettings(sources: SettingSources): readonly ResolvedSetting[] {
  return settingNames.map((name) => resolveSetting(name, sources));
}

function resolveSetting(name: SettingName, sources: SettingSources): ResolvedSetting {
  const entry = settingEntry(name);
  const [project, user] = (["project", "user"] as const).map((place) => saidInFile(name, place, sources));
  const flag = saidByFlag(name, sources);
  const environment = saidByEnvironment(name, sources);
  const order = entry.projectFirst ? [flag, project, environment, user] : [flag, environment, project, user];
  const said = order.filter((one) => one !== undefined);
  const first = said[0] ?? {
    value: entry.fallback,
    origin: { kind: "default", name: "", line: null } as const,
  };
  const problem =
    first.origin.kind === "environment" && !entry.schema.safeParse(first.value).success
      ? `${first.origin.name} is set to what is not ${entry.takes}`
      : null;
  const value =
    name === "rules" ? Object.assign({}, ...[...said].reverse().map((one) => one.value)) : first.value;
  return { name, value, origin: first.origin, overrode: said.slice(1), problem };
}

function saidByFlag(name: SettingName, { flags, cwd }: SettingSources): SaidSetting | undefined {
  const value = flags[name];
  if (value === undefined) return undefined;
  const path = name === "home" && typeof value === "string" ? resolve(cwd, value) : value;
  return { value: path, origin: { kind: "flag", name: settingEntry(name).flag ?? "", line: null } };
}

function saidByEnvironment(name: SettingName, { env, cwd }: SettingSources): SaidSetting | undefined {
  const { env: variables } = settingEntry(name);
  const variable = variables.find((candidate) => (env[candidate] ?? "").trim() !== "");
  if (variable === undefined) return undefined;
  const text = (env[variable] ?? "").trim();
  const typed = name === "parallel" && /^\d{1,4}$/.test(text) ? Number(text) : text;
  const value = name === "home" ? resolve(cwd, text) : typed;
  return { value, origin: { kind: "environment", name: variable, line: null } };
}

function saidInFile(
  name: SettingName,
  place: "project" | "user",
  { files }: SettingSources,
): SaidSetting | undefined {
  const stated = files.find(({ file }) => file.place === place);
  const found = stated?.values.get(name);
  if (stated === undefined || found === undefined) return undefined;
  // A folder is meant from the file that names it.
  const value =
    name === "home" && typeof found.value === "string"
      ? resolve(dirname(stated.file.path), found.value)
      : found.value;
  return { value, origin: { kind: place, name: stated.file.path, line: found.line } };
}
