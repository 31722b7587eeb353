import { GiB, SampanError } from "@sampan/core";
import { refused } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { waitForImage } from "../images/wait-for-image.ts";
import { memoryCloud } from "../testing/memory-cloud.ts";
import { memoryInstance } from "../testing/memory-instance.ts";
import { memoryStatus } from "../testing/memory-instances.ts";
import { createImage } from "./create-image.ts";
import { type SnapshotOptions, type SnapshotState, snapshotInstance } from "./snapshot-instance.ts";

async function prepared(dataDiskBytes: readonly number[] = [100 * GiB, 20 * GiB]) {
  const cloud = memoryCloud();
  const { region, instanceId } = await memoryInstance(cloud, { dataDiskBytes });
  cloud.world.calls.length = 0;
  const request = {
    region,
    instanceId,
    name: "web-01",
    stop: false,
    disks: "all",
    tags: { "sampan:run": "run-1" },
    clientToken: "run-1/snapshot",
  } as const;
  const notes: string[] = [];
  const options: SnapshotOptions = {
    clock: cloud.clock,
    random: () => 0.5,
    onNote: (note) => notes.push(note),
  };
  const calls = (name: string) => cloud.world.calls.filter((call) => call === name).length;
  const status = () => {
    const instance = cloud.world.instances.get(instanceId);
    return instance && memoryStatus(instance, cloud.clock.now());
  };
  return { cloud, request, options, notes, calls, status };
}

describe("snapshots of an instance", () => {
  it("are taken of every disk at once, while the guest runs", async () => {
    const { cloud, request, options, calls, status } = await prepared();
    const startedAt = cloud.clock.now();
    const progress: number[] = [];
    const taken = await snapshotInstance(cloud, request, {
      ...options,
      onProgress: ({ doneBytes, totalBytes }) => progress.push(doneBytes / totalBytes),
    });
    expect(taken.consistency).toBe("crash");
    expect(
      taken.snapshots.map(({ kind, device, sizeBytes, name }) => [kind, device, sizeBytes / GiB, name]),
    ).toEqual([
      ["system", "/dev/xvda", 40, "web-01-system"],
      ["data", "/dev/xvdb", 100, "web-01-data-1"],
      ["data", "/dev/xvdc", 20, "web-01-data-2"],
    ]);
    expect(calls("stopInstance")).toBe(0);
    expect(status()).toBe("Running");
    // One after the other would take three minutes.
    expect(cloud.clock.now() - startedAt).toBeLessThan(120_000);
    expect(progress.at(-1)).toBe(1);
  });

  it("leave data disks out when only the system disk is asked for", async () => {
    const { cloud, request, options } = await prepared();
    const { snapshots } = await snapshotInstance(cloud, { ...request, disks: "system" }, options);
    expect(snapshots.map(({ kind }) => kind)).toEqual(["system"]);
  });

  it("stop the guest first when asked to, and start it again afterwards", async () => {
    const { cloud, request, options, calls, status } = await prepared();
    const states: SnapshotState[] = [];
    const taken = await snapshotInstance(
      cloud,
      { ...request, stop: true },
      {
        ...options,
        onState: async (state) => {
          states.push(state);
          // The wish to start it again is kept before the instance is stopped.
          if (state.restart) expect(calls("stopInstance")).toBe(0);
        },
        onSnapshot: () => expect(status()).toBe("Stopped"),
      },
    );
    expect(taken.consistency).toBe("stopped");
    expect(states).toEqual([{ restart: true }, { restart: false }]);
    expect(status()).toBe("Running");
  });

  it("leave an instance stopped that was stopped before", async () => {
    const { cloud, request, options, calls, status } = await prepared();
    await cloud.instances.stopInstance(request.region, request.instanceId);
    cloud.clock.advance(3_600_000);
    cloud.world.calls.length = 0;
    const taken = await snapshotInstance(cloud, { ...request, stop: true }, options);
    expect(taken.consistency).toBe("stopped");
    expect([calls("stopInstance"), calls("startInstance")]).toEqual([0, 0]);
    expect(status()).toBe("Stopped");
  });

  it("start the instance again also when they fail", async () => {
    const { cloud, request, options, status } = await prepared();
    cloud.power.snapshotFails = true;
    const error = await refused(snapshotInstance(cloud, { ...request, stop: true }, options));
    expect(error.code).toBe("CLOUD_SNAPSHOT_FAILED");
    cloud.clock.advance(60_000);
    expect(status()).toBe("Running");
  });

  it("are found by a later attempt, which takes only those that are missing and starts the instance again", async () => {
    const { cloud, request, options, calls, status } = await prepared();
    const down = new SampanError("CLOUD_STORE_FULL", "killed here");
    cloud.fail("createSnapshot", down, { skip: 1, times: 2 });
    // As after a kill: the instance is not started again.
    cloud.fail("startInstance", new SampanError("CLOUD_STORE_FULL", "killed here"));
    let state: SnapshotState | undefined;
    const stopped = { ...request, stop: true };
    const onState = async (given: SnapshotState) => {
      state = given;
    };
    await refused(snapshotInstance(cloud, stopped, { ...options, onState }));
    expect(status()).toBe("Stopped");
    expect(cloud.world.snapshots.size).toBe(1);
    const again = await snapshotInstance(cloud, stopped, { ...options, onState, ...(state && { state }) });
    expect(again.snapshots.map(({ adopted }) => adopted)).toEqual([true, false, false]);
    expect(cloud.world.snapshots.size).toBe(3);
    expect(calls("stopInstance")).toBe(1);
    expect(status()).toBe("Running");
  });

  it("are not taken twice when only the answer was lost, or a second run of the same finds all", async () => {
    const { cloud, request, options } = await prepared();
    const lost = new SampanError("CLOUD_UNREACHABLE", "reset", { retryable: true });
    cloud.fail("createSnapshot", lost, { answerLost: true, times: 3 });
    const first = await snapshotInstance(cloud, request, options);
    const second = await snapshotInstance(cloud, request, options);
    expect(second.snapshots.map(({ snapshotId }) => snapshotId)).toEqual(
      first.snapshots.map(({ snapshotId }) => snapshotId),
    );
    expect(cloud.world.snapshots.size).toBe(3);
  });

  it("replace one of an earlier attempt that had failed", async () => {
    const { cloud, request, options } = await prepared([]);
    cloud.power.snapshotFails = true;
    await refused(snapshotInstance(cloud, request, options));
    cloud.power.snapshotFails = false;
    const { snapshots } = await snapshotInstance(cloud, request, options);
    expect(snapshots).toHaveLength(1);
    expect(cloud.world.snapshots.size).toBe(1);
  });

  it("wait until another snapshot of the disk has ended", async () => {
    const { cloud, request, options, notes } = await prepared([]);
    const [disk] = await cloud.instances.listDisks(request.region, request.instanceId);
    await cloud.snapshots.createSnapshot(request.region, {
      diskId: disk?.diskId ?? "",
      name: "others",
      clientToken: "others",
    });
    await snapshotInstance(cloud, request, options);
    expect(notes.some((note) => note.includes("another snapshot"))).toBe(true);
  });

  it("survive looks that fail, and report silence", async () => {
    const { cloud, request, options } = await prepared([]);
    cloud.power.snapshotMs = 3_600_000_000;
    cloud.fail("listSnapshots", new SampanError("CLOUD_UNREACHABLE", "down", { retryable: true }), {
      skip: 2,
      times: 3,
    });
    const stalls: number[] = [];
    const waiting = snapshotInstance(cloud, request, {
      ...options,
      deadlineMs: 7_200_000,
      onStall: ({ sinceMs }) => stalls.push(sinceMs),
    });
    expect((await refused(waiting)).code).toBe("CLOUD_DEADLINE");
    expect(stalls.length).toBeGreaterThan(5);
  });

  it("are refused for an instance that is not there", async () => {
    const { cloud, request, options } = await prepared([]);
    const error = await refused(snapshotInstance(cloud, { ...request, instanceId: "i-none" }, options));
    expect(error.code).toBe("CLOUD_INSTANCE_NOT_FOUND");
  });
});

describe("an image of snapshots", () => {
  async function snapshotted() {
    const given = await prepared();
    const { snapshots } = await snapshotInstance(given.cloud, given.request, given.options);
    const request = {
      region: given.request.region,
      name: "web-01",
      source: {
        kind: "snapshots",
        disks: snapshots.map(({ snapshotId, kind }) => ({ snapshotId, kind })),
      },
      tags: { "sampan:run": "run-1" },
      clientToken: "run-1/create-image",
    } as const;
    return { ...given, request };
  }

  it("is made once, and becomes available", async () => {
    const { cloud, request, options } = await snapshotted();
    const lost = new SampanError("CLOUD_UNREACHABLE", "reset", { retryable: true });
    cloud.fail("createImage", lost, { answerLost: true });
    const first = await createImage(cloud, request, options);
    const second = await createImage(cloud, request, options);
    expect(second).toEqual({ ...first, adopted: true });
    const image = await waitForImage(cloud.images, { ...first, made: "create" }, { clock: cloud.clock });
    expect(image).toMatchObject({ status: "Available", sizeBytes: 40 * GiB, name: "web-01" });
  });

  it("is made anew when an earlier attempt of the same run had failed", async () => {
    const { cloud, request, options } = await snapshotted();
    cloud.pace.copyFailure = { code: "X", message: "" };
    const first = await createImage(cloud, request, options);
    const waiting = waitForImage(cloud.images, { ...first, made: "create" }, { clock: cloud.clock });
    expect((await refused(waiting)).code).toBe("CLOUD_CREATE_FAILED");
    cloud.pace.copyFailure = null;
    const second = await createImage(cloud, request, options);
    expect(second.imageId).not.toBe(first.imageId);
    await waitForImage(cloud.images, { ...second, made: "create" }, { clock: cloud.clock });
  });

  it("is refused under a name that is another's", async () => {
    const { cloud, request, options } = await snapshotted();
    await createImage(cloud, { ...request, tags: {}, clientToken: "another" }, options);
    expect((await refused(createImage(cloud, request, options))).code).toBe("CLOUD_IMAGE_NAME_TAKEN");
  });
});
