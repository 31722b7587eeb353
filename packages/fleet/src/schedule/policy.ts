import { SampanError } from "@sampan/core";
import { z } from "zod";
import type { FleetPolicy } from "../fleet-policy.ts";
import { isAlwaysPaused, siteClocks } from "./blackouts.ts";

/** A policy with its defaults filled in. */
export type WholePolicy = Required<FleetPolicy>;

/** What holds where a policy does not say. */
export const usualPolicy: WholePolicy = {
  waves: [],
  canaries: 0,
  failureLimit: 0.1,
  hostsPerSite: 10,
  hostsAtOnce: 100,
  blackouts: [],
  bandwidth: {},
};

const mostHosts = 1_000_000;
const name = z.string().min(1);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day is HH:MM, 00:00 to 23:59");
const limit = z.int().min(1).max(mostHosts);

const policySchema = z.strictObject({
  waves: z
    .array(name)
    .refine((waves) => new Set(waves).size === waves.length, "names a wave twice")
    .optional(),
  canaries: z.int().min(0).max(mostHosts).optional(),
  failureLimit: z.number().min(0).max(1).optional(),
  hostsPerSite: limit.optional(),
  hostsAtOnce: limit.optional(),
  blackouts: z
    .array(
      z.strictObject({
        site: name.optional(),
        days: z
          .array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
          .min(1)
          .optional(),
        from: timeOfDay,
        to: timeOfDay,
        timeZone: z.string().refine(isTimeZone, "is no time zone by its IANA name, such as Asia/Shanghai"),
      }),
    )
    .optional(),
  bandwidth: z.record(name, z.number().positive()).optional(),
});

/**
 * Checks a policy that comes from a file or a program.
 *
 * @throws `FLEET_POLICY_INVALID` naming the first field that is wrong.
 */
export function parseFleetPolicy(value: unknown): FleetPolicy {
  const result = policySchema.safeParse(value);
  // What a program says to be `undefined` is not said: the usual holds.
  if (result.success)
    return Object.fromEntries(Object.entries(result.data).filter(([, said]) => said !== undefined));
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join(".") ?? "";
  throw invalid(`${path === "" ? "" : `${path}: `}${issue?.message ?? "not valid"}`, path);
}

/** Checks a policy, fills in what it does not say, and refuses one by which a site of the fleet could never begin. */
export function wholePolicy(policy: FleetPolicy, sites: ReadonlySet<string>, nowMs: number): WholePolicy {
  const whole = { ...usualPolicy, ...parseFleetPolicy(policy) };
  const clockOf = siteClocks(whole.blackouts);
  for (const site of sites) {
    if (isAlwaysPaused(clockOf(site), nowMs))
      throw invalid(`blackouts: they leave site ${site} no hour of the week to begin in`, "blackouts");
  }
  return whole;
}

function invalid(problem: string, path: string): SampanError {
  return new SampanError("FLEET_POLICY_INVALID", `reading the policy of the fleet: ${problem}`, {
    details: { path },
  });
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
