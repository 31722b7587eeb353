import { type CloudImage, startBuild, waitForBuild, waitForImage } from "@sampan/cloud";
import { isSampanError, type Json, SampanError } from "@sampan/core";
import type { StageContext } from "../run/stage-definition.ts";
import { cancelInCloud, wasCancelled } from "./cancel-in-cloud.ts";
import { type ImportDescription, importRequest } from "./import-request.ts";

/** The build that was started; `executionId` is `null` once one came to nothing. */
interface Checkpoint {
  readonly executionId: string | null;
  readonly pipelineId: string;
  /** Builds of this run that came to nothing: each needs a client token of its own. */
  readonly lost: number;
}

/**
 * Makes the image by ECS's Image Builder instead of ImportImage: the experimental strategy of `import`. Goes on with the build
 * an earlier attempt started; cancels it when the run is cancelled, unless the plan says otherwise.
 */
export async function buildImage(
  about: Omit<ImportDescription, "clientToken" | "runId">,
  region: string,
  context: StageContext,
): Promise<CloudImage> {
  const { options, name } = about;
  const cloud = await context.services.cloud();
  const { clock, random } = context.services;
  const { signal } = context;
  const known = context.checkpoint.state as Checkpoint | null;
  const lost = known?.lost ?? 0;
  const ports = { clock, random, signal, onRetry: context.retrying };
  const note = (text: string) => context.progress({ doneBytes: 0, totalBytes: null, note: text });

  async function start(): Promise<{ readonly executionId: string; readonly pipelineId: string }> {
    context.log(
      "warning",
      "Image Builder is experimental here: the vendor's pages disagree on builds of uploaded disks, and a build starts an instance that is billed while it works",
    );
    const clientToken = lost === 0 ? context.key : `${context.key.slice(0, 58)}~${lost}`;
    const {
      detect: _,
      architecture,
      ...request
    } = importRequest({ ...about, runId: context.runId, clientToken });
    if (architecture === "i386") {
      throw new SampanError(
        "CLOUD_IMPORT_REFUSED",
        `building ${name} in ${region}: Image Builder takes no i386`,
        {
          hint: 'Import it by `strategy: "import-image"`.',
        },
      );
    }
    const started = await startBuild(
      cloud,
      { region, ...request, architecture, repair: options.repair ?? null },
      {
        ...ports,
        createRole: options.createRole === true,
        onNote: note,
        onRoleCreated: (role) => {
          context.log("info", `created RAM role ${role}`);
          void context
            .resource({ kind: "role", id: role, name: role, region: null, billed: false })
            .catch(() => undefined);
        },
      },
    );
    const { executionId, pipelineId } = started;
    await context.save({ executionId, pipelineId, lost } satisfies Checkpoint as Json);
    await context.resource({ kind: "task", id: executionId, name, region, billed: true });
    return started;
  }

  const resumed = known?.executionId ?? null;
  const { executionId, pipelineId } =
    resumed === null ? await start() : { executionId: resumed, pipelineId: known?.pipelineId ?? "" };

  async function giveUp(): Promise<void> {
    await context.save({ executionId: null, pipelineId, lost: lost + 1 } satisfies Checkpoint as Json);
    await context.resourceGone(executionId);
  }
  async function tidy(): Promise<void> {
    await cloud.builder.deletePipeline(region, pipelineId, AbortSignal.timeout(10_000)).catch(() => {
      context.log("info", `the build's template ${pipelineId} could not be deleted; it costs nothing`);
    });
  }

  try {
    const build = await waitForBuild(
      cloud.builder,
      { region, executionId },
      {
        ...ports,
        ...(cloud.identity.rehearsal ? { pollMs: 200 } : {}),
        ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
        onStatus: ({ status }) => note(`Image Builder: ${status}`),
        onStall: ({ sinceMs, note: told }) => context.stalled(sinceMs, told),
      },
    );
    const image = await waitForImage(cloud.images, { region, imageId: build.imageId }, ports);
    await context.resource({ kind: "image", id: image.imageId, name: image.name, region, billed: true });
    await context.resourceGone(executionId);
    await tidy();
    return image;
  } catch (error) {
    if (wasCancelled(context)) {
      if (options.onCancel !== "leave") {
        const isCancelled = await cancelInCloud(context, `the build ${executionId}`, (limit) =>
          cloud.builder.cancelExecution(region, executionId, limit),
        );
        if (isCancelled) {
          await giveUp();
          await tidy();
        }
      }
    } else if (isSampanError(error, "CLOUD_IMPORT_FAILED") || isSampanError(error, "CLOUD_IMAGE_NOT_FOUND")) {
      const left = error.details.imageId;
      if (typeof left === "string") {
        await context.resource({ kind: "image", id: left, name, region, billed: true });
      }
      await giveUp();
      await tidy();
    }
    throw error;
  }
}
