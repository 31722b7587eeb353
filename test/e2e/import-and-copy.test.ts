import { join } from "node:path";
import { GiB } from "@sampan/core";
import { type Host, openImageFileHost } from "@sampan/host";
import { patternSource } from "@sampan/image/testing";
import { Migration } from "@sampan/sdk";
import { afterEach, describe, expect, it } from "vitest";
import { type FastCloud, type FastCloudOptions, startFastCloud } from "../helpers/fast-run.ts";

let cloud: FastCloud;
afterEach(() => cloud?.stop());

async function begin(options: FastCloudOptions = {}) {
  cloud = await startFastCloud(options);
}

const uploaded = () =>
  Migration.from("guest.qcow2").assess().capture().toVhd().upload("web-images", { createBucket: true });
const images = async () => (await cloud.simulator.state()).images;
const logged = (run: Awaited<ReturnType<FastCloud["run"]>>) =>
  run.of("log").map(({ level, message }) => `${level} ${message}`);

describe("a run that is cancelled while the cloud works for it", () => {
  it("cancels the import too, says so, and imports anew when it is resumed", async () => {
    await begin();
    const run = await cloud.run(uploaded().import({ name: "web-01" }), {
      onEvent(event, cancel) {
        if (event.type === "resource.created" && event.resource.kind === "image") cancel();
      },
    });
    expect(run.error?.code).toBe("CORE_CANCELLED");
    expect(await images()).toEqual([]);
    expect((await cloud.simulator.state()).tasks).toMatchObject([{ status: "Failed" }]);
    expect(logged(run).join()).toMatch(/info cancelled the import of m-\S+ \(task t-\S+\) in the cloud/);
    const [cancelled] = run.of("run.cancelled");
    expect(cancelled?.left?.map(({ kind }) => kind)).toEqual(["object"]);

    const resumed = await cloud.resume(run.runId);
    expect(resumed.error).toBeUndefined();
    expect(await images()).toMatchObject([{ name: "web-01", status: "Available" }]);
    // The object of the first attempt served.
    expect(cloud.simulator.requests.list("CompleteMultipartUpload")).toHaveLength(1);
  });

  it("leaves the import to itself when the plan says so, and adopts its image when it is resumed", async () => {
    await begin();
    const run = await cloud.run(uploaded().import({ name: "web-01", onCancel: "leave" }), {
      onEvent(event, cancel) {
        if (event.type === "resource.created" && event.resource.kind === "image") cancel();
      },
    });
    expect(run.error?.code).toBe("CORE_CANCELLED");
    const [left] = await images();
    expect(left).toMatchObject({ name: "web-01" });
    expect(run.of("run.cancelled")[0]?.left?.map(({ id }) => id)).toContain(left?.imageId);
    const resumed = await cloud.resume(run.runId);
    expect(resumed.result?.images.map(({ imageId }) => imageId)).toEqual([left?.imageId]);
  });

  it("cancels its copies too, keeps the image, and copies anew when it is resumed", async () => {
    await begin();
    const plan = uploaded().import({ name: "web-01" }).copyTo("cn-shanghai", "eu-central-1");
    let begun = 0;
    const run = await cloud.run(plan, {
      onEvent(event, cancel) {
        if (event.type === "resource.created" && event.stage.startsWith("copy:") && ++begun === 2) cancel();
      },
    });
    expect(run.error?.code).toBe("CORE_CANCELLED");
    expect((await images()).map(({ region }) => region)).toEqual(["cn-hangzhou"]);
    expect(run.of("run.cancelled")[0]?.left?.map(({ kind }) => kind)).toEqual([
      "object",
      "image",
      "snapshot",
    ]);
    const resumed = await cloud.resume(run.runId);
    expect(resumed.error).toBeUndefined();
    expect((await images()).map(({ region, status }) => `${region} ${status}`).sort()).toEqual([
      "cn-hangzhou Available",
      "cn-shanghai Available",
      "eu-central-1 Available",
    ]);
  });

  it("says that the import goes on where it could not be cancelled", async () => {
    await begin();
    cloud.simulator.faults.add({
      match: { operation: "CancelTask" },
      effect: { kind: "answer", status: 403, code: "CancelTaskFailed" },
    });
    const run = await cloud.run(uploaded().import({ name: "web-01" }), {
      onEvent(event, cancel) {
        if (event.type === "resource.created" && event.resource.kind === "image") cancel();
      },
    });
    expect(logged(run).join()).toMatch(
      /warning the import of \S+ .* goes on in the cloud: .*CancelTaskFailed/,
    );
    expect(await images()).toHaveLength(1);
    expect(run.of("run.cancelled")[0]?.left?.map(({ kind }) => kind)).toEqual(["object", "image"]);
  });
});

describe("an import of three disks", () => {
  const data: readonly string[] = ["data-1", "data-2"];
  async function threeDisks(folder: string): Promise<Host> {
    const host = await openImageFileHost(join(folder, "guest.qcow2"));
    return {
      title: host.title,
      name: host.name,
      async disks(signal) {
        const more = data.map((name, index) => ({
          name,
          sizeBytes: (index + 1) * 3 * 1024 ** 2,
          system: false,
          identity: { name },
        }));
        return [...(await host.disks(signal)), ...more];
      },
      async openDisk(name, signal) {
        const index = data.indexOf(name);
        return index < 0 ? host.openDisk(name, signal) : patternSource((index + 1) * 3 * 1024 ** 2);
      },
      close: () => host.close(),
    };
  }

  it("makes one image of a system disk and two data disks, in the order of the plan", async () => {
    await begin({ openHost: threeDisks });
    const plan = Migration.from("guest.qcow2")
      .assess()
      .capture({ disks: ["guest.qcow2", ...data] })
      .toRaw()
      .upload("web-images", { createBucket: true })
      .import({ name: "web-01" });
    const run = await cloud.run(plan);
    expect(run.error).toBeUndefined();
    expect(run.result?.objects.map(({ disk }) => disk)).toEqual(["guest.qcow2", ...data]);
    const [asked] = cloud.simulator.requests.list("ImportImage");
    expect(asked?.status).toBe(200);
    const [image] = run.result?.images ?? [];
    for (const [index, size] of [3, 6].entries()) {
      const disk = cloud.simulator.openImageDisk(image?.imageId ?? "", index + 1);
      expect(disk.sizeBytes).toBe(size * 1024 ** 2);
      const [found, wanted] = [new Uint8Array(4096), new Uint8Array(4096)];
      await disk.read({ offset: 1024 ** 2, length: 4096 }, found);
      await patternSource(disk.sizeBytes).read({ offset: 1024 ** 2, length: 4096 }, wanted);
      expect(found).toEqual(wanted);
      await disk.close();
    }
    const seen = await (await cloud.connect()).images.listImages("cn-hangzhou", {});
    expect(seen[0]?.snapshotIds).toHaveLength(3);
    expect(seen[0]?.sizeBytes).toBeGreaterThanOrEqual(GiB);
  });
});

describe("copies", () => {
  it("take a name, a description and tags of their own", async () => {
    await begin();
    const options = { name: "web-01-copy", description: "The copy.", tags: { team: "web" } };
    const run = await cloud.run(uploaded().import({ name: "web-01" }).copyTo("cn-shanghai", options));
    expect(run.error).toBeUndefined();
    const [copy] = await (await cloud.connect()).images.listImages("cn-shanghai", {});
    expect(copy).toMatchObject({ name: "web-01-copy", isCopied: true });
    expect(copy?.tags).toMatchObject({ team: "web", "sampan:run": run.runId });
  });

  it("tell their place in the queue of a region that has five running", async () => {
    await begin({ simulator: { speed: { copyBaseMs: 600_000 } } });
    await cloud.run(uploaded().import({ name: "web-01" }));
    const { images: registry } = await cloud.connect();
    const [source] = await registry.listImages("cn-hangzhou", {});
    for (let number = 1; number <= 6; number++) {
      await registry.copyImage("cn-hangzhou", {
        imageId: source?.imageId ?? "",
        destinationRegion: "cn-shanghai",
        name: `other-${number}`,
        clientToken: `other-${number}`,
      });
      cloud.simulator.clock.advance(1000);
    }
    const run = await cloud.run(uploaded().import({ name: "web-02" }).copyTo("cn-shanghai"));
    expect(run.error).toBeUndefined();
    const notes = run.of("stage.progress").map(({ note }) => note);
    expect(notes).toContain("queued, 1 copy waits before it: five copies run at once in a region");
  });
});
