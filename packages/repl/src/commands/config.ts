import { SampanError } from "@sampan/core";
import { settingEntry, settingNames } from "@sampan/sdk/settings";
import { type CommandFunction, optionSet } from "../command-call.ts";
import { placeOf } from "../settings/apply-settings.ts";
import type { LoadedSettings } from "../settings/load-settings.ts";
import type { ResolvedSetting, SaidSetting } from "../settings/resolve-settings.ts";
import { closestNames } from "../terminal/closest-names.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** `sampan config [NAME]`: says what each setting is, where it was said, and what that overrode. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const loaded = call.settings;
  if (loaded === undefined) throw new SampanError("CORE_INTERNAL", "no settings were looked up");
  if (loaded instanceof Error) throw loaded;
  const { settings } = loaded;
  const name = call.args[0];
  const chosen = name === undefined ? settings : [settingNamed(settings, name)];
  if (output.asJson) {
    const [only] = chosen;
    output.json(name === undefined ? { settings: chosen, ...surroundings(loaded) } : only);
    return 0;
  }
  if (optionSet(call.options, "explain")) {
    output.data(chosen.map(explained).join("\n\n"));
    if (name === undefined) {
      const { files } = surroundings(loaded);
      output.data(["", "files", ...files.map((one) => `  ${one.path}${one.state}`)].map(oneLine).join("\n"));
    }
    return 0;
  }
  if (name !== undefined) {
    for (const setting of chosen) output.data(oneLine(text(setting.value)));
    return 0;
  }
  const rows = chosen.map((one) => [one.name, text(one.value), origin(one)] as const);
  const widths = [0, 1].map((column) =>
    Math.min(40, Math.max(...rows.map((row) => row[column]?.length ?? 0))),
  );
  for (const [setting, value, from] of rows) {
    output.data(oneLine(`${setting.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${from}`));
  }
  return 0;
};

function settingNamed(settings: readonly ResolvedSetting[], name: string): ResolvedSetting {
  const found = settings.find((one) => one.name === name);
  if (found !== undefined) return found;
  const [near] = closestNames(name, settingNames);
  throw new SampanError("COMMAND_USAGE", `there is no setting ${JSON.stringify(name)}`, {
    hint: near === undefined ? `Settings are ${settingNames.join(", ")}.` : `Did you mean ${near}?`,
  });
}

function explained(setting: ResolvedSetting): string {
  const { takes, env, flag, summary, places } = settingEntry(setting.name);
  const said = [
    ...(flag === null ? [] : [flag]),
    ...env,
    ...(places.includes("project") ? ["sampan.config.ts"] : []),
    ...(places.includes("user") ? ["config.json"] : []),
  ];
  return [
    `${setting.name} = ${text(setting.value)}`,
    `  from      ${origin(setting)}`,
    ...setting.overrode.map((one) => `  overrode  ${text(one.value)}, from ${origin(one)}`),
    ...(setting.problem === null ? [] : [`  problem   ${setting.problem}`]),
    `  is        ${summary}`,
    `  takes     ${takes}`,
    `  said by   ${said.join(", ")}`,
  ]
    .map(oneLine)
    .join("\n");
}

function surroundings({ read, passedOver, userFile: user }: LoadedSettings) {
  const isRead = (path: string) => read.some((file) => file.path === path);
  const files = [
    ...read.map(({ path }) => ({ path, state: "" })),
    ...(passedOver === null
      ? []
      : [{ path: passedOver.path, state: " (computes its settings; not run here)" }]),
    ...(isRead(user.path) ? [] : [{ path: user.path, state: " (not there, or not read)" }]),
  ];
  return { files };
}

function origin({ origin: said }: SaidSetting): string {
  if (said.kind === "default") return "default";
  return said.kind === "environment" ? `variable ${said.name}` : placeOf(said);
}

function text(value: unknown): string {
  if (value === null) return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}
