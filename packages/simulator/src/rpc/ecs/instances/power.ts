import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../../call.ts";
import { missingParameter, RpcError } from "../../errors.ts";
import { endDryRun, requireOneOf, requireRegion } from "../rules.ts";
import type { InstanceRecord, InstanceState } from "./records.ts";
import { requireInstance } from "./rules.ts";

const instancesPerCall = 100;

/** What is done to an instance, split into the judgement and the deed, so that a call for many can judge all of them first. */
interface Deed {
  readonly states: readonly InstanceState[];
  readonly after: InstanceState;
  readonly run: (call: RpcCall, instance: InstanceRecord) => Promise<void>;
}

const start: Deed = {
  states: ["Stopped"],
  after: "Starting",
  run: ({ world }, instance) => world.ecs.lifecycle.start(instance, world.clock.now(), world.options.speed),
};

const stop: Deed = {
  states: ["Running", "Starting"],
  after: "Stopping",
  run: ({ world, parameters }, instance) => {
    const mode = requireOneOf(
      parameters.text("StoppedMode"),
      ["KeepCharging", "StopCharging"],
      "InvalidParameter.StoppedMode",
    );
    const how = {
      isForced: parameters.boolean("ForceStop") ?? false,
      mode: mode === "StopCharging" ? ("StopCharging" as const) : ("KeepCharging" as const),
    };
    return world.ecs.lifecycle.stop(instance, how, world.clock.now(), world.options.speed);
  },
};

const reboot: Deed = {
  states: ["Running"],
  after: "Starting",
  run: ({ world, parameters }, instance) => {
    const isForced = parameters.boolean("ForceStop") ?? parameters.boolean("ForceReboot") ?? false;
    return world.ecs.lifecycle.reboot(instance, isForced, world.clock.now(), world.options.speed);
  },
};

/** StartInstance: one that is `Stopped`. */
export const startInstance = ofOne("StartInstance", ["InitLocalDisk"], start);

/** StopInstance: one that runs; with `ForceStop` its power is cut. */
export const stopInstance = ofOne("StopInstance", ["ForceStop", "ConfirmStop", "StoppedMode"], stop);

/** RebootInstance: one that runs. */
export const rebootInstance = ofOne("RebootInstance", ["ForceStop"], reboot);

/** StartInstances, with an answer for each. */
export const startInstances = ofMany("StartInstances", [], start);

/** StopInstances, with an answer for each. */
export const stopInstances = ofMany("StopInstances", ["ForceStop", "StoppedMode"], stop);

/** RebootInstances, with an answer for each. */
export const rebootInstances = ofMany("RebootInstances", ["ForceReboot"], reboot);

/** DeleteInstance: one that is `Stopped`, or with `Force` any. */
export const deleteInstance: RpcAction = {
  name: "DeleteInstance",
  parameters: "RegionId InstanceId Force ForceStop TerminateSubscription DryRun".split(" "),
  run: async (call) => {
    const instance = requireInstance(call, call.parameters.required("InstanceId"));
    requireDeletable(call, instance);
    endDryRun(call.parameters);
    await call.world.ecs.lifecycle.release(instance);
    return {};
  },
};

/** DeleteInstances: all or none. */
export const deleteInstances: RpcAction = {
  name: "DeleteInstances",
  parameters: "RegionId InstanceId.N Force ForceStop TerminateSubscription ClientToken DryRun".split(" "),
  run: async (call) => {
    const region = requireRegion(call);
    const instances = readIds(call).map((id) => requireInstance(call, id, region));
    for (const instance of instances) requireDeletable(call, instance);
    endDryRun(call.parameters);
    for (const instance of instances) await call.world.ecs.lifecycle.release(instance);
    return {};
  },
};

function ofOne(name: string, more: readonly string[], deed: Deed): RpcAction {
  return {
    name,
    parameters: ["RegionId", "InstanceId", "DryRun", ...more],
    run: async (call) => {
      const instance = requireInstance(call, call.parameters.required("InstanceId"));
      const refusal = refusalOf(instance, deed);
      if (refusal) throw refusal;
      endDryRun(call.parameters);
      await deed.run(call, instance);
      return {};
    },
  };
}

function ofMany(name: string, more: readonly string[], deed: Deed): RpcAction {
  return {
    name,
    parameters: ["RegionId", "InstanceId.N", "BatchOptimization", "DryRun", ...more],
    run: async (call) => {
      const region = requireRegion(call);
      const how = requireOneOf(
        call.parameters.text("BatchOptimization"),
        ["AllTogether", "SuccessFirst"],
        "InvalidParameter.BatchOptimization",
      );
      const instances = readIds(call).map((id) => requireInstance(call, id, region));
      const [refusal] = instances.flatMap((instance) => refusalOf(instance, deed) ?? []);
      if (refusal && how !== "SuccessFirst") throw refusal;
      endDryRun(call.parameters);
      const answers: JsonObject[] = [];
      for (const instance of instances) {
        const problem = refusalOf(instance, deed);
        if (!problem) await deed.run(call, instance);
        answers.push({
          InstanceId: instance.instanceId,
          PreviousStatus: instance.state,
          CurrentStatus: problem ? instance.state : deed.after,
          Code: problem ? problem.code : "200",
          Message: problem ? problem.message : "success",
        });
      }
      return { InstanceResponses: { InstanceResponse: answers } };
    },
  };
}

function refusalOf(instance: InstanceRecord, deed: Deed): RpcError | undefined {
  if (deed.states.includes(instance.state)) return undefined;
  const what = `The instance ${instance.instanceId} is ${instance.state}`;
  return new RpcError(403, "IncorrectInstanceStatus", `${what}; it must be ${deed.states.join(" or ")}.`);
}

function requireDeletable(call: RpcCall, instance: InstanceRecord): void {
  if (instance.deletionProtection) {
    throw new RpcError(
      403,
      "InvalidOperation.DeletionProtection",
      "The instance is protected from deletion.",
    );
  }
  const isForced = call.parameters.boolean("Force") ?? false;
  if (instance.state !== "Stopped" && !isForced) {
    throw new RpcError(
      403,
      "IncorrectInstanceStatus",
      `The instance is ${instance.state}; it must be Stopped, or deleted with Force.`,
    );
  }
}

function readIds(call: RpcCall): readonly string[] {
  const ids = [...new Set(call.parameters.list("InstanceId"))];
  if (ids.length === 0) throw missingParameter("InstanceId.1");
  if (ids.length > instancesPerCall) {
    throw new RpcError(
      400,
      "InvalidParameter.InstanceId",
      `There are more than ${instancesPerCall} instances.`,
    );
  }
  return ids;
}
