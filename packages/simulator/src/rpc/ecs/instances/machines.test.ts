import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Machine, MachineHost, MachineSpec } from "../../../machines/machine.ts";
import { Simulator } from "../../../simulator.ts";
import { ecs, launched, refusal } from "../../../testing/launch.ts";
import { sendOss } from "../../../testing/raw-client.ts";

const MiB = 1024 ** 2;

/** A host whose machines do what a test tells them. */
class ScriptedHost implements MachineHost {
  unavailable: string | null = null;
  readonly specs: MachineSpec[] = [];
  readonly stops: boolean[] = [];
  failure: string | null = null;
  ignoresPowerButton = false;
  end: (failed: string | null) => void = () => undefined;

  async start(spec: MachineSpec): Promise<Machine> {
    this.specs.push(spec);
    if (this.failure !== null) throw new Error(this.failure);
    const ended = new Promise<{ failed: string | null }>((resolve) => {
      this.end = (failed) => resolve({ failed });
    });
    return {
      ports: new Map([[22, 40_022]]),
      console: async () => Buffer.from("login:"),
      screenshot: async () => Buffer.from("PNG"),
      stop: async (force) => {
        this.stops.push(force);
        if (force || !this.ignoresPowerButton) this.end(null);
        await ended;
      },
      ended,
    };
  }

  async close(): Promise<void> {
    this.end(null);
  }
}

let host: ScriptedHost;
let simulator: Simulator;

beforeEach(async () => {
  host = new ScriptedHost();
  await restart();
});

afterEach(() => simulator.stop());

async function restart(dataFolder?: string): Promise<void> {
  simulator = await Simulator.start({
    machines: host,
    switches: { importRole: "ready" },
    ...(dataFolder === undefined ? {} : { dataFolder }),
  });
  simulator.clock.freeze();
}

async function importedImage(): Promise<string> {
  await sendOss(simulator, { method: "PUT", bucket: "images" });
  await sendOss(simulator, { method: "PUT", bucket: "images", key: "d.raw", body: Buffer.alloc(MiB, 7) });
  const { ImageId } = await ecs(simulator, "ImportImage", {
    "DiskDeviceMapping.1.OSSBucket": "images",
    "DiskDeviceMapping.1.OSSObject": "d.raw",
  });
  simulator.clock.advance(3_600_000);
  return ImageId;
}

async function rowOf(instanceId: string) {
  const answer = await ecs(simulator, "DescribeInstances", { InstanceIds: JSON.stringify([instanceId]) });
  return answer.Instances.Instance[0];
}

/** Waits in real time for what a machine does in real time. */
async function until(instanceId: string, status: string) {
  await vi.waitFor(async () => expect((await rowOf(instanceId)).Status).toBe(status), { timeout: 5_000 });
}

async function noteOf(instanceId: string): Promise<string | null | undefined> {
  return (await simulator.state()).instances.find((one) => one.instanceId === instanceId)?.note;
}

/** An instance of an imported image, whose machine runs. */
async function booted(): Promise<string> {
  const id = await launched(simulator, { ImageId: await importedImage(), "DataDisk.1.Size": "20" });
  await until(id, "Starting");
  await until(id, "Running");
  return id;
}

describe("an instance with a machine", () => {
  it("is started from the image's bytes and shows where it can be reached", async () => {
    const id = await booted();
    expect(host.specs).toMatchObject([
      {
        id,
        bootMode: "BIOS",
        architecture: "x86_64",
        cpus: 2,
        memoryMiB: 8192,
        forwardPorts: [22],
        disks: [
          { format: "RAW", sizeBytes: 40 * 1024 * MiB, content: { sizeBytes: MiB } },
          { format: "QCOW2", sizeBytes: 20 * 1024 * MiB },
        ],
      },
    ]);
    expect((await rowOf(id)).Tags.Tag).toEqual([
      { TagKey: "sampan:machine", TagValue: "booted" },
      { TagKey: "sampan:port:22", TagValue: "127.0.0.1:40022" },
    ]);
    expect((await simulator.state()).instances).toMatchObject([{ ports: { 22: 40_022 } }]);
    const console = await ecs(simulator, "GetInstanceConsoleOutput", { InstanceId: id });
    expect(Buffer.from(console.ConsoleOutput, "base64").toString()).toBe("login:");
    const picture = await ecs(simulator, "GetInstanceScreenshot", { InstanceId: id });
    expect(Buffer.from(picture.Screenshot, "base64").toString()).toBe("PNG");
  });

  it("is stopped with its machine, and started again", async () => {
    const id = await booted();
    await ecs(simulator, "StopInstance", { InstanceId: id });
    simulator.clock.advance(10_000);
    await until(id, "Stopped");
    expect(host.stops).toEqual([false]);
    await ecs(simulator, "StartInstance", { InstanceId: id });
    simulator.clock.advance(15_000);
    await until(id, "Running");
    await ecs(simulator, "RebootInstance", { InstanceId: id, ForceStop: "true" });
    simulator.clock.advance(60_000);
    await until(id, "Running");
    expect(host.specs).toHaveLength(3);
    await ecs(simulator, "DeleteInstance", { InstanceId: id, Force: "true" });
    expect(host.stops).toEqual([false, true, true]);
  });

  it("loses its power when the guest does not power off in three minutes", async () => {
    const id = await booted();
    host.ignoresPowerButton = true;
    await ecs(simulator, "StopInstance", { InstanceId: id });
    simulator.clock.advance(60_000);
    expect((await rowOf(id)).Status).toBe("Stopping");
    simulator.clock.advance(180_000);
    await until(id, "Stopped");
    expect(host.stops).toEqual([false, true]);
  });

  it("is stopped when the guest powers off or the machine fails, and says which", async () => {
    const id = await booted();
    host.end(null);
    await until(id, "Stopped");
    expect(await noteOf(id)).toBe("The guest powered off.");
    await ecs(simulator, "StartInstance", { InstanceId: id });
    simulator.clock.advance(15_000);
    await until(id, "Running");
    host.end("triple fault");
    await until(id, "Stopped");
    expect(await noteOf(id)).toContain("triple fault");
  });

  it("is stopped when its machine cannot be started", async () => {
    host.failure = "no such firmware";
    const id = await launched(simulator, { ImageId: await importedImage() });
    await until(id, "Stopped");
    expect(await noteOf(id)).toContain("no such firmware");
  });

  it("is stopped after a restart of the simulator, with a note", async () => {
    await simulator.stop();
    const dataFolder = await mkdtemp(join(tmpdir(), "sampan-machines-"));
    try {
      await restart(dataFolder);
      const id = await booted();
      await simulator.stop();
      await restart(dataFolder);
      expect((await rowOf(id)).Status).toBe("Stopped");
      expect(await noteOf(id)).toBe("The machine ended with the simulator.");
    } finally {
      await simulator.stop();
      await rm(dataFolder, { recursive: true });
    }
  });
});

describe("an instance no machine can run for", () => {
  it("is simulated and says why: nothing on its disk, or nothing to run it", async () => {
    const empty = await launched(simulator);
    expect((await rowOf(empty)).Status).toBe("Running");
    expect(await noteOf(empty)).toContain("nothing on the system disk");
    host.unavailable = "qemu is not installed";
    const id = await launched(simulator, { ImageId: await importedImage() });
    expect((await rowOf(id)).Tags.Tag).toContainEqual({ TagKey: "sampan:machine", TagValue: "simulated" });
    expect(await noteOf(id)).toContain("qemu is not installed");
    expect(host.specs).toEqual([]);
    expect(await refusal(simulator, "GetInstanceScreenshot", { InstanceId: id })).toMatch(/^405/);
  });
});
