import type { ImageBuild, ImageBuilder, ImagePipelineRequest } from "../image-builder.ts";
import type { ImageRegistry } from "../image-registry.ts";
import { type MemoryWorld, refuse } from "./memory-world.ts";

interface Execution {
  readonly pipelineId: string;
  readonly imageId: string;
  readonly taskId: string;
}

/** Image Builder in memory: a build is an import of the memory cloud, seen from another side. */
export class MemoryImageBuilder implements ImageBuilder {
  readonly #world: MemoryWorld;
  readonly #images: ImageRegistry;
  readonly #pipelines = new Map<string, ImagePipelineRequest>();
  readonly #executions = new Map<string, Execution>();
  /** Ids by action and client token. */
  readonly #tokens = new Map<string, string>();

  constructor(world: MemoryWorld, images: ImageRegistry) {
    this.#world = world;
    this.#images = images;
  }

  async createPipeline(_region: string, request: ImagePipelineRequest, signal?: AbortSignal) {
    return this.#world.call("createPipeline", signal, () => {
      const token = `create ${request.clientToken}`;
      const pipelineId = this.#tokens.get(token) ?? this.#world.id("ip-");
      this.#tokens.set(token, pipelineId);
      this.#pipelines.set(pipelineId, request);
      return { pipelineId };
    });
  }

  async startExecution(region: string, pipelineId: string, clientToken: string, signal?: AbortSignal) {
    return this.#world.call("startExecution", signal, async () => {
      const known = this.#tokens.get(`start ${clientToken}`);
      if (known !== undefined) return { executionId: known };
      const request = this.#pipelines.get(pipelineId);
      if (request === undefined) {
        throw refuse(
          "ecs",
          "StartImagePipelineExecution",
          "InvalidImagePipelineId.NotFound",
          404,
          `starting ${pipelineId}`,
        );
      }
      const { repair: _, ...asked } = request;
      const { imageId, taskId } = await this.#images.importImage(region, asked);
      const executionId = this.#world.id("exec-");
      this.#executions.set(executionId, { pipelineId, imageId, taskId });
      this.#tokens.set(`start ${clientToken}`, executionId);
      return { executionId };
    });
  }

  async describeExecution(region: string, executionId: string, signal?: AbortSignal) {
    return this.#world.call("describeExecution", signal, async (): Promise<ImageBuild | undefined> => {
      const found = this.#executions.get(executionId);
      if (found === undefined) return undefined;
      const { pipelineId, imageId, taskId } = found;
      const task = await this.#images.describeTask(region, taskId);
      const cancelled = task.failure?.code === "Cancelled";
      const goingOn = (task.progressPercent ?? 0) === 0 ? "PREPARING" : "BUILDING";
      const status =
        task.status === "Finished"
          ? "SUCCESS"
          : task.status === "Processing"
            ? goingOn
            : cancelled
              ? "CANCELLED"
              : "FAILED";
      const failure = status === "FAILED" ? task.failure : null;
      return {
        executionId,
        pipelineId,
        region,
        status,
        imageId: status === "SUCCESS" ? imageId : null,
        failure,
      };
    });
  }

  async cancelExecution(region: string, executionId: string, signal?: AbortSignal): Promise<void> {
    return this.#world.call("cancelExecution", signal, async () => {
      const found = this.#executions.get(executionId);
      if (found !== undefined) await this.#images.cancelTask(region, found.taskId);
    });
  }

  async deletePipeline(_region: string, pipelineId: string, signal?: AbortSignal): Promise<void> {
    return this.#world.call("deletePipeline", signal, () => void this.#pipelines.delete(pipelineId));
  }
}
