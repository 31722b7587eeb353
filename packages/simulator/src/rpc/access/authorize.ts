import type { JsonObject } from "@sampan/core";
import { describeResource } from "../../access/arn.ts";
import { deniedDetail } from "../../access/denial.ts";
import { conditionContext, judgeCaller } from "../../access/identity.ts";
import type { Act } from "../../access/judge.ts";
import type { Caller } from "../../accounts.ts";
import type { World } from "../../world.ts";
import type { RpcAction, RpcService } from "../call.ts";
import { RpcError } from "../errors.ts";
import type { RpcParameters } from "../parameters.ts";
import { ecsResources, ramResources } from "./resources.ts";

/** A call whose sender is known, before it is run. */
export interface CallToAuthorize {
  readonly service: RpcService["service"];
  readonly action: RpcAction["name"];
  readonly caller: Caller;
  readonly parameters: RpcParameters;
  readonly remoteAddress: string | undefined;
}

/**
 * Checks that the caller's policies allow a call, with everything it touches. Refuses with 403 `NoPermission` (RAM, STS)
 * or `Forbidden.RAM` (the others), naming action and resource, and `AccessDeniedDetail`.
 */
export function authorizeRpc(world: World, call: CallToAuthorize): void {
  if (call.caller.kind === "Account") return;
  const context = conditionContext(world, call.remoteAddress, call.caller);
  for (const act of actsOf(world, call)) {
    const judgement = judgeCaller(world, call.caller, act, context);
    if (judgement.verdict === "allow") continue;
    const why = judgement.verdict === "explicit-deny" ? "a policy denies it" : "no policy allows it";
    const note =
      judgement.unknown.length > 0 ? ` Conditions not understood: ${judgement.unknown.join(", ")}.` : "";
    throw new RpcError(
      403,
      call.service === "ram" || call.service === "sts" ? "NoPermission" : "Forbidden.RAM",
      `The caller is not authorized to do ${act.action} on ${describeResource(act.resource)}: ${why}.${note}`,
      { details: { AccessDeniedDetail: deniedDetail(call.caller, act, judgement) as unknown as JsonObject } },
    );
  }
}

/** What a call does, as policies name it. Who one is may be asked without any permission. */
function actsOf(world: World, call: CallToAuthorize): readonly Act[] {
  const { service, action, caller, parameters } = call;
  const { accountId } = caller;
  if (service === "sts") return action === "AssumeRole" ? [assumption(parameters)] : [];
  const name = `${service}:${action}`;
  if (service === "ram") {
    return ramResources(action, parameters, accountId, caller.userName).map((resource) => ({
      action: name,
      resource,
    }));
  }
  const region = parameters.text("RegionId") ?? world.options.defaultRegion;
  const acts: Act[] = ecsResources(action, parameters, { region, accountId }).map((resource) => ({
    action: name,
    resource,
  }));
  const role = parameters.text("RoleName") ?? parameters.text("RamRoleName");
  if (role !== undefined && world.options.switches.passRole === "checked") {
    const resource = { service: "ram", region: "", accountId, path: `role/${role}` };
    acts.push({ action: "ram:PassRole", resource });
  }
  return acts;
}

function assumption(parameters: RpcParameters): Act {
  const [, accountId = "*", path = "role/*"] =
    /^acs:ram::([^:]*):(.+)$/i.exec(parameters.text("RoleArn") ?? "") ?? [];
  return { action: "sts:AssumeRole", resource: { service: "ram", region: "", accountId, path } };
}
