import type { JsonObject } from "@sampan/core";
import type { RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import type { RpcParameters } from "../parameters.ts";
import type { GroupRecord, RoleRecord, UserRecord } from "./records.ts";

/** A time as RAM writes it: UTC, whole seconds. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A page of a list: `Marker` and `MaxItems` of the call choose it, `IsTruncated` and `Marker` of the answer lead on. */
export function pageOf<T>(
  call: RpcCall,
  all: readonly T[],
  largest: number,
): { readonly items: readonly T[]; readonly answer: JsonObject } {
  const limit = call.parameters.integer("MaxItems", { min: 1, max: largest }) ?? 100;
  const from = call.parameters.integer("Marker", { min: 0, max: 1_000_000 }) ?? 0;
  const items = all.slice(from, from + limit);
  const isTruncated = from + items.length < all.length;
  return {
    items,
    answer: { IsTruncated: isTruncated, ...(isTruncated ? { Marker: String(from + items.length) } : {}) },
  };
}

/** What names of users, groups and roles may look like: 1 to 64 letters, digits, and any of `. @ _ -`. */
export function readName(parameters: RpcParameters, parameter: string, what: string): string {
  return checkName(parameters.required(parameter), /^[A-Za-z0-9.@_-]+$/, 64, what);
}

/** What names of policies may look like: 1 to 128 letters, digits and hyphens. */
export function readPolicyName(parameters: RpcParameters): string {
  return checkName(parameters.required("PolicyName"), /^[A-Za-z0-9-]+$/, 128, "PolicyName");
}

/** A text of at most so many characters; `undefined` when absent. */
export function readText(parameters: RpcParameters, parameter: string, largest: number): string | undefined {
  const text = parameters.text(parameter);
  if (text === undefined || text.length <= largest) return text;
  throw new RpcError(
    400,
    `InvalidParameter.${parameter.replace(/^New/, "")}.Length`,
    `The parameter ${parameter} must be at most ${largest} characters long.`,
  );
}

/** The user a call names; 404 `EntityNotExist.User`. */
export function requireUser(call: RpcCall, parameter = "UserName"): UserRecord {
  const user = call.world.ram.user(call.caller.accountId, call.parameters.required(parameter));
  if (!user) throw new RpcError(404, "EntityNotExist.User", "The specified User not exists.");
  return user;
}

/** The group a call names; 404 `EntityNotExist.Group`. */
export function requireGroup(call: RpcCall): GroupRecord {
  const group = call.world.ram.groups.get(call.caller.accountId, call.parameters.required("GroupName"));
  if (!group) throw new RpcError(404, "EntityNotExist.Group", "The specified Group not exists.");
  return group;
}

/** The role a call names; 404 `EntityNotExist.Role`. */
export function requireRole(call: RpcCall): RoleRecord {
  const role = call.world.ram.role(call.caller.accountId, call.parameters.required("RoleName"));
  if (!role) throw new RpcError(404, "EntityNotExist.Role", "The specified Role not exists.");
  return role;
}

/** 409 with a code, unless there is room for one more. */
export function requireRoom(count: number, limit: number, code: string): void {
  if (count >= limit) throw new RpcError(409, code, `There are ${count} already, and no more are allowed.`);
}

function checkName(name: string, allowed: RegExp, largest: number, what: string): string {
  if (name.length > largest) {
    throw new RpcError(
      400,
      `InvalidParameter.${what}.Length`,
      `The ${what} is longer than ${largest} characters.`,
    );
  }
  if (!allowed.test(name)) {
    throw new RpcError(
      400,
      `InvalidParameter.${what}.InvalidChars`,
      `The ${what} has characters not allowed there.`,
    );
  }
  return name;
}
