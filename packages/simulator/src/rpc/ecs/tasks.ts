import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../call.ts";
import { RpcError } from "../errors.ts";
import { readPage } from "./paging.ts";
import { progressOf } from "./progress.ts";
import type { TaskRecord } from "./records.ts";
import { isoSeconds, requireOneOf, requireRegion } from "./rules.ts";

const taskActions = [
  "ImportImage",
  "ExportImage",
  "RedeployInstance",
  "ModifyDiskSpec",
  "ArchiveSnapshot",
  "IMPORT_IMAGE",
];

/** DescribeTasks: the caller's tasks of a region, newest first. */
export const describeTasks: RpcAction = {
  name: "DescribeTasks",
  parameters:
    "RegionId TaskIds TaskAction TaskStatus ResourceIds.N StartTime EndTime PageNumber PageSize".split(" "),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const region = requireRegion(call);
    const page = readPage(parameters);
    const ids = parameters.commaList("TaskIds");
    if (ids && ids.length > 100)
      throw new RpcError(400, "InvalidTaskIds.Malformed", "There are more than 100 TaskIds.");
    const action = requireOneOf(parameters.text("TaskAction"), taskActions, "InvalidTaskAction.NotSupport");
    // A status that is none of the three is ignored, as the vendor documents.
    const status = ["Finished", "Processing", "Failed"].find(
      (known) => known === parameters.text("TaskStatus"),
    );
    const resources = parameters.list("ResourceIds");
    const from = timeOf(parameters.text("StartTime"), 0);
    const to = timeOf(parameters.text("EndTime"), Number.POSITIVE_INFINITY);
    const matching = world.ecs
      .tasks()
      .filter((task) => task.region === region && task.ownerId === caller.accountId)
      .filter((task) => ids === undefined || ids.includes(task.taskId))
      .filter(() => action === undefined || action === "ImportImage" || action === "IMPORT_IMAGE")
      .filter((task) => status === undefined || task.status === status)
      .filter((task) => resources.length === 0 || resources.includes(task.imageId))
      .filter((task) => task.createdAtMs >= from && task.createdAtMs <= to);
    const shown = matching.slice((page.number - 1) * page.size, page.number * page.size);
    return {
      RegionId: region,
      TotalCount: matching.length,
      PageNumber: page.number,
      PageSize: page.size,
      TaskSet: { Task: shown.map((task) => summary(call, task)) },
    };
  },
};

/** DescribeTaskAttribute: one task, with the reason of its failure. */
export const describeTaskAttribute: RpcAction = {
  name: "DescribeTaskAttribute",
  parameters: ["RegionId", "TaskId"],
  run: async (call) => {
    const region = requireRegion(call);
    const task = requireTask(call, region);
    const image = call.world.ecs.image(region, task.imageId);
    const isOpen = task.status === "Processing";
    const percent = isOpen && image ? progressOf(image, call.world.clock.now()).percent : task.endPercent;
    return {
      ...summary(call, task),
      RegionId: region,
      TaskProcess: `${percent}%`,
      TotalCount: 1,
      SuccessCount: task.status === "Finished" ? 1 : 0,
      FailedCount: task.status === "Failed" ? 1 : 0,
      OperationProgressSet: {
        OperationProgress: [
          {
            OperationStatus: task.status === "Finished" ? "Success" : task.status,
            ErrorCode: task.failure?.code ?? "",
            ErrorMsg: task.failure?.message ?? "",
            RelatedItemSet: { RelatedItem: [{ Name: "ImageId", Value: task.imageId }] },
          },
        ],
      },
    };
  },
};

/** CancelTask: ends an import that has not ended, and removes its image. */
export const cancelTask: RpcAction = {
  name: "CancelTask",
  parameters: ["RegionId", "TaskId"],
  run: async (call) => {
    const { world } = call;
    const region = requireRegion(call);
    const task = requireTask(call, region);
    if (task.status !== "Processing") {
      throw new RpcError(
        403,
        "InvalidTaskId.IncorrectTaskStatus",
        `The task has ended: it is ${task.status}.`,
      );
    }
    const image = world.ecs.image(region, task.imageId);
    const nowMs = world.clock.now();
    const status = world.options.switches.cancelledTask;
    await world.ecs.putTask({
      ...task,
      status,
      finishedAtMs: nowMs,
      endPercent: image ? progressOf(image, nowMs).percent : 0,
      failure:
        status === "Failed"
          ? { code: "TaskCancelled", message: "The task was cancelled by the user." }
          : null,
    });
    if (image) await world.ecs.removeImage(image);
    return {};
  },
};

function requireTask(call: RpcCall, region: string): TaskRecord {
  const taskId = call.parameters.required("TaskId");
  const task = call.world.ecs.task(region, taskId);
  if (!task || task.ownerId !== call.caller.accountId) {
    throw new RpcError(400, "InvalidTaskId.NotFound", `The specified TaskId ${taskId} does not exist.`);
  }
  return task;
}

function summary(call: RpcCall, task: TaskRecord): JsonObject {
  return {
    TaskId: task.taskId,
    TaskAction: call.world.options.switches.taskAction,
    TaskStatus: task.status,
    SupportCancel: task.status === "Processing" ? "true" : "false",
    CreationTime: isoSeconds(task.createdAtMs),
    FinishedTime: task.finishedAtMs === null ? "" : isoSeconds(task.finishedAtMs),
    ResourceId: task.imageId,
  };
}

function timeOf(text: string | undefined, absent: number): number {
  if (text === undefined) return absent;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new RpcError(400, "InvalidParameter.Time", `The time ${text} is malformed.`);
  return atMs;
}
