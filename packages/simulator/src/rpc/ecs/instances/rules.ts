import type { RpcCall } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import type { InstanceRecord } from "./records.ts";

/** The caller's instance, in a region when one is given; `InvalidInstanceId.NotFound` otherwise. */
export function requireInstance(call: RpcCall, instanceId: string, region?: string): InstanceRecord {
  const instance = call.world.ecs.instances.get(instanceId);
  const isSeen =
    instance?.ownerId === call.caller.accountId && (region ?? instance.region) === instance.region;
  if (!instance || !isSeen) {
    throw new RpcError(404, "InvalidInstanceId.NotFound", `There is no instance ${instanceId}.`);
  }
  return instance;
}
