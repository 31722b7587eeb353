import { randomUUID } from "node:crypto";
import type { Secret } from "@sampan/core";
import type { ConnectionOptions } from "../connection-options.ts";
import type { CloudCredentials } from "../credentials/credentials.ts";
import { fieldsOf, keyOf, pascalNames, textIn } from "../credentials/key-answer.ts";
import { type CredentialPorts, systemPorts } from "../credentials/ports.ts";
import type { FailedCall } from "../vendor-failure.ts";
import { queryString } from "./acs3-signature.ts";
import { resultOf, signedCall } from "./signed-call.ts";

const version = "2015-04-01";
const timeoutMs = 15_000;

/** What STS needs of the world. */
export type StsPorts = Pick<CredentialPorts, "http" | "clock" | "stsUrl">;

/** Which STS is asked. */
export interface StsPlace {
  readonly region?: string | undefined;
  /** Inside a VPC of that region. */
  readonly internal?: boolean;
}

/** A role to assume. */
export interface RoleRequest extends StsPlace {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds?: number | undefined;
  readonly policy?: string | undefined;
  readonly externalId?: string | undefined;
}

/** Who a key belongs to. */
export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
  /** `Account`, `RAMUser` or `AssumedRoleUser`. */
  readonly type: string;
}

/** Asks STS for a temporary key of a role, with the key of one who may assume it. */
export async function assumeRole(
  request: RoleRequest,
  credentials: CloudCredentials,
  ports: StsPorts,
  signal: AbortSignal,
): Promise<CloudCredentials> {
  const doing = `assuming the role ${request.roleArn}`;
  const answer = await stsCall("AssumeRole", doing, roleQuery(request), credentials, request, ports, signal);
  return keyOf(fieldsOf(answer).Credentials, pascalNames, doing);
}

/** Asks STS for a temporary key of a role by the token of an identity provider; nothing is signed. */
export async function assumeRoleWithOidc(
  request: RoleRequest & { readonly providerArn: string; readonly token: Secret },
  ports: StsPorts,
  signal: AbortSignal,
): Promise<CloudCredentials> {
  const doing = `assuming the role ${request.roleArn} by OIDC`;
  const url = stsUrl(request, ports);
  const call: FailedCall = {
    service: "sts",
    action: "AssumeRoleWithOIDC",
    doing,
    endpoint: url.host,
    secrets: [request.token],
  };
  url.search = queryString({
    Action: call.action,
    Version: version,
    Format: "JSON",
    Timestamp: new Date(ports.clock.now()).toISOString().replace(/\.\d+Z$/, "Z"),
    SignatureNonce: randomUUID(),
  });
  const body = queryString({
    ...roleQuery(request),
    OIDCProviderArn: request.providerArn,
    OIDCToken: request.token.reveal(),
  });
  const answer = await ports.http({
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body,
    timeoutMs,
    signal,
    doing,
  });
  return keyOf(fieldsOf(resultOf(call, answer)).Credentials, pascalNames, doing);
}

/** Asks an STS whose key it is. */
export async function getCallerIdentity(
  credentials: CloudCredentials,
  place: StsPlace,
  ports: StsPorts,
  signal?: AbortSignal,
): Promise<CallerIdentity> {
  const doing = "asking whose key this is";
  const answer = fieldsOf(await stsCall("GetCallerIdentity", doing, {}, credentials, place, ports, signal));
  return {
    accountId: textIn(answer, "AccountId") ?? "",
    arn: textIn(answer, "Arn") ?? "",
    type: textIn(answer, "IdentityType") ?? "",
  };
}

/**
 * Says whose key this is: the account, the name of its owner (ARN) and its kind. Needs no permission.
 *
 * @throws `CLOUD_CREDENTIALS_REFUSED` for a key the cloud does not take, `CLOUD_UNREACHABLE`.
 */
export function callerIdentity(
  credentials: CloudCredentials,
  options: {
    /** A simulator to ask in place of the cloud. */
    readonly simulator?: string;
    readonly connection?: ConnectionOptions;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<CallerIdentity> {
  const ports = systemPorts({ stsUrl: options.simulator }, options.connection);
  return getCallerIdentity(credentials, {}, ports, options.signal);
}

function stsCall(
  action: string,
  doing: string,
  query: Readonly<Record<string, string>>,
  credentials: CloudCredentials,
  place: StsPlace,
  ports: StsPorts,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const call = {
    service: "sts",
    version,
    action,
    url: stsUrl(place, ports),
    query,
    timeoutMs,
    doing,
  } as const;
  return signedCall(call, credentials, ports, signal);
}

function roleQuery({ roleArn, sessionName, durationSeconds, policy, externalId }: RoleRequest) {
  return {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    ...(durationSeconds === undefined ? {} : { DurationSeconds: String(durationSeconds) }),
    ...(policy === undefined ? {} : { Policy: policy }),
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  };
}

/** STS is reached at one central host, or at one of each region, which answers faster and inside a VPC too. */
function stsUrl({ region, internal }: StsPlace, ports: StsPorts): URL {
  if (ports.stsUrl !== undefined) return new URL(ports.stsUrl);
  const known = region !== undefined && /^[a-z0-9-]{1,40}$/.test(region) ? region : undefined;
  if (known === undefined) return new URL("https://sts.aliyuncs.com");
  return new URL(`https://sts${internal ? "-vpc" : ""}.${known}.aliyuncs.com`);
}
