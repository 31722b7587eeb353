import { GiB, isSampanError } from "@sampan/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cloud } from "../cloud.ts";
import type { CloudImage, CloudTask, ImportImageRequest } from "../image-registry.ts";

/** What {@link imageRegistryContract} needs of the implementation under test. */
export interface ImageRegistryUnderTest {
  readonly cloud: Cloud;
  readonly region: string;
  readonly otherRegion: string;
  /** An importable VHD of at most 1 GiB in a bucket of `region`, and one that ECS would refuse once it reads it. */
  readonly goodDisk: { readonly bucket: string; readonly key: string };
  readonly brokenDisk: { readonly bucket: string; readonly key: string };
  /** Ids of more than ten accounts that images may be shared with, and the id of the cloud's own. */
  readonly accounts: { readonly others: readonly string[]; readonly own: string };
  /** Lets the cloud's time go on. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Runs the suite every {@link ImageRegistry} passes. The import role must be ready. */
export function imageRegistryContract(name: string, make: () => Promise<ImageRegistryUnderTest>): void {
  describe(`ImageRegistry: ${name}`, () => {
    let subject: ImageRegistryUnderTest;
    let images: Cloud["images"];
    let region: string;
    let count = 0;

    beforeAll(async () => {
      subject = await make();
      images = subject.cloud.images;
      region = subject.region;
    });
    afterAll(() => subject?.close());

    const request = (changes: Partial<ImportImageRequest> = {}): ImportImageRequest => ({
      name: `contract-${++count}`,
      disks: [{ ...subject.goodDisk, format: "VHD", sizeBytes: GiB }],
      osType: "linux",
      architecture: "x86_64",
      bootMode: "BIOS",
      platform: "Debian",
      tags: { "sampan:run": "contract" },
      clientToken: `contract-token-${count}`,
      ...changes,
    });
    const codeOf = async (work: Promise<unknown>) => {
      const error = await work.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(isSampanError(error), String(error)).toBe(true);
      return isSampanError(error) ? { code: error.code, vendorCode: error.details.vendorCode } : undefined;
    };
    const look = async (imageId: string, where = region): Promise<CloudImage | undefined> =>
      (await images.listImages(where, { imageIds: [imageId] }))[0];
    const settled = async (imageId: string, where = region): Promise<CloudImage | undefined> => {
      for (let look_ = 0; look_ < 200; look_++) {
        const image = await look(imageId, where);
        if (image === undefined || !["Waiting", "Creating"].includes(image.status)) return image;
        await subject.advance(30_000);
      }
      return look(imageId, where);
    };

    it("lists regions by their ids", async () => {
      const regions = await images.listRegions();
      expect(regions).toContain(region);
      expect(regions).toContain(subject.otherRegion);
    });

    it("imports an image that is seen from its first moment on and becomes available", async () => {
      const asked = request();
      const { imageId, taskId } = await images.importImage(region, asked);
      const first = await look(imageId);
      expect(["Waiting", "Creating"]).toContain(first?.status);
      expect(first).toMatchObject({ imageId, region, name: asked.name });
      const task = await images.describeTask(region, taskId);
      expect(task).toMatchObject({
        taskId,
        region,
        action: "ImportImage",
        status: "Processing",
        failure: null,
      });
      const ready = await settled(imageId);
      expect(ready).toMatchObject({ status: "Available", architecture: "x86_64", isCopied: false });
      expect(ready?.progressPercent).toBe(100);
      expect(ready?.tags["sampan:run"]).toBe("contract");
      expect(ready?.sizeBytes).toBe(GiB);
      expect((await images.describeTask(region, taskId)).status).toBe("Finished");
    });

    it("has the image checked when that is asked for, and only then", async () => {
      const unchecked = await images.importImage(region, request());
      expect((await settled(unchecked.imageId))?.detection).toBeNull();
      const { imageId } = await images.importImage(region, request({ detect: true }));
      await settled(imageId);
      for (let count_ = 0; count_ < 20; count_++) {
        const detection = (await look(imageId))?.detection;
        if (detection?.status === "Finished") break;
        await subject.advance(30_000);
      }
      expect((await look(imageId))?.detection?.status).toBe("Finished");
    });

    it("finds an image by exact name and by tag, and its task by the image", async () => {
      const asked = request({ tags: { "sampan:run": "find-me" } });
      const { imageId, taskId } = await images.importImage(region, asked);
      const ids = (list: readonly CloudImage[]) => list.map((image) => image.imageId);
      expect(ids(await images.listImages(region, { name: asked.name }))).toEqual([imageId]);
      expect(ids(await images.listImages(region, { name: asked.name.slice(0, -1) }))).not.toContain(imageId);
      const tag = { key: "sampan:run", value: "find-me" };
      expect(ids(await images.listImages(region, { tag }))).toEqual([imageId]);
      const tasks: readonly CloudTask[] = await images.listTasks(region, {});
      expect(tasks.find((task) => task.resourceId === imageId)?.taskId).toBe(taskId);
      expect((await images.listTasks(region, { taskIds: [taskId] })).map((task) => task.taskId)).toEqual([
        taskId,
      ]);
      await settled(imageId);
    });

    it("knows no image and no task that is not there", async () => {
      expect(await images.listImages(region, { imageIds: ["m-doesnotexist"] })).toEqual([]);
      expect(await images.listImages(region, { name: "no-such-name" })).toEqual([]);
      expect(await codeOf(images.describeTask(region, "t-doesnotexist"))).toEqual({
        code: "CLOUD_FAILED",
        vendorCode: "InvalidTaskId.NotFound",
      });
    });

    it("answers the same token with the same image", async () => {
      const asked = request();
      const first = await images.importImage(region, asked);
      expect(await images.importImage(region, asked)).toEqual(first);
      await settled(first.imageId);
    });

    it("refuses a name that is taken", async () => {
      const asked = request();
      const { imageId } = await images.importImage(region, asked);
      const again = { ...asked, clientToken: "another-token" };
      expect((await codeOf(images.importImage(region, again)))?.code).toBe("CLOUD_IMAGE_NAME_TAKEN");
      await settled(imageId);
    });

    it("refuses an object or bucket that is not there and a bucket of another region", async () => {
      const disk = { format: "VHD", sizeBytes: GiB } as const;
      const missing = request({ disks: [{ ...disk, bucket: subject.goodDisk.bucket, key: "no-such.vhd" }] });
      expect((await codeOf(images.importImage(region, missing)))?.code).toBe("CLOUD_OBJECT_NOT_FOUND");
      const nowhere = request({ disks: [{ ...disk, bucket: "no-such-bucket-at-all", key: "a.vhd" }] });
      expect((await codeOf(images.importImage(region, nowhere)))?.code).toBe("CLOUD_BUCKET_NOT_FOUND");
      const elsewhere = await codeOf(images.importImage(subject.otherRegion, request()));
      expect(["CLOUD_BUCKET_REGION", "CLOUD_BUCKET_NOT_FOUND"]).toContain(elsewhere?.code);
    });

    it("refuses what the cloud would ignore or refuse, before sending it", async () => {
      const disk = { ...subject.goodDisk, format: "VHD", sizeBytes: GiB } as const;
      const wrong: [Partial<ImportImageRequest>, string][] = [
        [{ name: "has a space" }, "CLOUD_IMPORT_REFUSED"],
        [{ name: "aliyun-mine" }, "CLOUD_IMPORT_REFUSED"],
        [{ disks: [] }, "CLOUD_IMPORT_REFUSED"],
        [{ disks: Array.from({ length: 18 }, () => disk) }, "CLOUD_IMPORT_REFUSED"],
        [{ disks: [{ ...disk, key: "disk.img" }] }, "CLOUD_OBJECT_INVALID"],
        [{ disks: [{ ...disk, sizeBytes: 2049 * GiB }] }, "CLOUD_IMPORT_REFUSED"],
        [{ clientToken: "x".repeat(65) }, "CLOUD_IMPORT_REFUSED"],
        [{ architecture: "arm64", bootMode: "BIOS" }, "CLOUD_IMPORT_REFUSED"],
      ];
      for (const [changes, code] of wrong) {
        expect(
          (await codeOf(images.importImage(region, request(changes))))?.code,
          JSON.stringify(changes),
        ).toBe(code);
      }
    });

    it("checks an import without doing it", async () => {
      const asked = request();
      await images.checkImport(region, asked);
      expect(await images.listImages(region, { name: asked.name })).toEqual([]);
      const disks = [{ ...subject.goodDisk, key: "no-such.vhd", format: "VHD" as const, sizeBytes: GiB }];
      expect((await codeOf(images.checkImport(region, request({ disks }))))?.code).toBe(
        "CLOUD_OBJECT_NOT_FOUND",
      );
    });

    it("explains a failed import through its task", async () => {
      const disks = [{ ...subject.brokenDisk, format: "VHD" as const, sizeBytes: GiB }];
      let started: { readonly imageId: string; readonly taskId: string };
      try {
        started = await images.importImage(region, request({ disks }));
      } catch (error) {
        // The cloud may also look at the disk before it begins.
        expect(isSampanError(error, "CLOUD_IMPORT_REFUSED"), String(error)).toBe(true);
        return;
      }
      const image = await settled(started.imageId);
      if (image !== undefined) expect(image.status).toBe("CreateFailed");
      const task = await images.describeTask(region, started.taskId);
      expect(task.status).toBe("Failed");
      expect(task.failure?.code).toBeTruthy();
    });

    it("cancels a task, and one that has ended without complaint", async () => {
      const { imageId, taskId } = await images.importImage(region, request());
      await images.cancelTask(region, taskId);
      await subject.advance(60_000);
      const image = await settled(imageId);
      expect(image?.status).not.toBe("Available");
      await images.cancelTask(region, taskId);
    });

    it("copies an image to another region, under an id of that region", async () => {
      const { imageId } = await images.importImage(region, request());
      const copy = { imageId, destinationRegion: subject.otherRegion, name: `copy-${++count}` };
      const early = images.copyImage(region, { ...copy, clientToken: `copy-token-${count}` });
      expect(await codeOf(early)).toEqual({ code: "CLOUD_IMAGE_BUSY", vendorCode: "IncorrectImageStatus" });
      await settled(imageId);
      const tags = { "sampan:run": "contract" };
      const made = await images.copyImage(region, { ...copy, tags, clientToken: `copy-token-${++count}` });
      expect(made.imageId).not.toBe(imageId);
      expect(await look(made.imageId)).toBeUndefined();
      const ready = await settled(made.imageId, subject.otherRegion);
      expect(ready).toMatchObject({ status: "Available", isCopied: true, name: copy.name, tags });
      await images.cancelCopyImage(subject.otherRegion, made.imageId);
      expect((await look(made.imageId, subject.otherRegion))?.status).toBe("Available");
    });

    it("checks a copy, and the sharing of an image, without doing it", async () => {
      const { imageId } = await images.importImage(region, request());
      await settled(imageId);
      const name = `copy-${++count}`;
      await images.checkCopy(region, { imageId, destinationRegion: subject.otherRegion, name });
      expect(await images.listImages(subject.otherRegion, { name })).toEqual([]);
      const [account = ""] = subject.accounts.others;
      await images.checkShare(region, imageId, account);
      expect(await images.listImageShares(region, imageId)).toEqual([]);
      const gone = { imageId: "m-doesnotexist", destinationRegion: subject.otherRegion, name };
      expect((await codeOf(images.checkCopy(region, gone)))?.code).toBe("CLOUD_IMAGE_NOT_FOUND");
      expect((await codeOf(images.checkShare(region, gone.imageId, account)))?.code).toBe(
        "CLOUD_IMAGE_NOT_FOUND",
      );
    });

    it("cancels a copy", async () => {
      const { imageId } = await images.importImage(region, request());
      await settled(imageId);
      const made = await images.copyImage(region, {
        imageId,
        destinationRegion: subject.otherRegion,
        name: `copy-${++count}`,
        clientToken: `copy-token-${count}`,
      });
      await images.cancelCopyImage(subject.otherRegion, made.imageId);
      const image = await settled(made.imageId, subject.otherRegion);
      expect(image?.status).not.toBe("Available");
      await images.cancelCopyImage(subject.otherRegion, made.imageId);
    });

    it("refuses to copy an image that is not there", async () => {
      const copy = {
        imageId: "m-doesnotexist",
        destinationRegion: subject.otherRegion,
        name: "copy",
        clientToken: "t",
      };
      expect((await codeOf(images.copyImage(region, copy)))?.code).toBe("CLOUD_IMAGE_NOT_FOUND");
    });

    it("shares an image with ten accounts at once and takes it back, over and over without complaint", async () => {
      const { imageId } = await images.importImage(region, request());
      await settled(imageId);
      const { others, own } = subject.accounts;
      const ten = others.slice(0, 10);
      expect(await images.listImageShares(region, imageId)).toEqual([]);
      await images.shareImage(region, imageId, ten);
      await images.shareImage(region, imageId, ten.slice(0, 1));
      expect([...(await images.listImageShares(region, imageId))].sort()).toEqual([...ten].sort());
      await images.unshareImage(region, imageId, ten.slice(1));
      await images.unshareImage(region, imageId, ten.slice(1));
      expect(await images.listImageShares(region, imageId)).toEqual(ten.slice(0, 1));
      expect(await codeOf(images.shareImage(region, imageId, [own]))).toEqual({
        code: "CLOUD_SHARE_REFUSED",
        vendorCode: "InvalidAccount.Forbbiden",
      });
      expect((await codeOf(images.shareImage(region, imageId, others.slice(0, 11))))?.code).toBe(
        "CORE_ARGUMENT",
      );
      expect((await codeOf(images.shareImage(region, imageId, [])))?.code).toBe("CORE_ARGUMENT");
      await images.unshareImage(region, imageId, ten.slice(0, 1));
    });

    it("shares no image that is not there", async () => {
      const account = subject.accounts.others.slice(0, 1);
      const missing = { code: "CLOUD_IMAGE_NOT_FOUND", vendorCode: "InvalidImageId.NotFound" };
      expect(await codeOf(images.shareImage(region, "m-doesnotexist", account))).toEqual(missing);
      expect(await codeOf(images.listImageShares(region, "m-doesnotexist"))).toEqual(missing);
    });

    it("deletes an image, and one that is gone without complaint", async () => {
      const { imageId } = await images.importImage(region, request());
      await settled(imageId);
      await images.deleteImage(region, imageId);
      expect(await look(imageId)).toBeUndefined();
      await images.deleteImage(region, imageId);
    });

    it("makes an image by Image Builder from the same disks, once for the same tokens", async () => {
      const { builder } = subject.cloud;
      const { detect: _, architecture: __, ...asked } = request();
      const pipeline = { ...asked, architecture: "x86_64" as const, repair: "Standard" as const };
      const { pipelineId } = await builder.createPipeline(region, pipeline);
      expect(await builder.createPipeline(region, pipeline)).toEqual({ pipelineId });
      const token = `${asked.clientToken}-run`;
      const { executionId } = await builder.startExecution(region, pipelineId, token);
      expect(await builder.startExecution(region, pipelineId, token)).toEqual({ executionId });
      let build = await builder.describeExecution(region, executionId);
      expect(build).toMatchObject({ executionId, pipelineId, region, imageId: null, failure: null });
      for (let look_ = 0; look_ < 200 && build?.status !== "SUCCESS"; look_++) {
        await subject.advance(30_000);
        build = await builder.describeExecution(region, executionId);
      }
      expect(build?.status).toBe("SUCCESS");
      const image = await look(build?.imageId ?? "");
      expect(image).toMatchObject({ name: asked.name, status: "Available" });
      expect(image?.tags["sampan:run"]).toBe("contract");
      await builder.deletePipeline(region, pipelineId);
      expect(await builder.describeExecution(region, "exec-doesnotexist")).toBeUndefined();
      expect((await codeOf(builder.startExecution(region, "ip-doesnotexist", "t")))?.code).toBe(
        "CLOUD_FAILED",
      );
    });

    it("cancels a build", async () => {
      const { builder } = subject.cloud;
      const { detect: _, architecture: __, ...asked } = request();
      const pipeline = { ...asked, architecture: "x86_64" as const, repair: null };
      const { pipelineId } = await builder.createPipeline(region, pipeline);
      const { executionId } = await builder.startExecution(region, pipelineId, `${asked.clientToken}-run`);
      await builder.cancelExecution(region, executionId);
      let build = await builder.describeExecution(region, executionId);
      for (let look_ = 0; look_ < 50 && build?.status === "CANCELLING"; look_++) {
        await subject.advance(30_000);
        build = await builder.describeExecution(region, executionId);
      }
      expect(build).toMatchObject({ status: "CANCELLED", imageId: null });
    });

    it("refuses a malformed region without a call, and an unknown one", async () => {
      expect((await codeOf(images.listImages("oss-cn-hangzhou", {})))?.code).toBe("CLOUD_REGION_UNKNOWN");
      expect((await codeOf(images.listImages("not a region", {})))?.code).toBe("CLOUD_REGION_UNKNOWN");
    });

    it("does nothing for a signal that has aborted", async () => {
      const aborted = AbortSignal.abort();
      expect((await codeOf(images.listImages(region, {}, aborted)))?.code).toBe("CORE_CANCELLED");
      expect((await codeOf(images.importImage(region, request(), aborted)))?.code).toBe("CORE_CANCELLED");
    });
  });
}
