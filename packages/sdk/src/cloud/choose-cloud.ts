import type { CloudIdentity } from "@sampan/core";
import { SampanError } from "@sampan/core";
import type { Plan } from "../plan/plan.ts";

/** Which cloud a run talks to: the built-in simulator, one that is already listening, or Alibaba Cloud. */
export type CloudChoice = (
  | { readonly kind: "simulator"; readonly endpoint?: string }
  | { readonly kind: "alibaba" }
) & {
  /** Profile of the account that was asked for, by whom: `--profile` or the plan. */
  readonly profile?: { readonly name: string; readonly origin: string };
};

/** Where {@link chooseCloud} looks, first to last. */
export interface CloudWishes {
  /** What the command line says: `simulator` or `alibaba`. */
  readonly flag?: string | undefined;
  /** Profile the command line names; wins over the plan's. */
  readonly profile?: string | undefined;
  readonly plan?: Plan | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Chooses the cloud: the flag, then the plan's `Migration.with({ cloud })`, then `SAMPAN_CLOUD`; with none of them the
 * simulator. `SAMPAN_SIMULATOR=URL` names a simulator that is listening, in place of the built-in one.
 *
 * The profile is the flag's, else the plan's `Migration.with({ profile })`; variables that name one are read only where a real
 * account was chosen. Credentials in the environment never choose a real account. `PLAN_INVALID` for a name that is no cloud.
 */
export function chooseCloud(wishes: CloudWishes): CloudChoice {
  const profile = wantedProfile(wishes);
  const choice = chosen(wishes);
  return profile === undefined ? choice : { ...choice, profile };
}

function wantedProfile({ profile, plan }: CloudWishes): CloudChoice["profile"] {
  if (profile !== undefined && profile !== "") return { name: profile, origin: "--profile" };
  const planned = plan?.context.profile;
  return planned === undefined ? undefined : { name: planned, origin: "the plan" };
}

function chosen(wishes: CloudWishes): CloudChoice {
  const name = wishes.flag ?? wishes.plan?.context.cloud ?? wishes.env.SAMPAN_CLOUD ?? "simulator";
  if (name === "alibaba") return { kind: "alibaba" };
  if (name !== "simulator") {
    throw new SampanError("PLAN_INVALID", `choosing the cloud: ${JSON.stringify(name)} is none`, {
      hint: "Use `simulator` or `alibaba`.",
    });
  }
  const endpoint = wishes.env.SAMPAN_SIMULATOR;
  if (endpoint === undefined || endpoint === "") return { kind: "simulator" };
  if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== "http:") {
    throw new SampanError(
      "PLAN_INVALID",
      `SAMPAN_SIMULATOR is ${JSON.stringify(endpoint)}, which is no http address`,
      {
        hint: "Use the endpoint that `sampan simulator` prints, such as http://localhost:40123.",
      },
    );
  }
  return { kind: "simulator", endpoint: new URL(endpoint).origin };
}

/** True for the simulator that lives and ends with the run. */
export function isBuiltIn(choice: CloudChoice): boolean {
  return choice.kind === "simulator" && choice.endpoint === undefined;
}

/** What events and results say of a choice. */
export function cloudIdentity(choice: CloudChoice): CloudIdentity {
  return choice.kind === "simulator"
    ? { name: "simulator", rehearsal: true, endpoint: choice.endpoint ?? null }
    : { name: "alibaba", rehearsal: false, endpoint: null };
}

/** Tells one cloud from another where runs of a plan are remembered. */
export function cloudKey(choice: CloudChoice): string {
  const cloud = choice.kind === "simulator" ? `simulator ${choice.endpoint ?? "built in"}` : "alibaba";
  return choice.profile === undefined ? cloud : `${cloud} profile ${choice.profile.name}`;
}
