import { SampanError, Secret } from "@sampan/core";
import type { CloudCredentials } from "./credentials.ts";
import { type Environment, firstPresent, present } from "./ports.ts";

/** Names under which the vendor's own tools look, in the order in which they are asked. */
const aliases = {
  accessKeyId: [
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABACLOUD_ACCESS_KEY_ID",
    "ALICLOUD_ACCESS_KEY_ID",
    "ALICLOUD_ACCESS_KEY",
  ],
  accessKeySecret: [
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABACLOUD_ACCESS_KEY_SECRET",
    "ALICLOUD_ACCESS_KEY_SECRET",
    "ALICLOUD_SECRET_KEY",
  ],
  securityToken: [
    "ALIBABA_CLOUD_SECURITY_TOKEN",
    "ALIBABACLOUD_SECURITY_TOKEN",
    "ALICLOUD_SECURITY_TOKEN",
    "ALICLOUD_SECURITY_TOKEN",
  ],
} as const;

/** Names under which the region is looked for, in order. Never the bare `REGION`: it is too easily someone else's. */
export const regionVariables = [
  "ALIBABA_CLOUD_REGION_ID",
  "ALIBABA_CLOUD_REGION",
  "ALIBABACLOUD_REGION_ID",
  "ALIBABACLOUD_REGION",
  "ALICLOUD_REGION_ID",
  "ALICLOUD_REGION",
] as const;

/** Names under which the wanted profile is looked for, in order. */
export const profileVariables = [
  "ALIBABA_CLOUD_PROFILE",
  "ALIBABACLOUD_PROFILE",
  "ALICLOUD_PROFILE",
] as const;

/** A key out of the environment, with the variables its parts stood in. */
export interface EnvironmentKey {
  readonly credentials: CloudCredentials;
  readonly names: { readonly id: string; readonly secret: string; readonly token: string | undefined };
}

/**
 * Takes an access key out of environment variables; an empty variable counts as unset.
 *
 * Looked for are `ALIBABA_CLOUD_ACCESS_KEY_ID`, `…_SECRET` and `ALIBABA_CLOUD_SECURITY_TOKEN`, then the prefixes
 * `ALIBABACLOUD_` and `ALICLOUD_` of older tools, then `ALICLOUD_ACCESS_KEY` and `ALICLOUD_SECRET_KEY`. All fields are taken from one prefix, so that a key id never meets the
 * secret of another. A token without a prefix (`SECURITY_TOKEN`) is taken only when the key has none under its own.
 *
 * @throws `CLOUD_CREDENTIALS_MISSING` naming the variable that is missing, never a value.
 */
export function credentialsFromEnvironment(env: Environment): CloudCredentials {
  const found = keyFromEnvironment(env);
  if (found !== undefined) return found.credentials;
  throw new SampanError(
    "CLOUD_CREDENTIALS_MISSING",
    `looking for an access key: ${aliases.accessKeyId[0]} is not set`,
    { details: { lookedFor: [...aliases.accessKeyId] } },
  );
}

/** The same, with the variables; `undefined` when no key id is set. */
export function keyFromEnvironment(env: Environment): EnvironmentKey | undefined {
  const found = aliases.accessKeyId.findIndex((name) => present(env, name) !== undefined);
  if (found < 0) return undefined;
  const idName = aliases.accessKeyId[found] ?? aliases.accessKeyId[0];
  const secretName = aliases.accessKeySecret[found] ?? aliases.accessKeySecret[0];
  const accessKeySecret = present(env, secretName);
  if (accessKeySecret === undefined) {
    throw new SampanError(
      "CLOUD_CREDENTIALS_MISSING",
      `looking for an access key: ${idName} is set but ${secretName} is not`,
      { hint: `Set ${secretName} to the secret of that key.`, details: { lookedFor: [secretName] } },
    );
  }
  const ownName = aliases.securityToken[found] ?? aliases.securityToken[0];
  const token = firstPresent(env, [ownName, "SECURITY_TOKEN"]);
  return {
    credentials: {
      accessKeyId: present(env, idName) ?? "",
      accessKeySecret: new Secret(accessKeySecret),
      ...(token === undefined ? {} : { securityToken: new Secret(token.value) }),
    },
    names: { id: idName, secret: secretName, token: token?.name },
  };
}
