import { systemPolicies } from "../../access/system-policies.ts";
import type { RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import type { PolicyRecord } from "./records.ts";

/** The policy a call names by PolicyType and PolicyName: the name of a system one, or the account's record. */
export function requirePolicy(call: RpcCall): string | PolicyRecord {
  const type = call.parameters.required("PolicyType");
  const name = call.parameters.required("PolicyName");
  requirePolicyType(type);
  const policy = type === "System" ? systemPolicies.get(name)?.name : findCustom(call, name);
  if (policy === undefined) throw notFound(type, name);
  return policy;
}

/** The custom policy a call names; the vendor's cannot be changed. */
export function requireCustomPolicy(call: RpcCall): PolicyRecord {
  const name = call.parameters.required("PolicyName");
  const policy = findCustom(call, name);
  if (!policy) throw notFound("Custom", name);
  return policy;
}

/** 400 `InvalidParameter.PolicyType` unless it is one. */
export function requirePolicyType(type: string): asserts type is "System" | "Custom" {
  if (type === "System" || type === "Custom") return;
  throw new RpcError(400, "InvalidParameter.PolicyType", "The PolicyType must be System or Custom.");
}

function findCustom(call: RpcCall, name: string): PolicyRecord | undefined {
  return call.world.ram.policies.get(call.caller.accountId, name);
}

function notFound(type: string, name: string): RpcError {
  const where = type === "System" ? "The simulator has" : "The account has";
  return new RpcError(404, "EntityNotExist.Policy", `${where} no ${type} policy ${name}.`);
}
