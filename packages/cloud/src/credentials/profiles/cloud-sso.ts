import { SampanError, Secret } from "@sampan/core";
import type { CloudCredentials } from "../credentials.ts";
import { fieldsOf, jsonOf, keyOf, numberIn, pascalNames, textIn } from "../key-answer.ts";
import type { CredentialPorts } from "../ports.ts";
import type { CredentialSource } from "../refreshing.ts";
import { updateCliProfile } from "./cli-config.ts";
import { type Profile, required, shown, unfit } from "./profile-context.ts";

const timeoutMs = 15_000;
/** A key in the file that ends sooner is not worth taking. */
export const reuseMs = 300_000;

/**
 * Keys of a person signed in to CloudSSO. The key the command line left in the profile is used while it lives; then the access
 * token is exchanged for another, which is written back. Signing in needs a browser and stays with `aliyun configure`.
 */
export function cloudSsoSource(profile: Profile, ports: CredentialPorts): CredentialSource {
  const url = signInUrl(profile);
  const account = required(profile, "cloud_sso_account_id");
  const configuration = required(profile, "cloud_sso_access_config");
  const where = `the profile ${shown(profile.name)}`;
  let first = heldKey(profile, ports);
  return {
    description: `CloudSSO, by ${where}`,
    async fetch(signal) {
      const held = first;
      first = undefined;
      if (held !== undefined) return held;
      const token = required(profile, "access_token");
      const endsAt = (numberIn(profile.fields, "cloud_sso_access_token_expire") ?? 0) * 1000;
      if (endsAt <= ports.clock.now()) {
        throw unfit(
          profile,
          "the sign-in to CloudSSO has ended",
          "Sign in again: aliyun configure --mode CloudSSO --profile NAME.",
        );
      }
      const doing = `asking CloudSSO for a key, by ${where}`;
      const { status, text } = await ports.http({
        method: "POST",
        url: new URL("/cloud-credentials", url),
        headers: {
          accept: "application/json",
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ AccountId: account, AccessConfigurationId: configuration }),
        timeoutMs,
        signal,
        doing,
      });
      if (status !== 200) throw statusRefused(doing, url, status);
      const key = keyOf(fieldsOf(jsonOf(text)).CloudCredential, pascalNames, doing);
      // The key is good whether or not the command line gets to see it.
      await updateCliProfile(ports, profile.name, keyFields(key)).catch(() => undefined);
      return key;
    },
  };
}

function signInUrl(profile: Profile): URL {
  const text = required(profile, "cloud_sso_sign_in_url");
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw unfit(profile, "cloud_sso_sign_in_url is no address");
}

/** The temporary key that stands in a profile, when it lives on for a while. */
export function heldKey(
  { fields }: Profile,
  { clock }: Pick<CredentialPorts, "clock">,
): CloudCredentials | undefined {
  const id = textIn(fields, "access_key_id");
  const secret = textIn(fields, "access_key_secret");
  const token = textIn(fields, "sts_token");
  const expiresAt = (numberIn(fields, "sts_expiration") ?? 0) * 1000;
  if (id === undefined || secret === undefined || token === undefined) return undefined;
  if (expiresAt - clock.now() < reuseMs) return undefined;
  return {
    accessKeyId: id,
    accessKeySecret: new Secret(secret),
    securityToken: new Secret(token),
    expiresAt,
  };
}

/** A temporary key as the fields of a profile. */
export function keyFields(key: CloudCredentials): Record<string, string | number> {
  return {
    access_key_id: key.accessKeyId,
    access_key_secret: key.accessKeySecret.reveal(),
    ...(key.securityToken === undefined ? {} : { sts_token: key.securityToken.reveal() }),
    ...(key.expiresAt === undefined ? {} : { sts_expiration: Math.floor(key.expiresAt / 1000) }),
  };
}

/** A service that hands out keys refused; its body is not repeated, since it may hold what was sent. */
export function statusRefused(doing: string, url: URL, status: number): SampanError {
  const isRefusal = status === 400 || status === 401 || status === 403;
  return new SampanError(
    isRefusal ? "CLOUD_CREDENTIALS_REFUSED" : "CLOUD_ANSWER_INVALID",
    `${doing}: it answered with status ${status}`,
    {
      ...(isRefusal ? { hint: "Sign in again with `aliyun configure`." } : {}),
      retryable: status >= 500 || status === 429,
      details: { endpoint: url.host, httpStatus: status },
    },
  );
}
