import { GiB } from "@sampan/core";
import { assertCreateRequest } from "../ecs/create-image.ts";
import { assertShareCount } from "../ecs/image-shares.ts";
import { assertImageName, assertImportRequest } from "../ecs/import-request.ts";
import type {
  CloudImage,
  CloudImageStatus,
  CloudTask,
  CopyImageRequest,
  CreateImageRequest,
  ImageDetection,
  ImageQuery,
  ImageRegistry,
  ImportImageRequest,
} from "../image-registry.ts";
import { assertRegionId } from "../regions.ts";
import { assertImageSource, diskBytesOf } from "./memory-image-source.ts";
import { keyOf } from "./memory-object-store.ts";
import type { MemoryPace } from "./memory-pace.ts";
import { type MemoryImage, type MemoryWorld, refuse } from "./memory-world.ts";

const copiesAtOnce = 5;
const sharesPerImage = 50;

/** The custom images of an account, in memory: queues, progress by the clock, names unique in a region, client tokens. */
export class MemoryImageRegistry implements ImageRegistry {
  readonly #world: MemoryWorld;
  readonly #pace: MemoryPace;

  constructor(world: MemoryWorld, pace: MemoryPace) {
    this.#world = world;
    this.#pace = pace;
  }

  async listRegions(signal?: AbortSignal): Promise<readonly string[]> {
    return this.#world.call("listRegions", signal, () => this.#world.regions);
  }

  async importImage(region: string, request: ImportImageRequest, signal?: AbortSignal) {
    assertRegionId(region);
    assertImportRequest(request);
    return this.#world.call("importImage", signal, () => {
      const replayed = this.#replayed("ImportImage", region, request);
      if (replayed !== undefined) return replayed;
      this.#assertImport(region, request);
      const { queueMs, importMs, importFailure } = this.#pace;
      const taskId = this.#world.id("t-");
      const image = this.#add(region, taskId, request, request.name, false, queueMs, importMs, importFailure);
      this.#remember("ImportImage", region, request, image.imageId, taskId);
      return { imageId: image.imageId, taskId };
    });
  }

  async createImage(region: string, request: CreateImageRequest, signal?: AbortSignal) {
    assertRegionId(region);
    assertCreateRequest(request);
    return this.#world.call("createImage", signal, () => {
      const doing = `making image ${request.name} in ${region}`;
      const replayed = this.#replayed("CreateImage", region, request);
      if (replayed !== undefined) return { imageId: replayed.imageId };
      assertImageSource(this.#world, region, request, doing);
      this.#assertRoom("CreateImage", region, request.name, doing);
      const { queueMs, copyMs, copyFailure } = this.#pace;
      const image = this.#add(region, null, request, request.name, false, queueMs, copyMs, copyFailure);
      this.#remember("CreateImage", region, request, image.imageId, "");
      return { imageId: image.imageId };
    });
  }

  /** An image as an instance is made of it: with the sizes of its data disks; `undefined` when there is none. */
  find(
    region: string,
    imageId: string,
  ): (CloudImage & { readonly dataDiskBytes: readonly number[] }) | undefined {
    const image = this.#image(region, imageId);
    return image && { ...this.#look(image), dataDiskBytes: diskBytesOf(this.#world, image).slice(1) };
  }

  async checkImport(region: string, request: ImportImageRequest, signal?: AbortSignal): Promise<void> {
    assertRegionId(region);
    assertImportRequest(request);
    return this.#world.call("checkImport", signal, () => this.#assertImport(region, request));
  }

  async listImages(region: string, query: ImageQuery, signal?: AbortSignal): Promise<readonly CloudImage[]> {
    assertRegionId(region);
    return this.#world.call("listImages", signal, () => {
      this.#assertRegion("DescribeImages", region);
      const { imageIds, name, tag, owners = ["self"] } = query;
      // All images here are the account's own.
      if (!owners.includes("self")) return [];
      return [...this.#world.images.values()]
        .filter((image) => image.region === region && !image.cancelled)
        .map((image) => this.#look(image))
        .filter(
          (image) =>
            (imageIds === undefined || imageIds.includes(image.imageId)) &&
            (name === undefined || image.name === name) &&
            (tag === undefined || image.tags[tag.key] === tag.value),
        );
    });
  }

  async describeTask(region: string, taskId: string, signal?: AbortSignal): Promise<CloudTask> {
    assertRegionId(region);
    return this.#world.call("describeTask", signal, () => {
      const image = this.#ofTask(region, taskId);
      if (image !== undefined) return this.#task(image, taskId);
      throw refuse(
        "ecs",
        "DescribeTaskAttribute",
        "InvalidTaskId.NotFound",
        400,
        `looking at task ${taskId}`,
      );
    });
  }

  async listTasks(region: string, query: { readonly taskIds?: readonly string[] }, signal?: AbortSignal) {
    assertRegionId(region);
    return this.#world.call("listTasks", signal, () =>
      [...this.#world.images.values()]
        .filter((image) => image.region === region)
        .flatMap((image) => (image.taskId === null ? [] : [this.#task(image, image.taskId)]))
        .filter((task) => query.taskIds === undefined || query.taskIds.includes(task.taskId))
        .reverse(),
    );
  }

  async cancelTask(region: string, taskId: string, signal?: AbortSignal): Promise<void> {
    assertRegionId(region);
    return this.#world.call("cancelTask", signal, () => {
      const image = this.#ofTask(region, taskId);
      if (image === undefined) {
        throw refuse("ecs", "CancelTask", "InvalidTaskId.NotFound", 400, `cancelling task ${taskId}`);
      }
      if (this.#isGoingOn(image)) image.cancelled = true;
    });
  }

  async copyImage(region: string, request: CopyImageRequest, signal?: AbortSignal) {
    assertRegionId(region);
    assertRegionId(request.destinationRegion);
    assertImageName(request.name, "copying to", "CLOUD_COPY_REFUSED");
    return this.#world.call("copyImage", signal, () => {
      const { imageId, destinationRegion, name } = request;
      const doing = `copying ${imageId} from ${region} to ${destinationRegion}`;
      const replayed = this.#replayed("CopyImage", region, request);
      if (replayed !== undefined) return { imageId: replayed.imageId };
      if (!this.#world.regions.includes(destinationRegion)) {
        throw refuse("ecs", "CopyImage", "DestinationRegion.NotFound", 400, doing);
      }
      const source = this.#image(region, imageId);
      if (source === undefined) throw refuse("ecs", "CopyImage", "InvalidImageId.NotFound", 404, doing);
      if (this.#look(source).status !== "Available") {
        throw refuse("ecs", "CopyImage", "IncorrectImageStatus", 400, doing);
      }
      this.#assertRoom("CopyImage", destinationRegion, name, doing);
      const { copyMs, copyFailure } = this.#pace;
      const queueMs = Math.max(this.#pace.queueMs, this.#copyQueueMs(region));
      const image = this.#add(destinationRegion, null, request, name, true, queueMs, copyMs, copyFailure);
      this.#remember("CopyImage", region, request, image.imageId, "");
      return { imageId: image.imageId };
    });
  }

  async checkCopy(region: string, request: Omit<CopyImageRequest, "clientToken">, signal?: AbortSignal) {
    return this.#world.call("checkCopy", signal, () => {
      this.#shareable("CopyImage", region, request.imageId);
      this.#assertRoom("CopyImage", request.destinationRegion, request.name, "checking a copy");
    });
  }

  async checkShare(region: string, imageId: string, _account: string, signal?: AbortSignal): Promise<void> {
    const action = "ModifyImageSharePermission";
    return this.#world.call("checkShare", signal, () => void this.#shareable(action, region, imageId));
  }

  async cancelCopyImage(region: string, imageId: string, signal?: AbortSignal): Promise<void> {
    assertRegionId(region);
    return this.#world.call("cancelCopyImage", signal, () => {
      const image = this.#image(region, imageId);
      if (image === undefined) return;
      if (!image.isCopied) {
        throw refuse(
          "ecs",
          "CancelCopyImage",
          "ImageCreatedNotFromCopy",
          400,
          `cancelling the copy ${imageId}`,
        );
      }
      if (this.#isGoingOn(image)) image.cancelled = true;
    });
  }

  async shareImage(region: string, imageId: string, accounts: readonly string[], signal?: AbortSignal) {
    assertRegionId(region);
    assertShareCount(accounts, imageId);
    return this.#world.call("shareImage", signal, () => {
      const image = this.#shareable("ModifyImageSharePermission", region, imageId);
      const doing = `sharing ${imageId} in ${region} with ${accounts.join(", ")}`;
      const no = (code: string, status: number) =>
        refuse("ecs", "ModifyImageSharePermission", code, status, doing);
      if (this.#look(image).status !== "Available") throw no("OperationDenied.InvalidImageStatus", 403);
      for (const account of accounts) {
        const code = this.#pace.refusedAccounts.get(account);
        if (code !== undefined) throw no(code, 404);
        if (!/^\d{16}$/.test(account)) throw no("InvalidAccount.NotFound", 404);
      }
      const shares = new Set([...image.shares, ...accounts]);
      if (shares.size > sharesPerImage) throw no("QuotaExceed.ShareImageUser", 403);
      image.shares = shares;
    });
  }

  async unshareImage(region: string, imageId: string, accounts: readonly string[], signal?: AbortSignal) {
    assertRegionId(region);
    assertShareCount(accounts, imageId);
    return this.#world.call("unshareImage", signal, () => {
      const image = this.#shareable("ModifyImageSharePermission", region, imageId);
      image.shares = new Set([...image.shares].filter((account) => !accounts.includes(account)));
    });
  }

  async listImageShares(region: string, imageId: string, signal?: AbortSignal): Promise<readonly string[]> {
    assertRegionId(region);
    return this.#world.call("listImageShares", signal, () => [
      ...this.#shareable("DescribeImageSharePermission", region, imageId).shares,
    ]);
  }

  async deleteImage(region: string, imageId: string, signal?: AbortSignal): Promise<void> {
    assertRegionId(region);
    return this.#world.call("deleteImage", signal, () => {
      const image = this.#image(region, imageId);
      if (image === undefined) return;
      if (this.#isGoingOn(image)) {
        throw refuse("ecs", "DeleteImage", "ImageIsImporting", 403, `deleting ${imageId}`);
      }
      this.#world.images.delete(imageId);
    });
  }

  #assertImport(region: string, request: ImportImageRequest): void {
    const doing = `importing ${request.name} in ${region}`;
    const no = (code: string, status = 400) => refuse("ecs", "ImportImage", code, status, doing);
    this.#assertRegion("ImportImage", region);
    if (!this.#pace.roleVisible()) throw no("NoSetRoletoECSServiceAcount", 403);
    for (const disk of request.disks) {
      const bucket = this.#world.buckets.get(disk.bucket);
      if (bucket === undefined) throw no("InvalidOSSBucket.NotFound");
      if (bucket.region !== region) throw no("InvalidOSSBucket.NotMatched");
      if (bucket.encryption !== null) throw no("InvalidOSSBucket.EncryptUnsupported", 403);
      if (!this.#world.objects.has(keyOf(disk))) throw no("InvalidOSSObject.NotFound");
    }
    this.#assertRoom("ImportImage", region, request.name, doing);
  }

  #assertRegion(action: string, region: string): void {
    if (this.#world.regions.includes(region)) return;
    throw refuse("ecs", action, "InvalidRegionId.NotFound", 400, `calling ${action} in ${region}`);
  }

  #assertRoom(action: string, region: string, name: string, doing: string): void {
    const here = [...this.#world.images.values()].filter(
      (image) => image.region === region && !image.cancelled,
    );
    if (here.some((image) => image.name === name)) {
      throw refuse("ecs", action, "InvalidImageName.Duplicated", 400, doing);
    }
    if (here.length >= this.#pace.quota) throw refuse("ecs", action, "QuotaExceed.Image", 403, doing);
  }

  #replayed(action: string, region: string, request: { readonly clientToken: string }) {
    const known = this.#world.tokens.get(`${action} ${region} ${request.clientToken}`);
    if (known === undefined) return undefined;
    if (known.request === JSON.stringify(request)) return { imageId: known.imageId, taskId: known.taskId };
    throw refuse("ecs", action, "IdempotentParameterMismatch", 400, `calling ${action} in ${region}`);
  }

  #remember(
    action: string,
    region: string,
    request: { readonly clientToken: string },
    imageId: string,
    taskId: string,
  ) {
    const token = `${action} ${region} ${request.clientToken}`;
    this.#world.tokens.set(token, { request: JSON.stringify(request), imageId, taskId });
  }

  #add(
    region: string,
    taskId: string | null,
    request: ImportImageRequest | CopyImageRequest | CreateImageRequest,
    name: string,
    isCopied: boolean,
    queueMs: number,
    workMs: number,
    failure: CloudTask["failure"],
  ): MemoryImage {
    const now = this.#world.clock.now();
    const imageId = this.#world.id("m-");
    const beginsAtMs = now + queueMs;
    const times = { createdAtMs: now, beginsAtMs, endsAtMs: beginsAtMs + workMs };
    const fresh = { cancelled: false, shares: new Set<string>() };
    const image = { imageId, region, taskId, request, name, isCopied, failure, ...fresh, ...times };
    this.#world.images.set(imageId, image);
    return image;
  }

  /** Five copies run at once from a region; the next begins when one of them ends. */
  #copyQueueMs(sourceRegion: string): number {
    const ends = [...this.#world.images.values()]
      .filter((image) => image.isCopied && this.#isGoingOn(image) && image.region !== sourceRegion)
      .map((image) => image.endsAtMs)
      .sort((a, b) => a - b);
    const free = ends.length < copiesAtOnce ? undefined : ends[ends.length - copiesAtOnce];
    return free === undefined ? 0 : free - this.#world.clock.now();
  }

  #image(region: string, imageId: string): MemoryImage | undefined {
    const image = this.#world.images.get(imageId);
    return image?.region === region && !image.cancelled ? image : undefined;
  }

  #shareable(action: string, region: string, imageId: string): MemoryImage {
    const image = this.#image(region, imageId);
    if (image === undefined) {
      throw refuse("ecs", action, "InvalidImageId.NotFound", 404, `calling ${action} for ${imageId}`);
    }
    return image;
  }

  #ofTask(region: string, taskId: string): MemoryImage | undefined {
    return [...this.#world.images.values()].find(
      (image) => image.region === region && image.taskId === taskId,
    );
  }

  #isGoingOn(image: MemoryImage): boolean {
    return !image.cancelled && this.#world.clock.now() < image.endsAtMs;
  }

  #percent(image: MemoryImage): number {
    const done = this.#world.clock.now() - image.beginsAtMs;
    const whole = image.endsAtMs - image.beginsAtMs;
    return whole === 0 ? 100 : Math.max(0, Math.min(100, Math.floor((done / whole) * 100)));
  }

  #look(image: MemoryImage): CloudImage {
    const now = this.#world.clock.now();
    const ended: CloudImageStatus = image.failure === null ? "Available" : "CreateFailed";
    const status = now < image.beginsAtMs ? "Waiting" : now < image.endsAtMs ? "Creating" : ended;
    return {
      imageId: image.imageId,
      region: image.region,
      name: image.name,
      status,
      progressPercent: status === "Waiting" ? null : this.#percent(image),
      sizeBytes: Math.ceil((diskBytesOf(this.#world, image)[0] ?? 0) / GiB) * GiB,
      architecture: "architecture" in image.request ? image.request.architecture : "x86_64",
      bootMode: "bootMode" in image.request ? image.request.bootMode : null,
      platform: "platform" in image.request ? (image.request.platform ?? null) : null,
      nvmeSupport: "nvmeSupport" in image.request ? (image.request.nvmeSupport ?? null) : null,
      isCopied: image.isCopied,
      tags: { ...image.request.tags },
      createdAt: new Date(image.createdAtMs).toISOString(),
      snapshotIds: status === "Available" ? [`s-${image.imageId.slice(2)}`] : [],
      detection: status === "Available" ? this.#detection(image, now) : null,
    };
  }

  #detection(image: MemoryImage, now: number): ImageDetection | null {
    if (!("detect" in image.request) || !image.request.detect) return null;
    if (now < image.endsAtMs + this.#pace.detectionMs) return { status: "Processing", items: [] };
    return { status: "Finished", items: this.#pace.detection };
  }

  #task(image: MemoryImage, taskId: string): CloudTask {
    const goingOn = this.#isGoingOn(image);
    const well = image.failure === null && !image.cancelled;
    return {
      taskId,
      region: image.region,
      action: "ImportImage",
      status: goingOn ? "Processing" : well ? "Finished" : "Failed",
      progressPercent: this.#percent(image),
      canCancel: goingOn,
      resourceId: image.imageId,
      failure: goingOn
        ? null
        : image.cancelled
          ? { code: "Cancelled", message: "the task was cancelled" }
          : image.failure,
    };
  }
}
