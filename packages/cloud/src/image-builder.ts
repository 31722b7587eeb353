import type { ImportImageRequest } from "./image-registry.ts";

/** State of a build, as the vendor spells it. */
export type ImageBuildStatus =
  | "PREPARING"
  | "REPAIRING"
  | "BUILDING"
  | "TESTING"
  | "DISTRIBUTING"
  | "RELEASING"
  | "SUCCESS"
  | "PARTITION_SUCCESS"
  | "FAILED"
  | "TEST_FAILED"
  | "CANCELLING"
  | "CANCELLED";

/** One execution of a pipeline. */
export interface ImageBuild {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly region: string;
  readonly status: ImageBuildStatus;
  /** The image it makes; `null` while there is none. */
  readonly imageId: string | null;
  /** The cloud's own explanation of a failure; `null` while there is none. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** What {@link ImageBuilder.createPipeline} sends: an import, and what the builder mends on the way. */
export interface ImagePipelineRequest extends Omit<ImportImageRequest, "architecture" | "detect"> {
  /** The builder knows no `i386`. */
  readonly architecture: "x86_64" | "arm64";
  /** The vendor's own repair of the guest: `null` for none. */
  readonly repair: "Standard" | "All" | null;
}

/**
 * A port to ECS's Image Builder, as far as it makes an image of uploaded disks. Experimental: what the vendor documents of a
 * build whose base is an object is little, and its pages disagree.
 *
 * Every method makes one call and does not retry; it rejects only with SampanError, as those of ImageRegistry do.
 */
export interface ImageBuilder {
  /** Keeps a template of a build. The same client token gives the same one. */
  createPipeline(
    region: string,
    request: ImagePipelineRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly pipelineId: string }>;
  /** Starts a build. The same client token gives the same one. */
  startExecution(
    region: string,
    pipelineId: string,
    clientToken: string,
    signal?: AbortSignal,
  ): Promise<{ readonly executionId: string }>;
  /** The build; `undefined` when there is none of that id. */
  describeExecution(
    region: string,
    executionId: string,
    signal?: AbortSignal,
  ): Promise<ImageBuild | undefined>;
  /** Cancels a build; it ends some time later as `CANCELLED`. */
  cancelExecution(region: string, executionId: string, signal?: AbortSignal): Promise<void>;
  /** Deletes a template; the images made by it stay. */
  deletePipeline(region: string, pipelineId: string, signal?: AbortSignal): Promise<void>;
}
