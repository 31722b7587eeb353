import { GiB, SampanError } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { type MemoryCloudOptions, memoryCloud } from "../testing/memory-cloud.ts";
import { keyOf } from "../testing/memory-object-store.ts";
import type { ImportOptions, ImportRequest } from "./image-options.ts";
import { importImage } from "./import-image.ts";
import { tokenTag } from "./own-image.ts";
import { waitForImage } from "./wait-for-image.ts";

const region = "cn-hangzhou";
const disk = { bucket: "images", key: "web-01.vhd" };
const request: ImportRequest = {
  region,
  name: "web-01",
  disks: [{ ...disk, format: "VHD", sizeBytes: 40 * GiB }],
  osType: "linux",
  architecture: "x86_64",
  bootMode: "BIOS",
  tags: { "sampan:run": "run-1" },
  clientToken: "run-1/import",
};

async function prepared(changes: MemoryCloudOptions = {}) {
  const cloud = memoryCloud(changes);
  await cloud.objects(region).createBucket(disk.bucket);
  const info = { ...disk, sizeBytes: 3, etag: '"E"', crc64: null, metadata: {}, storageClass: "Standard" };
  cloud.world.objects.set(keyOf(disk), { info, bytes: new Uint8Array(3) });
  cloud.world.calls.length = 0;
  const notes: string[] = [];
  const options: ImportOptions = {
    clock: cloud.clock,
    random: () => 0.5,
    onNote: (note) => notes.push(note),
  };
  return { cloud, options, notes };
}

const unreachable = () =>
  new SampanError("CLOUD_UNREACHABLE", "the connection was reset", { retryable: true });
const denied = () => new SampanError("CLOUD_PERMISSION_DENIED", "NoPermission");

describe("an import", () => {
  it("is started once bucket and role were looked at, with a tag by which it is known again", async () => {
    const { cloud, options } = await prepared();
    const started = await importImage(cloud, request, options);
    expect(started).toMatchObject({ region, adopted: false });
    expect(cloud.world.calls).toEqual(["listImages", "describeBucket", "describeImportRole", "importImage"]);
    const image = await waitForImage(cloud.images, started, options);
    expect(image).toMatchObject({ status: "Available", name: "web-01", sizeBytes: 40 * GiB });
    expect(image.tags).toEqual({ "sampan:run": "run-1", [tokenTag]: "run-1/import" });
  });

  it("is refused for a bucket of another region, naming the way out", async () => {
    const { cloud, options } = await prepared();
    cloud.world.buckets.set("images", {
      name: "images",
      region: "cn-beijing",
      storageClass: "Standard",
      encryption: null,
    });
    const error = await refused(importImage(cloud, request, options));
    expect(error).toMatchObject({ code: "CLOUD_BUCKET_REGION", details: { bucketRegion: "cn-beijing" } });
    expect(error.hint).toContain("cn-beijing");
    expect(cloud.world.images.size).toBe(0);
  });

  it.each([
    ["Archive", null],
    ["ColdArchive", null],
    ["Standard", "AES256"],
    ["Standard", "KMS"],
  ])("is refused for a bucket of class %s with encryption %s", async (storageClass, encryption) => {
    const { cloud, options } = await prepared();
    cloud.world.buckets.set("images", { name: "images", region, storageClass, encryption });
    expect((await refused(importImage(cloud, request, options))).code).toBe("CLOUD_BUCKET_UNFIT");
  });

  it("is refused without the role, unless it may be created", async () => {
    for (const role of ["missing", "untrusted", "powerless"] as const) {
      const { cloud, options } = await prepared({ role });
      const error = await refused(importImage(cloud, request, options));
      expect(error).toMatchObject({ code: "CLOUD_ROLE_MISSING", details: { state: role } });
      const created: string[] = [];
      await importImage(cloud, request, {
        ...options,
        createRole: true,
        onRoleCreated: (name) => created.push(name),
      });
      expect(created).toEqual(["AliyunECSImageImportDefaultRole"]);
    }
  });

  it("waits until a new role has reached ECS, and no longer than that may take", async () => {
    const { cloud, options, notes } = await prepared({ role: "missing", rolePropagationMs: 60_000 });
    await importImage(cloud, request, { ...options, createRole: true });
    expect(notes).toContain("waiting until the import role has reached ECS");
    const slow = await prepared({ role: "missing", rolePropagationMs: 3_600_000 });
    const startedAt = slow.cloud.clock.now();
    const error = await refused(importImage(slow.cloud, request, { ...slow.options, createRole: true }));
    expect(error.code).toBe("CLOUD_ROLE_MISSING");
    expect(slow.cloud.clock.now() - startedAt).toBeLessThanOrEqual(180_000);
  });

  it("goes on when this key may look at neither buckets nor roles", async () => {
    const { cloud, options, notes } = await prepared();
    cloud.fail("describeBucket", denied());
    cloud.fail("describeImportRole", denied());
    expect((await importImage(cloud, request, options)).adopted).toBe(false);
    expect(notes).toHaveLength(2);
  });

  it("is adopted when an earlier attempt had started it, its task included", async () => {
    const { cloud, options } = await prepared();
    const first = await importImage(cloud, request, options);
    const second = await importImage(cloud, request, options);
    expect(second).toEqual({ ...first, adopted: true });
    expect(cloud.world.images.size).toBe(1);
  });

  it("is adopted when only the answer was lost, also where the token is not replayed", async () => {
    const { cloud, options } = await prepared();
    cloud.fail("importImage", unreachable(), { answerLost: true });
    await importImage(cloud, request, options);
    expect(cloud.world.images.size).toBe(1);
    const other = await prepared();
    other.cloud.fail("importImage", unreachable(), { answerLost: true });
    const importImage_ = other.cloud.images.importImage.bind(other.cloud.images);
    other.cloud.images.importImage = (where, asked, signal) => {
      other.cloud.world.tokens.clear();
      return importImage_(where, asked, signal);
    };
    expect((await importImage(other.cloud, request, other.options)).adopted).toBe(true);
    expect(other.cloud.world.images.size).toBe(1);
  });

  it("is adopted when ECS says that it is importing already", async () => {
    const { cloud, options } = await prepared();
    const busy = new SampanError("CLOUD_IMAGE_BUSY", "ImageIsImporting");
    cloud.fail("importImage", busy, { answerLost: true });
    expect((await importImage(cloud, request, options)).adopted).toBe(true);
  });

  it("never takes over an image of another run", async () => {
    const { cloud, options } = await prepared();
    await importImage(cloud, request, options);
    const other = { ...request, clientToken: "run-2/import", tags: { "sampan:run": "run-2" } };
    const error = await refused(importImage(cloud, other, options));
    expect(error.code).toBe("CLOUD_IMAGE_NAME_TAKEN");
  });

  it("can be tried again with the same token after it had failed, and leaves no failed image behind", async () => {
    const { cloud, options } = await prepared();
    cloud.pace.importFailure = { code: "InvalidImageFormat", message: "not a VHD" };
    const failed = await importImage(cloud, request, options);
    expect((await refused(waitForImage(cloud.images, failed, options))).code).toBe("CLOUD_IMPORT_FAILED");
    cloud.pace.importFailure = null;
    const again = await importImage(cloud, request, options);
    expect(again).toMatchObject({ adopted: false });
    expect(again.imageId).not.toBe(failed.imageId);
    expect((await waitForImage(cloud.images, again, options)).status).toBe("Available");
    expect([...cloud.world.images.keys()]).toEqual([again.imageId]);
    expect(await importImage(cloud, request, options)).toMatchObject({
      imageId: again.imageId,
      adopted: true,
    });
  });

  it("ends when it is cancelled while waiting for the role", async () => {
    const { cloud, options } = await prepared({ role: "missing", rolePropagationMs: 60_000 });
    const cancel = new AbortController();
    const onNote = (note: string) => note.startsWith("waiting") && cancel.abort();
    const work = importImage(cloud, request, { ...options, onNote, createRole: true, signal: cancel.signal });
    expect((await refused(work)).code).toBe("CORE_CANCELLED");
    expect(cloud.world.images.size).toBe(0);
  });
});
