import type {
  DescribeTaskAttributeResponseBody,
  DescribeTasksResponseBodyTaskSetTask,
} from "@alicloud/ecs20140526";
import type { CloudTask, CloudTaskStatus } from "../image-registry.ts";
import { percentOf } from "./image-mapping.ts";

/** `IMPORT_IMAGE`, as older answers spell it, and `ImportImage` alike as `ImportImage`. */
export function taskActionOf(text: string | undefined): string {
  const spelled = text ?? "";
  if (!/^[A-Z]+(_[A-Z]+)*$/.test(spelled)) return spelled;
  return spelled
    .split("_")
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join("");
}

/** The task's state; anything but the two ends counts as still going on. */
export function taskStatusOf(text: string | undefined): CloudTaskStatus {
  const known = (text ?? "").toLowerCase();
  if (known === "finished") return "Finished";
  return known === "failed" ? "Failed" : "Processing";
}

/** Reads the one answer in which a failed import explains itself. */
export function cloudTaskOf(body: DescribeTaskAttributeResponseBody, region: string): CloudTask {
  const steps = body.operationProgressSet?.operationProgress ?? [];
  const failed =
    steps.find((step) => step.errorCode) ?? steps.find((step) => step.operationStatus === "Failed");
  const status = taskStatusOf(body.taskStatus);
  const related = steps.flatMap((step) => step.relatedItemSet?.relatedItem ?? []);
  const image = related.find((item) => item.name?.toLowerCase() === "imageid");
  return {
    taskId: body.taskId ?? "",
    region,
    action: taskActionOf(body.taskAction),
    status,
    progressPercent: percentOf(body.taskProcess),
    canCancel: isTrue(body.supportCancel),
    resourceId: image?.value ?? null,
    failure:
      failed === undefined || (status !== "Failed" && !failed.errorCode)
        ? null
        : { code: failed.errorCode ?? "", message: failed.errorMsg ?? "" },
  };
}

/** Reads one row of DescribeTasks, which knows neither progress nor reasons. */
export function listedTaskOf(row: DescribeTasksResponseBodyTaskSetTask, region: string): CloudTask {
  return {
    taskId: row.taskId ?? "",
    region,
    action: taskActionOf(row.taskAction),
    status: taskStatusOf(row.taskStatus),
    progressPercent: null,
    canCancel: isTrue(row.supportCancel),
    resourceId: row.resourceId ?? null,
    failure: null,
  };
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === "true";
}
