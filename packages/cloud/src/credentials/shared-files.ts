import { join } from "node:path";
import { Secret } from "@sampan/core";
import type { CloudCredentials } from "./credentials.ts";
import { parseIni } from "./ini.ts";
import { type CredentialPorts, present } from "./ports.ts";
import type { CliConfig } from "./profiles/cli-config.ts";

/** Types of the file, as modes of the command line's profiles. */
const modes: ReadonlyMap<string, string> = new Map([
  ["access_key", "AK"],
  ["sts", "StsToken"],
  ["ram_role_arn", "RamRoleArn"],
  ["ecs_ram_role", "EcsRamRole"],
  ["oidc_role_arn", "OIDC"],
  ["credentials_uri", "CredentialsURI"],
  ["bearer", "BearerToken"],
  ["rsa_key_pair", "RsaKeyPair"],
]);

/** Settings of the file, as fields of the command line's profiles, where the two differ. */
const fieldNames: ReadonlyMap<string, string> = new Map([
  ["security_token", "sts_token"],
  ["role_arn", "ram_role_arn"],
  ["role_session_name", "ram_session_name"],
  ["role_name", "ram_role_name"],
  ["oidc_token_file_path", "oidc_token_file"],
]);

/** Where the file of the vendor's libraries lies: `ALIBABA_CLOUD_CREDENTIALS_FILE`, else `~/.alibabacloud/credentials`. */
export function sharedCredentialsPath({ env, home }: Pick<CredentialPorts, "env" | "home">): string {
  return present(env, "ALIBABA_CLOUD_CREDENTIALS_FILE") ?? join(home, ".alibabacloud", "credentials");
}

/**
 * Reads the file of the vendor's libraries, its sections as profiles of the command line; `undefined` when there is none. A section with
 * `enable = false` counts as absent.
 *
 * @throws `CLOUD_CREDENTIALS_INVALID` with path and line, never with what stands there.
 */
export async function readSharedCredentials(
  ports: Pick<CredentialPorts, "env" | "home" | "readFile">,
): Promise<CliConfig | undefined> {
  const path = sharedCredentialsPath(ports);
  const file = await ports.readFile(path);
  if (file === undefined) return undefined;
  const profiles = new Map<string, Record<string, string>>();
  for (const [name, section] of parseIni(path, file.text)) {
    if (name === "" || section.get("enable")?.toLowerCase() === "false") continue;
    const fields: Record<string, string> = Object.create(null);
    for (const [key, value] of section) fields[fieldNames.get(key) ?? key] = value;
    const type = section.get("type") ?? "access_key";
    fields.mode = modes.get(type.toLowerCase()) ?? type;
    profiles.set(name, fields);
  }
  return { path, current: "default", profiles, readableByOthers: file.readableByOthers };
}

/** The key in ossutil's file, and whether others may read it. */
export interface OssutilKey {
  readonly path: string;
  readonly credentials: CloudCredentials | undefined;
  readonly readableByOthers: boolean;
}

/**
 * Reads the key of ossutil (1.x: section `[Credentials]`, 2.x: `[default]`), whose settings are spelled in many ways; `undefined` when
 * there is no file.
 */
export async function readOssutilConfig(
  { home, readFile }: Pick<CredentialPorts, "home" | "readFile">,
  given?: string,
): Promise<OssutilKey | undefined> {
  const path = given ?? join(home, ".ossutilconfig");
  const file = await readFile(path);
  if (file === undefined) return undefined;
  const ini = parseIni(path, file.text);
  const section = [...ini].find(([name]) => /^(credentials|default)$/i.test(name))?.[1];
  const settings = new Map(
    [...(section ?? [])].map(([key, value]) => [key.replace(/[-_]/g, ""), value] as const),
  );
  const id = settings.get("accesskeyid");
  const secret = settings.get("accesskeysecret");
  const token = settings.get("ststoken") ?? settings.get("securitytoken");
  const credentials =
    id && secret
      ? {
          accessKeyId: id,
          accessKeySecret: new Secret(secret),
          ...(token ? { securityToken: new Secret(token) } : {}),
        }
      : undefined;
  return { path, credentials, readableByOthers: file.readableByOthers };
}
