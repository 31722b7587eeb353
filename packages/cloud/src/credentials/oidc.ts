import { SampanError, Secret } from "@sampan/core";
import { assumeRoleWithOidc } from "../sts/sts-client.ts";
import { type CredentialPorts, present } from "./ports.ts";
import type { CredentialSource } from "./refreshing.ts";

const names = {
  role: "ALIBABA_CLOUD_ROLE_ARN",
  provider: "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
  tokenFile: "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
} as const;

/** Which of the three variables of OIDC are missing; none when a role can be assumed by them. */
export function missingForOidc(env: CredentialPorts["env"]): readonly string[] {
  return Object.values(names).filter((name) => present(env, name) === undefined);
}

/** The role that `ALIBABA_CLOUD_ROLE_ARN`, `…_OIDC_PROVIDER_ARN` and `…_OIDC_TOKEN_FILE` name, as in a cluster's pods. */
export function oidcFromEnvironment(ports: CredentialPorts): CredentialSource {
  const { env } = ports;
  const roleArn = present(env, names.role) ?? "";
  const providerArn = present(env, names.provider) ?? "";
  const tokenFile = present(env, names.tokenFile) ?? "";
  const sessionName = present(env, "ALIBABA_CLOUD_ROLE_SESSION_NAME") ?? "sampan";
  const region = present(env, "ALIBABA_CLOUD_STS_REGION");
  return {
    description: `role ${roleArn} by OIDC, by environment variables`,
    async fetch(signal) {
      // Read for every key: whoever put the file there replaces it before its token ends.
      const token = await oidcToken(tokenFile, ports);
      return assumeRoleWithOidc({ roleArn, providerArn, token, sessionName, region }, ports, signal);
    },
  };
}

/** The token of an identity provider out of its file. */
export async function oidcToken(
  path: string,
  { readFile }: Pick<CredentialPorts, "readFile">,
): Promise<Secret> {
  const token = (await readFile(path))?.text.trim();
  if (token !== undefined && token !== "") return new Secret(token);
  const found = token === undefined ? "there is no such file" : "it is empty";
  throw new SampanError("CLOUD_CREDENTIALS_INVALID", `reading the OIDC token in ${path}: ${found}`, {
    details: { path },
  });
}
