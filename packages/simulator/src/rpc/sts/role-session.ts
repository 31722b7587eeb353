import type { JsonObject } from "@sampan/core";
import { PolicyProblem, parsePolicy } from "../../access/document.ts";
import type { World } from "../../world.ts";
import { RpcError } from "../errors.ts";
import type { RpcParameters } from "../parameters.ts";
import type { RoleRecord } from "../ram/records.ts";

const policyLimit = 2048;
const defaultSessionSeconds = 3600;

/** What a call asks of a session. */
export interface SessionRequest {
  readonly accountId: string;
  readonly roleName: string;
  readonly sessionName: string;
  readonly policy: string | undefined;
  /** As it was sent: what is allowed depends on the role. */
  readonly duration: string | undefined;
}

/** Reads RoleArn, RoleSessionName and Policy; 400 `InvalidParameter.…` when one is malformed. */
export function readSessionRequest(parameters: RpcParameters): SessionRequest {
  const [, accountId, roleName] = /^acs:ram::(\d+):role\/(.+)$/i.exec(parameters.required("RoleArn")) ?? [];
  if (!accountId || !roleName) throw invalid("RoleArn", "is wrongly formed.");
  const sessionName = parameters.required("RoleSessionName");
  if (!/^[\w.@-]{2,64}$/.test(sessionName)) {
    throw invalid("RoleSessionName", "must be 2 to 64 letters, digits, or any of . @ - _.");
  }
  const policy = readPolicy(parameters);
  return { accountId, roleName, sessionName, policy, duration: parameters.text("DurationSeconds") };
}

/** The role a session is asked of; 404 `EntityNotExist.Role`. */
export function requireTrustedRole(world: World, { accountId, roleName }: SessionRequest): RoleRecord {
  const role = world.ram.role(accountId, roleName);
  if (!role) throw new RpcError(404, "EntityNotExist.Role", "The specified Role not exists.");
  return role;
}

/** Makes a session of a role and answers its credentials; 400 `InvalidParameter.DurationSeconds` outside the role's limits. */
export async function issueRoleSession(
  world: World,
  role: RoleRecord,
  { sessionName, policy, duration }: SessionRequest,
): Promise<JsonObject> {
  const { accountId, roleName, roleId } = role;
  const arn = `acs:ram::${accountId}:assumed-role/${roleName}/${sessionName}`;
  const expiresAtMs = world.clock.serviceNow() + readDuration(duration, role) * 1000;
  const session = await world.accounts.issue(
    {
      accountId,
      arn,
      role: { roleName, roleId, sessionName },
      ...(policy === undefined ? {} : { policy }),
    },
    expiresAtMs,
  );
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      AccessKeySecret: session.accessKeySecret,
      SecurityToken: session.securityToken,
      Expiration: new Date(expiresAtMs).toISOString().replace(/\.\d+Z$/, "Z"),
    },
    AssumedRoleUser: { Arn: arn, AssumedRoleId: `${roleId}:${sessionName}` },
  };
}

function readPolicy(parameters: RpcParameters): string | undefined {
  const text = parameters.text("Policy");
  if (text === undefined) return undefined;
  if (text.length > policyLimit) {
    const message = `The parameter Policy must be at most ${policyLimit} characters long.`;
    throw new RpcError(400, "InvalidParameter.PolicySize", message);
  }
  try {
    parsePolicy(text, "identity");
    return text;
  } catch (error) {
    if (!(error instanceof PolicyProblem)) throw error;
    const message = `The parameter Policy has not passed grammar check: ${error.message}`;
    throw new RpcError(400, "InvalidParameter.PolicyGrammar", message);
  }
}

function readDuration(text: string | undefined, role: RoleRecord): number {
  const longest = role.maxSessionSeconds ?? defaultSessionSeconds;
  if (text === undefined) return Math.min(defaultSessionSeconds, longest);
  const seconds = Number(text);
  if (!/^\d{1,6}$/.test(text) || seconds < 900 || seconds > longest) {
    throw invalid("DurationSeconds", `must be 900 to ${longest}, the longest session of the role.`);
  }
  return seconds;
}

function invalid(parameter: string, problem: string): RpcError {
  return new RpcError(400, `InvalidParameter.${parameter}`, `The parameter ${parameter} ${problem}`);
}
