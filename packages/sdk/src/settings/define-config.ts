import type { SettingValues } from "./settings.ts";

/**
 * What `sampan.config.ts` exports: settings of a project. No secret belongs here; credentials stay where the vendor's tools keep them.
 *
 * Which setting counts is decided one by one: the command line, then the environment, then the project's file, then the user's. Of
 * `cloud` the project's file counts before the environment.
 */
export interface SampanConfig {
  /** Which cloud runs talk to, where the plan names none. Default: `simulator`. */
  readonly cloud?: SettingValues["cloud"];
  /** Profile of `~/.aliyun/config.json` for a real account, where the plan names none. */
  readonly profile?: string;
  /** Region of calls that concern none in particular. */
  readonly region?: string;
  /** Folder of journals and rehearsals, from this file's folder. Default: `.sampan` beside each plan. */
  readonly home?: string;
  /** Language of what is said to people. Default: that of the locale. */
  readonly lang?: SettingValues["lang"];
  /** What all uploads of a command may send together: `100mbit`, `12MB/s`. Default: no limit. */
  readonly bandwidth?: string;
  /** How many plans run at once, 1 to 64. Default: 4. */
  readonly parallel?: number;
  /** Levels of the rules that plans are checked by, by code. */
  readonly rules?: Readonly<Record<string, "off" | "hint" | "info" | "warning" | "error">>;
  /** Regions that exist for this account besides those Sampan knows. */
  readonly extraRegions?: readonly string[];
}

/**
 * Gives the settings back as they are; an editor completes and checks them by their type.
 *
 * @example
 * ```ts
 * import { defineConfig } from "sampan";
 *
 * export default defineConfig({
 *   region: "cn-shanghai",
 *   bandwidth: "200mbit",
 *   rules: { SMP107: "off" },
 * });
 * ```
 */
export function defineConfig(config: SampanConfig): SampanConfig {
  return config;
}
