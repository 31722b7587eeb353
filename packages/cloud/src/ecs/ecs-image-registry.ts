import type {
  CloudImage,
  CloudTask,
  CopyImageRequest,
  CreateImageRequest,
  ImageQuery,
  ImageRegistry,
  ImportImageRequest,
} from "../image-registry.ts";
import { assertRegionId } from "../regions.ts";
import { vendorCodeOf } from "../vendor-failure.ts";
import { createImage } from "./create-image.ts";
import { type EcsCaller, unlessSettled } from "./ecs-caller.ts";
import { cloudImageOf, imageStatuses } from "./image-mapping.ts";
import { changeShares, imageShares } from "./image-shares.ts";
import { assertImageName, assertImportRequest, importFields, tagList } from "./import-request.ts";
import { cloudTaskOf, listedTaskOf } from "./task-mapping.ts";

const pageSize = 100;
const maxPages = 200;

/**
 * The custom images of ECS, through the vendor's typed client.
 *
 * Sources: ECS API reference (ImportImage, DescribeImages, DescribeTasks, DescribeTaskAttribute, CancelTask, CopyImage,
 * CancelCopyImage, DeleteImage, ModifyImageSharePermission, DescribeRegions), 2021 to 2026, and the behaviour of the client 7.11.6 as measured.
 */
export class EcsImageRegistry implements ImageRegistry {
  readonly #ecs: EcsCaller;

  constructor(ecs: EcsCaller) {
    this.#ecs = ecs;
  }

  async listRegions(signal?: AbortSignal): Promise<readonly string[]> {
    const { region } = this.#ecs;
    const body = await this.#ecs.call(
      { action: "DescribeRegions", doing: "listing regions", region, signal },
      async (client, ecs, runtime) => {
        const request = new ecs.DescribeRegionsRequest({ acceptLanguage: "en-US" });
        return (await client.describeRegionsWithOptions(request, runtime)).body;
      },
    );
    return (body?.regions?.region ?? []).flatMap((found) => (found.regionId ? [found.regionId] : []));
  }

  async importImage(region: string, request: ImportImageRequest, signal?: AbortSignal) {
    assertImportRequest(request);
    const doing = `importing ${request.name} in ${region}`;
    const body = await this.#ecs.call(
      { action: "ImportImage", doing, region, signal },
      async (client, ecs, runtime) => {
        const asked = new ecs.ImportImageRequest(importFields(region, request, false));
        return (await client.importImageWithOptions(asked, runtime)).body;
      },
    );
    const { imageId, taskId } = body ?? {};
    if (!imageId || !taskId) {
      throw this.#ecs.lacking({ action: "ImportImage", doing, region }, "the image's or the task's id");
    }
    return { imageId, taskId };
  }

  createImage(region: string, request: CreateImageRequest, signal?: AbortSignal) {
    return createImage(this.#ecs, region, request, signal);
  }

  async checkImport(region: string, request: ImportImageRequest, signal?: AbortSignal): Promise<void> {
    assertImportRequest(request);
    const doing = `checking the import of ${request.name} in ${region}`;
    await unlessPassed(
      this.#ecs.call({ action: "ImportImage", doing, region, signal }, async (client, ecs, runtime) => {
        const asked = new ecs.ImportImageRequest(importFields(region, request, true));
        return (await client.importImageWithOptions(asked, runtime)).body;
      }),
    );
  }

  async listImages(region: string, query: ImageQuery, signal?: AbortSignal): Promise<readonly CloudImage[]> {
    const images: CloudImage[] = [];
    for (const owner of query.owners ?? (["self"] as const)) {
      for (const imageId of query.imageIds === undefined ? [undefined] : new Set(query.imageIds)) {
        images.push(...(await this.#images(region, query, owner, imageId, signal)));
      }
    }
    return images;
  }

  async #images(
    region: string,
    query: ImageQuery,
    owner: "self" | "others" | "system",
    imageId: string | undefined,
    signal: AbortSignal | undefined,
  ) {
    const { name, tag } = query;
    const images: CloudImage[] = [];
    for (let pageNumber = 1, seen = 0; pageNumber <= maxPages; pageNumber++) {
      const body = await this.#ecs.call(
        { action: "DescribeImages", doing: `looking at images in ${region}`, region, signal },
        async (client, ecs, runtime) => {
          const asked = new ecs.DescribeImagesRequest({
            regionId: region,
            imageOwnerAlias: owner,
            status: imageStatuses.join(","),
            pageNumber,
            pageSize,
            ...(imageId === undefined ? {} : { imageId }),
            ...(name === undefined ? {} : { imageName: name }),
            ...(tag === undefined ? {} : { tag: [{ key: tag.key, value: tag.value }] }),
          });
          return (await client.describeImagesWithOptions(asked, runtime)).body;
        },
      );
      const rows = body?.images?.image ?? [];
      for (const row of rows) {
        const image = cloudImageOf(row, region);
        if (image !== undefined && matches(image, query, imageId)) images.push(image);
      }
      seen += rows.length;
      if (rows.length === 0 || seen >= (body?.totalCount ?? 0)) break;
    }
    return images;
  }

  async describeTask(region: string, taskId: string, signal?: AbortSignal): Promise<CloudTask> {
    const doing = `looking at task ${taskId} in ${region}`;
    const body = await this.#ecs.call(
      { action: "DescribeTaskAttribute", doing, region, signal },
      async (client, ecs, runtime) => {
        const asked = new ecs.DescribeTaskAttributeRequest({ regionId: region, taskId });
        return (await client.describeTaskAttributeWithOptions(asked, runtime)).body;
      },
    );
    if (!body?.taskId) {
      throw this.#ecs.lacking({ action: "DescribeTaskAttribute", doing, region }, "the task's id");
    }
    return cloudTaskOf(body, region);
  }

  async listTasks(region: string, query: { readonly taskIds?: readonly string[] }, signal?: AbortSignal) {
    const tasks: { readonly task: CloudTask; readonly createdAt: string }[] = [];
    const { taskIds } = query;
    for (const ids of taskIds === undefined ? [undefined] : chunks(taskIds, pageSize)) {
      for (let pageNumber = 1, seen = 0; pageNumber <= maxPages; pageNumber++) {
        const body = await this.#ecs.call(
          { action: "DescribeTasks", doing: `listing tasks in ${region}`, region, signal },
          async (client, ecs, runtime) => {
            const asked = new ecs.DescribeTasksRequest({
              regionId: region,
              pageNumber,
              pageSize,
              ...(ids === undefined ? {} : { taskIds: ids.join(",") }),
            });
            return (await client.describeTasksWithOptions(asked, runtime)).body;
          },
        );
        const rows = body?.taskSet?.task ?? [];
        for (const row of rows)
          tasks.push({ task: listedTaskOf(row, region), createdAt: row.creationTime ?? "" });
        seen += rows.length;
        if (rows.length === 0 || seen >= (body?.totalCount ?? 0)) break;
      }
    }
    return tasks.sort((a, b) => b.createdAt.localeCompare(a.createdAt)).map((found) => found.task);
  }

  async cancelTask(region: string, taskId: string, signal?: AbortSignal): Promise<void> {
    await unlessSettled(
      ["InvalidTaskId.IncorrectTaskStatus"],
      this.#ecs.call(
        { action: "CancelTask", doing: `cancelling task ${taskId} in ${region}`, region, signal },
        async (client, ecs, runtime) => {
          await client.cancelTaskWithOptions(
            new ecs.CancelTaskRequest({ regionId: region, taskId }),
            runtime,
          );
        },
      ),
    );
  }

  async copyImage(region: string, request: CopyImageRequest, signal?: AbortSignal) {
    const { imageId, destinationRegion, name, description, tags, clientToken } = request;
    const { encrypted, kmsKeyId } = request;
    assertRegionId(destinationRegion);
    const doing = `copying ${imageId} from ${region} to ${destinationRegion}`;
    assertImageName(name, "copying to", "CLOUD_COPY_REFUSED");
    const body = await this.#ecs.call(
      { action: "CopyImage", doing, region, signal },
      async (client, ecs, runtime) => {
        const asked = new ecs.CopyImageRequest({
          regionId: region,
          imageId,
          destinationRegionId: destinationRegion,
          destinationImageName: name,
          ...(description === undefined ? {} : { destinationDescription: description }),
          ...(encrypted === undefined ? {} : { encrypted }),
          ...(kmsKeyId === undefined ? {} : { KMSKeyId: kmsKeyId }),
          ...(tags === undefined ? {} : { tag: tagList(tags) }),
          clientToken,
        });
        return (await client.copyImageWithOptions(asked, runtime)).body;
      },
    );
    if (!body?.imageId) {
      throw this.#ecs.lacking({ action: "CopyImage", doing, region }, "the image's id");
    }
    return { imageId: body.imageId };
  }

  async checkCopy(
    region: string,
    { imageId, destinationRegion, name }: Omit<CopyImageRequest, "clientToken">,
    signal?: AbortSignal,
  ): Promise<void> {
    assertRegionId(destinationRegion);
    const doing = `checking a copy of ${imageId} from ${region} to ${destinationRegion}`;
    await unlessPassed(
      this.#ecs.call({ action: "CopyImage", doing, region, signal }, async (client, ecs, runtime) => {
        const asked = new ecs.CopyImageRequest({
          regionId: region,
          imageId,
          destinationRegionId: destinationRegion,
          destinationImageName: name,
          dryRun: true,
        });
        await client.copyImageWithOptions(asked, runtime);
      }),
    );
  }

  async checkShare(region: string, imageId: string, account: string, signal?: AbortSignal): Promise<void> {
    const doing = `checking the sharing of ${imageId} in ${region}`;
    await unlessPassed(
      this.#ecs.call(
        { action: "ModifyImageSharePermission", doing, region, signal },
        async (client, ecs, runtime) => {
          const asked = new ecs.ModifyImageSharePermissionRequest({
            regionId: region,
            imageId,
            removeAccount: [account],
            dryRun: true,
          });
          await client.modifyImageSharePermissionWithOptions(asked, runtime);
        },
      ),
    );
  }

  async cancelCopyImage(region: string, imageId: string, signal?: AbortSignal): Promise<void> {
    await unlessSettled(
      ["InvalidImageId.NotFound", "IncorrectImageStatus"],
      this.#ecs.call(
        { action: "CancelCopyImage", doing: `cancelling the copy ${imageId} in ${region}`, region, signal },
        async (client, ecs, runtime) => {
          await client.cancelCopyImageWithOptions(
            new ecs.CancelCopyImageRequest({ regionId: region, imageId }),
            runtime,
          );
        },
      ),
    );
  }

  shareImage(region: string, imageId: string, accounts: readonly string[], signal?: AbortSignal) {
    return changeShares(this.#ecs, { region, imageId, add: accounts, signal });
  }

  unshareImage(region: string, imageId: string, accounts: readonly string[], signal?: AbortSignal) {
    return changeShares(this.#ecs, { region, imageId, remove: accounts, signal });
  }

  listImageShares(region: string, imageId: string, signal?: AbortSignal): Promise<readonly string[]> {
    return imageShares(this.#ecs, region, imageId, signal);
  }

  async deleteImage(region: string, imageId: string, signal?: AbortSignal): Promise<void> {
    await unlessSettled(
      ["InvalidImageId.NotFound"],
      this.#ecs.call(
        { action: "DeleteImage", doing: `deleting ${imageId} in ${region}`, region, signal },
        async (client, ecs, runtime) => {
          await client.deleteImageWithOptions(
            new ecs.DeleteImageRequest({ regionId: region, imageId }),
            runtime,
          );
        },
      ),
    );
  }
}

/** Lets the codes pass by which a check that succeeded ends. */
async function unlessPassed(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isDryRunSuccess(vendorCodeOf(error))) throw error;
  }
}

/** A dry run "fails" when it succeeds, under one of several spellings. */
function isDryRunSuccess(code: string | undefined): boolean {
  return code !== undefined && /^(dryrun\.success|dryrunoperation)$/i.test(code);
}

/** The name filter is fuzzy on the vendor's side, and a simulator or proxy may ignore any filter. */
function matches(image: CloudImage, query: ImageQuery, imageId: string | undefined): boolean {
  const { name, tag } = query;
  return (
    (imageId === undefined || image.imageId === imageId) &&
    (name === undefined || image.name === name) &&
    (tag === undefined || image.tags[tag.key] === tag.value)
  );
}

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}
