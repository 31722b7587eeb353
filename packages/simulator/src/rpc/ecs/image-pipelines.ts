import { randomBytes } from "node:crypto";
import type { JsonObject } from "@sampan/core";
import type { RpcAction, RpcCall } from "../call.ts";
import { missingParameter, RpcError } from "../errors.ts";
import { RpcParameters } from "../parameters.ts";
import { tokenRecord } from "./client-token.ts";
import type { ExecutionRecord, PipelineRecord } from "./image-pipelines-table.ts";
import { importImage } from "./import-image.ts";
import { progressOf } from "./progress.ts";
import type { ClientTokenRecord } from "./records.ts";
import { isoSeconds, requireImageName, requireOneOf, requireRegion } from "./rules.ts";
import { cancelTask } from "./tasks.ts";

/*
 * Image Builder with an object as base. Parameters and states are those of @alicloud/ecs20140526 7.11.6 and of the vendor's
 * reference of 2026; how a build goes on inside is not documented: here it is the import of its disks, seen from another
 * side, and the image it gives is the imported one under the name of the target. Other bases, commands to run, other regions
 * and accounts to give the image to are refused by name.
 */

const diskFields = ["OSSBucket", "OSSObject", "Format", "DiskImageSize"];

/** CreateImagePipeline: keeps a template; nothing is read before it is started. */
const createImagePipeline: RpcAction = {
  name: "CreateImagePipeline",
  parameters: (
    "RegionId Name Description ClientToken BaseImageType RepairMode RepairItem.N ResourceGroupId Tag.N.Key Tag.N.Value " +
    "InstanceType VSwitchId SystemDiskSize InternetMaxBandwidthOut DeleteInstanceOnFailure " +
    "AdvancedOptions.ImageNameSuffix AdvancedOptions.RetainCloudAssistant ImageOptions.ImageName " +
    "ImageOptions.Description ImageOptions.ImageFamily ImageOptions.ImageTags.N.Key ImageOptions.ImageTags.N.Value " +
    "ImageOptions.ImageFeatures.NvmeSupport ImportImageOptions.Architecture ImportImageOptions.BootMode " +
    "ImportImageOptions.Description ImportImageOptions.ImageName ImportImageOptions.LicenseType " +
    "ImportImageOptions.OSType ImportImageOptions.Platform ImportImageOptions.RoleName " +
    "ImportImageOptions.RetentionStrategy ImportImageOptions.RetainImportedImage " +
    "ImportImageOptions.Features.NvmeSupport ImportImageOptions.Features.ImdsSupport " +
    diskFields.map((field) => `ImportImageOptions.DiskDeviceMappings.N.${field}`).join(" ")
  ).split(" "),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const region = requireRegion(call);
    const token = tokenRecord(call, "CreateImagePipeline", {});
    const known = given(world.pipelines.pipelines(), token);
    if (known) return { ImagePipelineId: known.pipelineId };
    const base = requireOneOf(
      parameters.required("BaseImageType"),
      ["OSS"],
      "InvalidParameter.BaseImageType",
    );
    if (base === undefined) throw missingParameter("BaseImageType");
    const repair = requireOneOf(
      parameters.text("RepairMode"),
      ["Standard", "All", "Customized"],
      "InvalidParameter.RepairMode",
    );
    if (parameters.structures("ImportImageOptions.DiskDeviceMappings").length === 0) {
      throw missingParameter("ImportImageOptions.DiskDeviceMappings.1.OSSBucket");
    }
    const pipelineId = `ip-bp1${randomBytes(9).toString("hex").slice(0, 17)}`;
    const name = parameters.text("ImageOptions.ImageName") ?? pipelineId;
    if (name.length > 64) {
      throw new RpcError(400, "InvalidImageName.Malformed", "The prefix of the image's name is too long.");
    }
    const record: PipelineRecord = {
      pipelineId,
      region,
      ownerId: caller.accountId,
      name: requireImageName(name),
      createdAtMs: world.clock.now(),
      importParameters: importParameters(parameters),
      hasRepair: repair !== undefined,
      token,
    };
    await world.pipelines.putPipeline(record);
    return { ImagePipelineId: pipelineId };
  },
};

/** StartImagePipelineExecution: begins the import with every check of ImportImage. */
const startImagePipelineExecution: RpcAction = {
  name: "StartImagePipelineExecution",
  parameters: [
    "RegionId",
    "ImagePipelineId",
    "ClientToken",
    "Tag.N.Key",
    "Tag.N.Value",
    "TemplateTag.N.Key",
    "TemplateTag.N.Value",
  ],
  run: async (call) => {
    const { world, caller } = call;
    const region = requireRegion(call);
    const pipeline = requirePipeline(call, region);
    const token = tokenRecord(call, "StartImagePipelineExecution", {});
    const known = given(world.pipelines.executions(), token);
    if (known) return { ExecutionId: known.executionId };
    const executionId = `exec-${randomBytes(9).toString("hex")}`;
    const suffixed = pipeline.importParameters.some(([key]) => key === "ImageNameSuffix")
      ? pipeline.name
      : `${pipeline.name}_${executionId}`;
    const values: (readonly [string, string])[] = [
      ["RegionId", region],
      ["ImageName", suffixed],
      ...pipeline.importParameters.filter(([key]) => key !== "ImageNameSuffix"),
    ];
    const answer = await importImage.run({ ...call, parameters: new RpcParameters(values) });
    await world.pipelines.putExecution({
      executionId,
      pipelineId: pipeline.pipelineId,
      region,
      ownerId: caller.accountId,
      imageId: String(answer.ImageId),
      taskId: String(answer.TaskId),
      createdAtMs: world.clock.now(),
      cancelledAtMs: null,
      hasRepair: pipeline.hasRepair,
      token,
    });
    return { ExecutionId: executionId };
  },
};

/** DescribeImagePipelineExecutions: the caller's builds of a region, newest first. */
const describeImagePipelineExecutions: RpcAction = {
  name: "DescribeImagePipelineExecutions",
  parameters: "RegionId ExecutionId ImagePipelineId Status MaxResults NextToken".split(" "),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const region = requireRegion(call);
    const limit = parameters.integer("MaxResults", { min: 1, max: 500 }) ?? 50;
    const start = parameters.integer("NextToken", { min: 0, max: 1_000_000_000 }) ?? 0;
    const id = parameters.text("ExecutionId");
    const pipelineId = parameters.text("ImagePipelineId");
    const wanted = parameters.commaList("Status");
    const all = world.pipelines
      .executions()
      .filter((one) => one.region === region && one.ownerId === caller.accountId)
      .filter((one) => id === undefined || one.executionId === id)
      .filter((one) => pipelineId === undefined || one.pipelineId === pipelineId)
      .map((one) => describe(call, one))
      .filter((one) => wanted === undefined || wanted.includes(String(one.Status)))
      .reverse();
    const next = start + limit < all.length ? String(start + limit) : "";
    return {
      TotalCount: all.length,
      MaxResults: limit,
      NextToken: next,
      ImagePipelineExecution: { ImagePipelineExecutionSet: all.slice(start, start + limit) },
    };
  },
};

/** CancelImagePipelineExecution: its import is cancelled, its image removed. */
const cancelImagePipelineExecution: RpcAction = {
  name: "CancelImagePipelineExecution",
  parameters: ["RegionId", "ExecutionId", "TemplateTag.N.Key", "TemplateTag.N.Value"],
  run: async (call) => {
    const { world, caller, parameters } = call;
    const region = requireRegion(call);
    const executionId = parameters.required("ExecutionId");
    const found = world.pipelines.executions().find((one) => one.executionId === executionId);
    if (found?.region !== region || found.ownerId !== caller.accountId) {
      throw new RpcError(404, "InvalidExecutionId.NotFound", `The execution ${executionId} does not exist.`);
    }
    if (world.ecs.task(region, found.taskId)?.status !== "Processing") {
      throw new RpcError(403, "IncorrectImagePipelineExecutionStatus", "The execution has ended.");
    }
    const values = [
      ["RegionId", region],
      ["TaskId", found.taskId],
    ] as const;
    await cancelTask.run({ ...call, parameters: new RpcParameters(values) });
    await world.pipelines.putExecution({ ...found, cancelledAtMs: world.clock.now() });
    return {};
  },
};

/** DeleteImagePipeline: refused while a build of it goes on. */
const deleteImagePipeline: RpcAction = {
  name: "DeleteImagePipeline",
  parameters: ["RegionId", "ImagePipelineId", "TemplateTag.N.Key", "TemplateTag.N.Value"],
  run: async (call) => {
    const region = requireRegion(call);
    const { pipelineId } = requirePipeline(call, region);
    const isRunning = call.world.pipelines
      .executions()
      .some(
        (one) =>
          one.pipelineId === pipelineId && call.world.ecs.task(region, one.taskId)?.status === "Processing",
      );
    if (isRunning)
      throw new RpcError(403, "OperationDenied.ExecutionRunning", "An execution of the template is running.");
    await call.world.pipelines.removePipeline(pipelineId);
    return {};
  },
};

/** Image Builder's actions. */
export const imagePipelineActions: readonly RpcAction[] = [
  createImagePipeline,
  startImagePipelineExecution,
  describeImagePipelineExecutions,
  cancelImagePipelineExecution,
  deleteImagePipeline,
];

/** What was made under the same token; `IdempotentParameterMismatch` when it was asked for otherwise. */
function given<T extends { readonly token: ClientTokenRecord | null }>(
  records: readonly T[],
  token: ClientTokenRecord | null,
): T | undefined {
  const known = token === null ? undefined : records.find((one) => one.token?.key === token.key);
  if (known && known.token?.fingerprint !== token?.fingerprint) {
    throw new RpcError(400, "IdempotentParameterMismatch", "The ClientToken was used with other parameters.");
  }
  return known;
}

/** The template's import in the names of ImportImage. */
function importParameters(parameters: RpcParameters): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  const take = (from: string, to: string) => {
    const value = parameters.text(from);
    if (value !== undefined) found.push([to, value]);
  };
  for (const field of ["Architecture", "BootMode", "LicenseType", "OSType", "Platform", "RoleName"]) {
    take(`ImportImageOptions.${field}`, field);
  }
  take("ImportImageOptions.Features.ImdsSupport", "Features.ImdsSupport");
  take("ImportImageOptions.Features.NvmeSupport", "Features.NvmeSupport");
  take("ImageOptions.Description", "Description");
  for (const { number, fields } of parameters.structures("ImportImageOptions.DiskDeviceMappings")) {
    for (const field of diskFields) {
      const value = fields.text(field);
      if (value !== undefined) found.push([`DiskDeviceMapping.${number}.${field}`, value]);
    }
  }
  for (const { number, fields } of parameters.structures("ImageOptions.ImageTags")) {
    found.push(
      [`Tag.${number}.Key`, fields.text("Key") ?? ""],
      [`Tag.${number}.Value`, fields.text("Value") ?? ""],
    );
  }
  if (parameters.text("AdvancedOptions.ImageNameSuffix") === "disable")
    found.push(["ImageNameSuffix", "disable"]);
  return found;
}

function requirePipeline(call: RpcCall, region: string): PipelineRecord {
  const pipelineId = call.parameters.required("ImagePipelineId");
  const found = call.world.pipelines.pipeline(pipelineId);
  if (found?.region === region && found.ownerId === call.caller.accountId) return found;
  throw new RpcError(404, "InvalidImagePipelineId.NotFound", `The template ${pipelineId} does not exist.`);
}

function describe(call: RpcCall, execution: ExecutionRecord): JsonObject {
  const { region, imageId, taskId, cancelledAtMs, createdAtMs } = execution;
  const task = call.world.ecs.task(region, taskId);
  const image = call.world.ecs.image(region, imageId);
  const status = statusOf(call, execution);
  return {
    ExecutionId: execution.executionId,
    ImagePipelineId: execution.pipelineId,
    ResourceGroupId: "",
    Status: status,
    ImageId: status === "SUCCESS" && image ? imageId : "",
    ErrorCode: status === "FAILED" ? (task?.failure?.code ?? "") : "",
    ErrorInfo: status === "FAILED" ? (task?.failure?.message ?? "") : "",
    Message: "",
    CreationTime: isoSeconds(createdAtMs),
    ModifiedTime: isoSeconds(task?.finishedAtMs ?? cancelledAtMs ?? createdAtMs),
    Tags: { Tag: [] },
  };
}

function statusOf(
  call: RpcCall,
  { region, imageId, taskId, cancelledAtMs, hasRepair }: ExecutionRecord,
): string {
  if (cancelledAtMs !== null) return "CANCELLED";
  const task = call.world.ecs.task(region, taskId);
  if (task?.status === "Finished") return "SUCCESS";
  if (task?.status !== "Processing") return "FAILED";
  const image = call.world.ecs.image(region, imageId);
  const percent = image === undefined ? 0 : progressOf(image, call.world.clock.now()).percent;
  if (percent === 0) return "PREPARING";
  if (hasRepair && percent < 30) return "REPAIRING";
  return percent < 90 ? "BUILDING" : "RELEASING";
}
