import { GiB } from "@sampan/core";
import type { ImageBuild, ImageBuilder, ImageBuildStatus, ImagePipelineRequest } from "../image-builder.ts";
import type { EcsCaller } from "./ecs-caller.ts";
import { assertImportRequest, tagList } from "./import-request.ts";

const statuses: readonly ImageBuildStatus[] = [
  "PREPARING",
  "REPAIRING",
  "BUILDING",
  "TESTING",
  "DISTRIBUTING",
  "RELEASING",
  "SUCCESS",
  "PARTITION_SUCCESS",
  "FAILED",
  "TEST_FAILED",
  "CANCELLING",
  "CANCELLED",
];

/**
 * ECS's Image Builder, through the vendor's typed client.
 *
 * Sources: ECS API reference (CreateImagePipeline, StartImagePipelineExecution, DescribeImagePipelineExecutions,
 * CancelImagePipelineExecution, DeleteImagePipeline), 2026, and the client 7.11.6.
 */
export class EcsImageBuilder implements ImageBuilder {
  readonly #ecs: EcsCaller;

  constructor(ecs: EcsCaller) {
    this.#ecs = ecs;
  }

  async createPipeline(region: string, request: ImagePipelineRequest, signal?: AbortSignal) {
    assertImportRequest(request);
    const doing = `keeping a build of ${request.name} in ${region}`;
    const action = "CreateImagePipeline";
    const body = await this.#ecs.call({ action, doing, region, signal }, async (client, ecs, runtime) => {
      const asked = new ecs.CreateImagePipelineRequest({ regionId: region, ...pipelineFields(request) });
      return (await client.createImagePipelineWithOptions(asked, runtime)).body;
    });
    if (!body?.imagePipelineId) throw this.#ecs.lacking({ action, doing, region }, "the pipeline's id");
    return { pipelineId: body.imagePipelineId };
  }

  async startExecution(region: string, pipelineId: string, clientToken: string, signal?: AbortSignal) {
    const doing = `starting the build ${pipelineId} in ${region}`;
    const action = "StartImagePipelineExecution";
    const body = await this.#ecs.call({ action, doing, region, signal }, async (client, ecs, runtime) => {
      const asked = new ecs.StartImagePipelineExecutionRequest({
        regionId: region,
        imagePipelineId: pipelineId,
        clientToken,
      });
      return (await client.startImagePipelineExecutionWithOptions(asked, runtime)).body;
    });
    if (!body?.executionId) throw this.#ecs.lacking({ action, doing, region }, "the execution's id");
    return { executionId: body.executionId };
  }

  async describeExecution(region: string, executionId: string, signal?: AbortSignal) {
    const body = await this.#ecs.call(
      {
        action: "DescribeImagePipelineExecutions",
        doing: `looking at the build ${executionId} in ${region}`,
        region,
        signal,
      },
      async (client, ecs, runtime) => {
        const asked = new ecs.DescribeImagePipelineExecutionsRequest({ regionId: region, executionId });
        return (await client.describeImagePipelineExecutionsWithOptions(asked, runtime)).body;
      },
    );
    const rows = body?.imagePipelineExecution?.imagePipelineExecutionSet ?? [];
    const row = rows.find((candidate) => candidate.executionId === executionId);
    const status = statuses.find((known) => known === row?.status);
    if (row === undefined || status === undefined) return undefined;
    const build: ImageBuild = {
      executionId,
      pipelineId: row.imagePipelineId ?? "",
      region,
      status,
      imageId: row.imageId || null,
      failure:
        row.errorCode || /FAILED/.test(status)
          ? { code: row.errorCode ?? "", message: row.errorInfo || row.message || "" }
          : null,
    };
    return build;
  }

  async cancelExecution(region: string, executionId: string, signal?: AbortSignal): Promise<void> {
    await this.#ecs.call(
      {
        action: "CancelImagePipelineExecution",
        doing: `cancelling the build ${executionId} in ${region}`,
        region,
        signal,
      },
      async (client, ecs, runtime) => {
        const asked = new ecs.CancelImagePipelineExecutionRequest({ regionId: region, executionId });
        await client.cancelImagePipelineExecutionWithOptions(asked, runtime);
      },
    );
  }

  async deletePipeline(region: string, pipelineId: string, signal?: AbortSignal): Promise<void> {
    await this.#ecs.call(
      {
        action: "DeleteImagePipeline",
        doing: `deleting the build's template ${pipelineId} in ${region}`,
        region,
        signal,
      },
      async (client, ecs, runtime) => {
        const asked = new ecs.DeleteImagePipelineRequest({ regionId: region, imagePipelineId: pipelineId });
        await client.deleteImagePipelineWithOptions(asked, runtime);
      },
    );
  }
}

/** Fields of the vendor's request: the base is an object, and the image gets the very name asked for. */
function pipelineFields(request: ImagePipelineRequest) {
  const { name, description, platform, licenseType, nvmeSupport, roleName, tags, repair } = request;
  return {
    baseImageType: "OSS",
    ...(description === undefined ? {} : { description }),
    clientToken: request.clientToken,
    advancedOptions: { imageNameSuffix: "disable" },
    ...(repair === null ? {} : { repairMode: repair }),
    imageOptions: {
      imageName: name,
      ...(description === undefined ? {} : { description }),
      ...(tags === undefined ? {} : { imageTags: tagList(tags) }),
      ...(nvmeSupport === undefined
        ? {}
        : { imageFeatures: { nvmeSupport: nvmeSupport ? "supported" : "unsupported" } }),
    },
    importImageOptions: {
      architecture: request.architecture,
      bootMode: request.bootMode,
      OSType: request.osType,
      retentionStrategy: "RetainNever",
      ...(platform === undefined ? {} : { platform }),
      ...(licenseType === undefined ? {} : { licenseType }),
      ...(roleName === undefined ? {} : { roleName }),
      ...(nvmeSupport === undefined
        ? {}
        : { features: { nvmeSupport: nvmeSupport ? "supported" : "unsupported" } }),
      diskDeviceMappings: request.disks.map((disk) => ({
        OSSBucket: disk.bucket,
        OSSObject: disk.key,
        format: disk.format,
        diskImageSize: Math.max(1, Math.ceil(disk.sizeBytes / GiB)),
      })),
    },
  };
}
