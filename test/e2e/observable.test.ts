import { join } from "node:path";
import type { RunEvent } from "@sampan/core";
import { createEmbeddedRunner, type ImportedImage, Migration } from "@sampan/sdk";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { startRehearsal } from "../helpers/rehearsal.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/*
 * A plan used as what it is: an Observable in somebody's own program, without the `sampan` command.
 */

let home: string;
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  home = join(folder, ".sampan");
  vi.stubEnv("SAMPAN_HOME", home);
  return () => vi.unstubAllEnvs();
});

const planFor = (disk: string, bytesPerSecond?: number): ImportedImage =>
  Migration.from(disk)
    .assess()
    .prepare()
    .capture()
    .toVhd()
    .upload("observed", { createBucket: true, ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }) })
    .import({ name: "observed", createRole: true })
    .copyTo("cn-shanghai");

describe("subscribing to a plan", () => {
  it("runs it and tells everything, from run.started to run.finished", async () => {
    const events: RunEvent[] = [];
    const disk = await writeFirstGuest(join(folder, "guest.qcow2"));
    await new Promise<void>((resolve, reject) => {
      planFor(disk).subscribe({ next: (event) => events.push(event), error: reject, complete: resolve });
    });
    expect(events[0]).toMatchObject({ type: "run.started", seq: 1, cloud: { rehearsal: true } });
    expect(events.at(-1)).toMatchObject({ type: "run.finished", result: { complete: true } });
    const sequence = events.map(({ seq }) => seq);
    expect(sequence).toEqual([...sequence].sort((a, b) => a - b));
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  });

  it("of a plan that fails ends in the error of the run, after its last event", async () => {
    const events: RunEvent[] = [];
    const plan = planFor(join(folder, "nowhere.vmdk"));
    const ended = new Promise<void>((resolve, reject) => {
      plan.subscribe({ next: (event) => events.push(event), error: reject, complete: resolve });
    });
    await expect(ended).rejects.toMatchObject({ code: "IMAGE_NOT_FOUND" });
    expect(events.at(-1)?.type).toBe("run.failed");
  });

  it("and unsubscribing in the middle of the upload cancels it, so that the next run goes on from there", async () => {
    const rehearsal = await startRehearsal();
    vi.stubEnv("SAMPAN_SIMULATOR", rehearsal.simulator.endpoint);
    const disk = await writeFirstGuest(join(folder, "guest.qcow2"));
    // Slow enough that it cannot be done before it is left.
    const plan = planFor(disk, 8 * 1024 * 1024);
    await new Promise<void>((resolve) => {
      const subscription = plan.subscribe((event) => {
        if (event.type !== "checkpoint" || event.item === undefined) return;
        subscription.unsubscribe();
        resolve();
      });
    });
    const runner = createEmbeddedRunner({
      home,
      cloud: { kind: "simulator", endpoint: rehearsal.simulator.endpoint },
    });
    await vi.waitFor(async () =>
      expect((await runner.list()).map(({ state }) => state)).toEqual(["cancelled"]),
    );

    const { images, runId } = await plan.run();
    expect(images.map(({ region, status }) => `${region} ${status}`)).toEqual([
      "cn-hangzhou Available",
      "cn-shanghai Available",
    ]);
    expect(await runner.status(runId)).toMatchObject({ state: "finished", attempt: 2 });
    const stages = (await runner.status(runId)).stages.map(({ stage, state }) => `${stage} ${state}`);
    expect(stages).toContain("upload finished");
    expect((await rehearsal.images("cn-hangzhou")).map(({ imageName }) => imageName)).toEqual(["observed"]);
    await rehearsal.stop();
  });

  it("twice gives one run, which only the first to come cancels by leaving", async () => {
    const rehearsal = await startRehearsal();
    vi.stubEnv("SAMPAN_SIMULATOR", rehearsal.simulator.endpoint);
    const disk = await writeFirstGuest(join(folder, "guest.qcow2"));
    const plan = planFor(disk, 8 * 1024 * 1024);
    const parts: RunEvent[] = [];
    const first = plan.subscribe((event) => {
      if (event.type === "checkpoint" && event.item !== undefined) parts.push(event);
    });
    const partsReach = (count: number) =>
      vi.waitFor(() => expect(parts.length).toBeGreaterThanOrEqual(count), { timeout: 60_000 });
    await partsReach(1);
    const seen = await new Promise<RunEvent>((resolve) => {
      const second = plan.subscribe((event) => {
        if (event.seq !== parts[0]?.seq) return;
        second.unsubscribe();
        resolve(event);
      });
    });
    expect(seen).toEqual(parts[0]);
    await partsReach(parts.length + 2);
    first.unsubscribe();
    const runner = createEmbeddedRunner({
      home,
      cloud: { kind: "simulator", endpoint: rehearsal.simulator.endpoint },
    });
    await vi.waitFor(async () =>
      expect((await runner.list()).map(({ state, attempt }) => `${state} ${attempt}`)).toEqual([
        "cancelled 1",
      ]),
    );
    const [status] = await runner.list();
    expect((await runner.recorded(status?.runId ?? "")).at(-1)).toMatchObject({
      type: "run.cancelled",
      reason: "cancelled because its subscriber left",
    });
    await rehearsal.stop();
  });
});
