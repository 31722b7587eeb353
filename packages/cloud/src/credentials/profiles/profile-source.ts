import { assumeRole, assumeRoleWithOidc } from "../../sts/sts-client.ts";
import { ecsRoleSource } from "../ecs-role.ts";
import { numberIn, textIn } from "../key-answer.ts";
import { oidcToken } from "../oidc.ts";
import type { CredentialSource } from "../refreshing.ts";
import { uriSource } from "../uri.ts";
import type { CliConfig } from "./cli-config.ts";
import { cloudSsoSource } from "./cloud-sso.ts";
import { externalSource } from "./external.ts";
import { oauthSource } from "./oauth.ts";
import {
  keyIn,
  mayReachOut,
  type Profile,
  type ProfileContext,
  required,
  shown,
  unfit,
} from "./profile-context.ts";

/** Modes of the vendor's command line that Sampan cannot use, and why. */
const refused: ReadonlyMap<string, { readonly name: string; readonly why: string }> = new Map([
  ["bearertoken", { name: "BearerToken", why: "a bearer token signs no calls to OSS and ECS" }],
  ["anonymous", { name: "Anonymous", why: "it holds no key" }],
  [
    "rsakeypair",
    { name: "RsaKeyPair", why: "the vendor gives out no more of them; use an access key or a role" },
  ],
]);

/**
 * Turns a profile into a source of keys, by its mode in any case. Nothing is fetched yet.
 *
 * @throws `CLOUD_CREDENTIALS_INVALID` for a mode that is unknown or refused, a field that is missing, or profiles that lead back to
 * themselves.
 */
export function profileSource(config: CliConfig, name: string, context: ProfileContext): CredentialSource {
  return sourceOf(config, name, context, []);
}

/** How long a chain of `source_profile` may be. */
const longestChain = 16;

function sourceOf(
  config: CliConfig,
  name: string,
  context: ProfileContext,
  before: readonly string[],
): CredentialSource {
  const fields = config.profiles.get(name);
  if (fields === undefined) throw unfit({ name, path: config.path }, "there is no such profile");
  const profile: Profile = { name, fields, path: config.path };
  if (before.includes(name) || before.length >= longestChain) {
    throw unfit(profile, "its source_profile leads back to itself");
  }
  const { ports } = context;
  const where = `the profile ${shown(name)}`;
  const written = textIn(fields, "mode") ?? "AK";
  switch (written.toLowerCase()) {
    case "ak": {
      const key = keyIn(profile, "none");
      return { description: `${where} (AK)`, fetch: async () => key };
    }
    case "ststoken": {
      const key = keyIn(profile, "required");
      return { description: `${where} (StsToken)`, fetch: async () => key };
    }
    case "ramrolearn": {
      const key = keyIn(profile, "optional");
      return roleSource(profile, { description: where, fetch: async () => key }, context);
    }
    case "chainableramrolearn": {
      const first = sourceOf(config, required(profile, "source_profile"), context, [...before, name]);
      return roleSource(profile, first, context);
    }
    case "ramrolearnwithrolename":
    case "ecsramrolearn":
      return roleSource(profile, ecsRoleSource(ports, roleName(profile)), context);
    case "ecsramrole": {
      const source = ecsRoleSource(ports, roleName(profile));
      return { ...source, description: `${source.description}, by ${where}` };
    }
    case "oidc":
      return oidcSource(profile, context);
    case "cloudsso":
      return cloudSsoSource(profile, ports);
    case "oauth":
      return oauthSource(profile, ports);
    case "external":
      return externalSource(profile, context);
    case "credentialsuri": {
      const uri = required(profile, "credentials_uri");
      if (!mayReachOut(context)) throw unfit(profile, unreachable);
      return { ...uriSource(uri, ports, where), description: `the address named by ${where}` };
    }
    default: {
      // An unknown mode is not repeated: in a damaged file anything may stand in its place.
      const known = refused.get(written.toLowerCase());
      const found =
        known === undefined ? "its mode is not known" : `mode ${known.name} cannot be used: ${known.why}`;
      throw unfit(
        profile,
        found,
        "Choose a profile of another mode, such as AK, RamRoleArn, CloudSSO or EcsRamRole.",
      );
    }
  }
}

const unreachable =
  "it may name no address here: the folder is not trusted, or ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS is set";

function roleName(profile: Profile): string | undefined {
  const name = textIn(profile.fields, "ram_role_name");
  if (name === undefined || /^[\w.@-]{1,64}$/.test(name)) return name;
  throw unfit(profile, "ram_role_name names no role");
}

/** Everything AssumeRole takes from a profile. */
function roleRequest(profile: Profile) {
  const { fields } = profile;
  const roleArn = required(profile, "ram_role_arn");
  if (!/^acs:ram::[0-9]{1,20}:role\/[\w.@/-]{1,128}$/i.test(roleArn))
    throw unfit(profile, "ram_role_arn names no role");
  return {
    roleArn,
    sessionName: textIn(fields, "ram_session_name") ?? "sampan",
    durationSeconds: numberIn(fields, "expired_seconds") || undefined,
    policy: textIn(fields, "policy"),
    externalId: textIn(fields, "external_id"),
    region: textIn(fields, "sts_region"),
    internal: fields.enable_vpc === true,
  };
}

function roleSource(profile: Profile, first: CredentialSource, { ports }: ProfileContext): CredentialSource {
  const request = roleRequest(profile);
  return {
    description: `role ${request.roleArn}, by the profile ${shown(profile.name)}`,
    fetch: async (signal) => assumeRole(request, await first.fetch(signal), ports, signal),
  };
}

function oidcSource(profile: Profile, { ports }: ProfileContext): CredentialSource {
  const request = roleRequest(profile);
  const providerArn = required(profile, "oidc_provider_arn");
  const tokenFile = required(profile, "oidc_token_file");
  return {
    description: `role ${request.roleArn} by OIDC, by the profile ${shown(profile.name)}`,
    async fetch(signal) {
      const token = await oidcToken(tokenFile, ports);
      return assumeRoleWithOidc({ ...request, providerArn, token }, ports, signal);
    },
  };
}
