import { SampanError, Secret } from "@sampan/core";
import type { CloudCredentials } from "./credentials.ts";

/** Names under which the vendor's own tools look, in the order in which they are asked. */
const aliases = {
  accessKeyId: ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_ID"],
  accessKeySecret: [
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABACLOUD_ACCESS_KEY_SECRET",
    "ALICLOUD_ACCESS_KEY_SECRET",
  ],
  securityToken: [
    "ALIBABA_CLOUD_SECURITY_TOKEN",
    "ALIBABACLOUD_SECURITY_TOKEN",
    "ALICLOUD_SECURITY_TOKEN",
    "SECURITY_TOKEN",
  ],
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Takes an access key out of environment variables; an empty variable counts as unset.
 *
 * Looked for are `ALIBABA_CLOUD_ACCESS_KEY_ID`, `…_SECRET` and `ALIBABA_CLOUD_SECURITY_TOKEN`, then the prefixes
 * `ALIBABACLOUD_` and `ALICLOUD_` of older tools. All fields are taken from one prefix, so that a key id never meets the
 * secret of another. A token without a prefix (`SECURITY_TOKEN`) is taken only when the key has none under its own.
 *
 * @throws `CLOUD_CREDENTIALS_MISSING` naming the variable that is missing, never a value.
 */
export function credentialsFromEnvironment(env: Environment): CloudCredentials {
  const found = aliases.accessKeyId.findIndex((name) => present(env, name) !== undefined);
  if (found < 0) {
    throw new SampanError(
      "CLOUD_CREDENTIALS_MISSING",
      `looking for an access key: ${aliases.accessKeyId[0]} is not set`,
      { details: { lookedFor: [...aliases.accessKeyId] } },
    );
  }
  const idName = aliases.accessKeyId[found] ?? aliases.accessKeyId[0];
  const secretName = aliases.accessKeySecret[found] ?? aliases.accessKeySecret[0];
  const accessKeyId = present(env, idName) ?? "";
  const accessKeySecret = present(env, secretName);
  if (accessKeySecret === undefined) {
    throw new SampanError(
      "CLOUD_CREDENTIALS_MISSING",
      `looking for an access key: ${idName} is set but ${secretName} is not`,
      { hint: `Set ${secretName} to the secret of that key.`, details: { lookedFor: [secretName] } },
    );
  }
  const ownToken = present(env, aliases.securityToken[found] ?? aliases.securityToken[0]);
  const token = ownToken ?? present(env, "SECURITY_TOKEN");
  return {
    accessKeyId,
    accessKeySecret: new Secret(accessKeySecret),
    ...(token === undefined ? {} : { securityToken: new Secret(token) }),
  };
}

function present(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === "" ? undefined : value;
}
