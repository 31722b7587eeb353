import type { CloudIdentity } from "@sampan/core";
import { SampanError } from "@sampan/core";
import type { Plan } from "../plan/plan.ts";

/** Which cloud a run talks to: the built-in simulator, one that is already listening, or Alibaba Cloud. */
export type CloudChoice = (
  | { readonly kind: "simulator"; readonly endpoint?: string }
  | { readonly kind: "alibaba" }
) & {
  /** Profile of the account that was asked for, by whom: `--profile`, the plan, or a file of settings. */
  readonly profile?: { readonly name: string; readonly origin: string };
  /** Region of calls that concern none in particular, and where it was found: a file of settings. */
  readonly region?: { readonly value: string; readonly origin: string };
};

/** Where {@link chooseCloud} looks, first to last. */
export interface CloudWishes {
  /** What the command line says: `simulator` or `alibaba`. */
  readonly flag?: string | undefined;
  /** Profile the command line names; wins over the plan's. */
  readonly profile?: string | undefined;
  readonly plan?: Plan | undefined;
  /** What files of settings say of the account, where the environment says nothing: the plan counts before it, and only for a real one. */
  readonly configured?:
    | {
        readonly profile?: { readonly value: string; readonly origin: string };
        readonly region?: { readonly value: string; readonly origin: string };
      }
    | undefined;
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
  const choice = chosen(wishes);
  // As with variables: a rehearsal takes no account that was not asked for.
  const configured = choice.kind === "alibaba" ? wishes.configured : undefined;
  const profile = wantedProfile(wishes) ?? configuredProfile(configured);
  return {
    ...choice,
    ...(profile === undefined ? {} : { profile }),
    ...(configured?.region === undefined ? {} : { region: configured.region }),
  };
}

function wantedProfile({ profile, plan }: CloudWishes): CloudChoice["profile"] {
  if (profile !== undefined && profile !== "") return { name: profile, origin: "--profile" };
  const planned = plan?.context.profile;
  return planned === undefined ? undefined : { name: planned, origin: "the plan" };
}

function configuredProfile(configured: CloudWishes["configured"]): CloudChoice["profile"] {
  const said = configured?.profile;
  return said === undefined ? undefined : { name: said.value, origin: said.origin };
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
