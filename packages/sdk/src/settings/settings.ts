import { z } from "zod";
import { regionId } from "../plan/option-parts.ts";

/** Places a setting may stand in, besides the command line and the environment. */
export type SettingPlace = "project" | "user";

/** What the table says of one setting. */
export interface SettingEntry {
  readonly schema: z.ZodType;
  /** What it takes, in a few words. */
  readonly takes: string;
  /** What holds where nothing was said; `null` where that depends on something else. */
  readonly fallback: string | number | readonly string[] | Readonly<Record<string, string>> | null;
  /** Variables that say it, in the order in which they are asked. */
  readonly env: readonly string[];
  /** The option of the command line; `null` where there is none. */
  readonly flag: string | null;
  readonly summary: string;
  readonly places: readonly SettingPlace[];
  /** True where the project's file counts before the environment: what a project says is not undone by a variable that happens to be set. */
  readonly projectFirst?: true;
}

const both: readonly SettingPlace[] = ["project", "user"];

/** Rates as `sampan run --bandwidth` takes them. */
const rate = z
  .string()
  .regex(
    /^\d{1,12}(\.\d{1,6})? ?([kmg]?(bit|bps)|B|[kKMG]B|[KMG]iB)(\/s)?$/i,
    "a rate such as 100mbit or 12MB/s",
  );
const ruleCode = z.string().regex(/^SMP\d{3}$/, "a code such as SMP107");
const ruleLevel = z.enum(["off", "hint", "info", "warning", "error"]);

/**
 * Every setting: the schema of `sampan.config.ts` and `config.json`, the lines of `sampan config`, `sampan help environment` and the
 * manual are made from this table.
 */
export const settings = {
  cloud: {
    schema: z.enum(["simulator", "alibaba"]).describe("Which cloud runs talk to, where the plan names none."),
    takes: "simulator or alibaba",
    fallback: "simulator",
    env: ["SAMPAN_CLOUD"],
    flag: "--cloud",
    summary: "which cloud runs talk to, where the plan names none",
    places: both,
    projectFirst: true,
  },
  profile: {
    schema: z
      .string()
      .regex(/^[^\s/\\]{1,128}$/u, "a name without spaces")
      .describe(
        "Which profile of `~/.aliyun/config.json` is used for a real account, where the plan names none.",
      ),
    takes: "a name",
    fallback: null,
    env: ["ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"],
    flag: "--profile",
    summary: "which profile of ~/.aliyun/config.json is used for a real account, where the plan names none",
    places: both,
  },
  region: {
    schema: regionId.describe("Region of calls that concern none in particular."),
    takes: "a region, such as cn-hangzhou",
    fallback: null,
    env: [
      "ALIBABA_CLOUD_REGION_ID",
      "ALIBABA_CLOUD_REGION",
      "ALIBABACLOUD_REGION_ID",
      "ALIBABACLOUD_REGION",
      "ALICLOUD_REGION_ID",
      "ALICLOUD_REGION",
    ],
    flag: "--region",
    summary: "region of calls that concern none in particular (without any: the profile's, else cn-hangzhou)",
    places: both,
  },
  home: {
    schema: z
      .string()
      .min(1)
      .max(4096)
      .describe("Folder of journals and rehearsals, from the folder of the file that says so."),
    takes: "a folder",
    fallback: null,
    env: ["SAMPAN_HOME"],
    flag: "--home",
    summary: "folder of journals and rehearsals (without any: .sampan beside the plan)",
    places: both,
  },
  lang: {
    schema: z.enum(["en", "zh-CN"]).describe("Language of what is said to people."),
    takes: "en or zh-CN",
    fallback: null,
    env: ["SAMPAN_LANG"],
    flag: null,
    summary: "language of what is said to people (without any: that of the locale)",
    places: both,
  },
  suggestions: {
    schema: z
      .enum(["on", "off"])
      .describe("Whether the shell offers earlier inputs and says how calls are written, while one types."),
    takes: "on or off",
    fallback: "on",
    env: ["SAMPAN_SUGGESTIONS"],
    flag: null,
    summary: "whether the shell offers earlier inputs and says how calls are written, while one types",
    places: both,
  },
  bandwidth: {
    schema: rate.describe("What all uploads of a command may send together, such as `100mbit` or `12MB/s`."),
    takes: "a rate, such as 100mbit or 12MB/s",
    fallback: null,
    env: ["SAMPAN_BANDWIDTH"],
    flag: "--bandwidth",
    summary: "what all uploads of a run may send together (without any: no limit)",
    places: both,
  },
  parallel: {
    schema: z.int().min(1).max(64).describe("How many plans run at once; 1 to 64."),
    takes: "a whole number from 1 to 64",
    fallback: 4,
    env: ["SAMPAN_PARALLEL"],
    flag: "--parallel",
    summary: "how many plans run at once",
    places: both,
  },
  rules: {
    schema: z
      .record(ruleCode, ruleLevel)
      .describe('Levels of the rules that plans are checked by, by code: `{ SMP107: "off" }`.'),
    takes: "levels (off, hint, info, warning, error) by code",
    fallback: {},
    env: [],
    flag: null,
    summary: "levels of the rules by which plans are checked",
    places: both,
  },
  extraRegions: {
    schema: z
      .array(regionId)
      .max(200)
      .describe("Regions that exist for this account besides those Sampan knows, as in a finance cloud."),
    takes: "a list of regions",
    fallback: [],
    env: [],
    flag: null,
    summary: "regions that exist for this account besides those Sampan knows",
    places: both,
  },
} as const satisfies Record<string, SettingEntry>;

/** Name of a setting. */
export type SettingName = keyof typeof settings;

/** Names of all settings, in the order of the table. */
export const settingNames = Object.keys(settings) as readonly SettingName[];

/** The table entry of a setting. */
export function settingEntry(name: SettingName): SettingEntry {
  return settings[name];
}

/** Values of settings, as one file or the whole of them says. */
export type SettingValues = {
  readonly [Name in SettingName]?: z.output<(typeof settings)[Name]["schema"]>;
};
