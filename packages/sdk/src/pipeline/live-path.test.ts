import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryCloud, memoryCloud } from "@sampan/cloud/testing";
import { isSampanError, type RunEvent, SampanError } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import type { Plan } from "../plan/plan.ts";
import { createHandle } from "../run/create-handle.ts";
import { executeRun } from "../run/execute-run.ts";
import { type FakeLiveHost, fakeLiveHost } from "../testing/fake-live-host.ts";
import { migrationPipeline } from "./migration-pipeline.ts";

const MiB = 1024 * 1024;
let home: string;
let cloud: MemoryCloud;
let machine: FakeLiveHost;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sampan-live-"));
  cloud = memoryCloud();
  machine = fakeLiveHost({ sda: diskBytes(), sdb: diskBytes() });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A disk with a partition that holds no file system anybody knows. */
function diskBytes(): Uint8Array {
  const disk = new Uint8Array(MiB).fill(0x11, 4096);
  disk.set([0x55, 0xaa], 510);
  disk.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 7, 0, 0], 446);
  return disk;
}

const accept = { "GUESTOS.SystemImage": "a disk of a test" };
type CaptureOptions = Parameters<ReturnType<typeof assessed>["capture"]>[0];
const assessed = () => Migration.from("ssh://root@web-01").assess({ accept });
const captured = (options: CaptureOptions = {}) => assessed().prepare().capture(options);
const sent = (options: CaptureOptions = {}) =>
  captured(options).toRaw().upload("web-images", { createBucket: true }).plan();

/** Runs a plan; `stopAt` cancels it when that stage starts. */
function run(plan: Plan, options: { readonly stopAt?: string; readonly through?: string } = {}) {
  const controller = new AbortController();
  const environment = {
    home,
    cloud: { kind: "simulator" } as const,
    clock: cloud.clock,
    random: () => 0.5,
    openHost: async () => machine.host,
    connect: async () => ({ ...cloud, objects: cloud.objects, close: async () => undefined }),
  };
  const handle = createHandle("r1", controller.signal, (signal) =>
    executeRun(environment, { runId: "r1", plan, through: options.through, signal }, migrationPipeline),
  );
  const events: RunEvent[] = [];
  handle.events.subscribe((event) => {
    events.push(event);
    if (event.type === "stage.started" && event.stage === options.stopAt) controller.abort();
  });
  const failure = async () => {
    const error = await handle.result.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!isSampanError(error)) throw new Error(`the run should have failed: ${String(error)}`);
    return error;
  };
  return {
    // Each use makes a promise of its own.
    get result() {
      return handle.result;
    },
    failure,
    events,
  };
}

/** What was stored in the bucket. */
function storedBytes(): Uint8Array | undefined {
  const [object] = cloud.world.objects.values();
  return object?.bytes;
}

describe("the path of a machine that runs", () => {
  it("sends the disk as it was when the run began to read it, whatever is written meanwhile", async () => {
    const before = machine.disks.get("sda")?.slice();
    const { result, events } = run(sent());
    expect(await result).toMatchObject({
      host: "ssh://root@web-01",
      complete: true,
      disks: [{ name: "sda", consistency: "snapshot" }],
    });
    expect(machine.disks.get("sda")).not.toEqual(before);
    expect(storedBytes()).toEqual(before);
    expect(machine.calls.filter((call) => call !== "open sda")).toEqual([
      "inspect",
      "hold sda",
      "release sda",
    ]);
    expect(events.flatMap((event) => (event.type === "stage.started" ? [event.stage] : []))).toEqual([
      "select",
      "assess",
      "check",
      "hold",
      "prepare",
      "capture",
      "convert",
      "upload",
      "release",
    ]);
    const created = events.find((event) => event.type === "resource.created" && event.stage === "hold");
    expect(created).toMatchObject({
      stage: "hold",
      resource: { kind: "moment", name: "LVM snapshot vg0/r1-0", billed: false, leaseMs: 1_800_000 },
    });
    expect(events.some((event) => event.type === "resource.removed")).toBe(true);
    expect(machine.held.size).toBe(0);
  });

  it("lets go as soon as a plan that sends nothing has read what it needs", async () => {
    await run(captured().plan()).result;
    expect(machine.calls.at(-1)).toBe("release sda");
    expect(machine.held.size).toBe(0);
  });

  it("goes on after a cancel with the snapshot that was kept for it, and says meanwhile what is there", async () => {
    const cancelled = run(sent(), { stopAt: "upload" });
    expect((await cancelled.failure()).code).toBe("CORE_CANCELLED");
    expect(cancelled.events.at(-1)).toMatchObject({
      type: "run.cancelled",
      left: [{ kind: "moment", leaseMs: 1_800_000 }],
    });
    expect(machine.held.size).toBe(1);
    await run(sent()).result;
    expect(machine.calls.filter((call) => call === "hold sda")).toHaveLength(1);
    expect(machine.held.size).toBe(0);
  });

  it("thaws a frozen host at once when the run is cancelled, and cannot go on with it", async () => {
    const cancelled = run(sent({ consistency: "freeze" }), { stopAt: "upload" });
    await cancelled.failure();
    expect(machine.held.size).toBe(0);
    expect(cancelled.events.at(-1)).toMatchObject({ type: "run.cancelled", left: [] });
    const error = await run(sent({ consistency: "freeze" })).failure();
    expect(error.code).toBe("HOST_MOMENT_LOST");
    expect(error.hint).toContain("--again");
    expect(error.hint).toContain("sampan gc r1");
  });

  it("thaws a frozen host where the run was told to stop", async () => {
    await run(sent({ consistency: "freeze" }), { through: "capture" }).result;
    expect(machine.held.size).toBe(0);
  });

  it("says that a frozen host could not be reached to thaw it, and ends as it would have", async () => {
    machine.fail("release sda", new SampanError("HOST_DISK_UNKNOWN", "the host is gone"));
    const cancelled = run(sent({ consistency: "freeze" }), { stopAt: "upload" });
    expect((await cancelled.failure()).code).toBe("CORE_CANCELLED");
    expect(cancelled.events.at(-1)).toMatchObject({ left: [{ kind: "moment", leaseMs: 120_000 }] });
    expect(cancelled.events).toContainEqual(
      expect.objectContaining({ type: "log", level: "warning", message: expect.stringContaining("is gone") }),
    );
  });

  it("removes a snapshot at once that has become void: no resume could use it", async () => {
    machine.fail("open sda", new SampanError("HOST_SNAPSHOT_FULL", "more was written than it holds"));
    const failed = run(sent());
    expect((await failed.failure()).code).toBe("HOST_SNAPSHOT_FULL");
    expect(failed.events.at(-1)).toMatchObject({ type: "run.failed", left: [] });
    expect(machine.held.size).toBe(0);
  });

  it("names the choices where no snapshot can be made, and holds nothing", async () => {
    machine.fail("hold sda", new SampanError("HOST_SNAPSHOT_IMPOSSIBLE", "no logical volumes on sda"));
    const error = await run(sent()).failure();
    expect(error).toMatchObject({ code: "HOST_SNAPSHOT_IMPOSSIBLE", message: "no logical volumes on sda" });
    expect(error.hint).toContain("freeze");
    expect(error.hint).toContain("none");
    expect(machine.held.size).toBe(0);
  });

  it("lets go of one disk when another cannot be held", async () => {
    machine.fail("hold sdb", new SampanError("HOST_SNAPSHOT_IMPOSSIBLE", "no space for sdb"));
    const { failure, events } = run(sent({ disks: ["sda", "sdb"] }));
    await failure();
    expect(machine.held.size).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: "run.failed", left: [] });
  });

  it("warns before it reads a disk that changes meanwhile", async () => {
    const { result, events } = run(sent({ consistency: "none" }));
    await result;
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "log",
        level: "warning",
        message: expect.stringContaining("may be torn"),
      }),
    );
  });

  it("finishes when the host is gone after all of its disk was sent", async () => {
    machine.fail("release sda", new SampanError("HOST_DISK_UNKNOWN", "the host is gone"));
    const { result, events } = run(sent());
    expect(await result).toMatchObject({ complete: true });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "log",
        level: "warning",
        message: expect.stringContaining("30 minutes"),
      }),
    );
  });

  it("ends with a clear error when the host let go before the run could go on", async () => {
    await run(sent(), { stopAt: "upload" }).failure();
    machine.forget();
    expect((await run(sent()).failure()).code).toBe("HOST_MOMENT_LOST");
  });

  it("hands over how long and how large a moment may be", async () => {
    const consistency = "snapshot" as const;
    await run(captured({ consistency, leaseMs: 60_000, snapshotBytes: 64 * MiB }).plan()).result;
    expect(machine.asked).toEqual([{ id: "r1-0", consistency, leaseMs: 60_000, snapshotBytes: 64 * MiB }]);
  });
});

describe("plans of disks that lie still", () => {
  it("have the stages they always had", () => {
    const plan = Migration.from("./web-01.vmdk")
      .assess()
      .prepare()
      .capture()
      .toVhd()
      .upload("web-images")
      .plan();
    expect(migrationPipeline.keys(plan)).toEqual([
      "select",
      "assess",
      "check",
      "prepare",
      "capture",
      "convert",
      "upload",
    ]);
  });
});
