import type { JsonFiles } from "../../state/json-files.ts";
import type { ClientTokenRecord } from "./records.ts";

/** A template of a build, as it is kept. */
export interface PipelineRecord {
  readonly pipelineId: string;
  readonly region: string;
  readonly ownerId: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** Parameters of the import it begins with, in the names of ImportImage. */
  readonly importParameters: readonly (readonly [string, string])[];
  readonly hasRepair: boolean;
  readonly token: ClientTokenRecord | null;
}

/** A build, as it is kept: where it stands follows from its image. */
export interface ExecutionRecord {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly region: string;
  readonly ownerId: string;
  readonly imageId: string;
  readonly taskId: string;
  readonly createdAtMs: number;
  readonly cancelledAtMs: number | null;
  readonly hasRepair: boolean;
  readonly token: ClientTokenRecord | null;
}

/** Templates and builds of Image Builder, in memory and on disk. */
export class ImagePipelines {
  readonly #files: JsonFiles;
  readonly #pipelines = new Map<string, PipelineRecord>();
  readonly #executions = new Map<string, ExecutionRecord>();

  constructor(files: JsonFiles) {
    this.#files = files;
  }

  async load(): Promise<void> {
    for (const one of await this.#files.readAll<PipelineRecord>("pipelines", {
      nameOf: ({ pipelineId }) => pipelineId,
    })) {
      this.#pipelines.set(one.pipelineId, one);
    }
    for (const one of await this.#files.readAll<ExecutionRecord>("executions", {
      nameOf: ({ executionId }) => executionId,
    })) {
      this.#executions.set(one.executionId, one);
    }
  }

  pipeline(pipelineId: string): PipelineRecord | undefined {
    return this.#pipelines.get(pipelineId);
  }

  pipelines(): readonly PipelineRecord[] {
    return [...this.#pipelines.values()];
  }

  executions(): readonly ExecutionRecord[] {
    return [...this.#executions.values()];
  }

  /** On disk when the promise resolves. */
  async putPipeline(record: PipelineRecord): Promise<void> {
    this.#pipelines.set(record.pipelineId, record);
    await this.#files.write("pipelines", record.pipelineId, record);
  }

  async removePipeline(pipelineId: string): Promise<void> {
    this.#pipelines.delete(pipelineId);
    await this.#files.remove("pipelines", pipelineId);
  }

  /** On disk when the promise resolves. */
  async putExecution(record: ExecutionRecord): Promise<void> {
    this.#executions.set(record.executionId, record);
    await this.#files.write("executions", record.executionId, record);
  }
}
