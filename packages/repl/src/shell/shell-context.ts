import { defaultRegion } from "@sampan/core";
import { knownProfiles } from "../run/known-profiles.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where what is typed would take effect, as the prompt shows it. */
export interface ShellContext {
  /** As `SAMPAN_CLOUD` has it; the SDK judges whether it is a cloud at all. */
  readonly cloud: string;
  readonly rehearsal: boolean;
  /** Of a real account; `null` where none is named. */
  readonly profile: string | null;
  /** Where `images()` looks, unless it is told. */
  readonly region: string;
}

/** The variables by which `:cloud`, `:profile` and `:region` say what holds from then on. */
export const contextVariables = {
  cloud: "SAMPAN_CLOUD",
  profile: "ALIBABA_CLOUD_PROFILE",
  region: "ALIBABA_CLOUD_REGION_ID",
} as const;

/** What `:cloud` takes. */
export const clouds = ["simulator", "alibaba"] as const;

const otherNames = {
  profile: ["ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"],
  region: [
    "ALIBABA_CLOUD_REGION",
    "ALIBABACLOUD_REGION_ID",
    "ALIBABACLOUD_REGION",
    "ALICLOUD_REGION_ID",
    "ALICLOUD_REGION",
  ],
} as const;

/** Reads it from the environment, and the region of a real account from its profile. Asks no cloud and loads no SDK. */
export function shellContext(env: Environment): ShellContext {
  const cloud = env[contextVariables.cloud] || "simulator";
  if (cloud !== "alibaba") {
    return { cloud, rehearsal: true, profile: null, region: named(env, "region") ?? defaultRegion };
  }
  const wanted = named(env, "profile");
  const profiles = knownProfiles(env);
  const held = profiles.find(({ name, current }) => (wanted === undefined ? current : name === wanted));
  return {
    cloud,
    rehearsal: false,
    profile: wanted ?? held?.name ?? null,
    region: named(env, "region") ?? (held?.region || defaultRegion),
  };
}

function named(env: Environment, what: "profile" | "region"): string | undefined {
  return [contextVariables[what], ...otherNames[what]].map((name) => env[name]).find(Boolean);
}
