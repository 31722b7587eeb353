import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryCloud, memoryCloud, memoryInstance } from "@sampan/cloud/testing";
import { GiB, isSampanError, type RunEvent } from "@sampan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import type { LaunchResult } from "../fluent/results.ts";
import type { Plan } from "../plan/plan.ts";
import { createHandle } from "../run/create-handle.ts";
import { executeRun } from "../run/execute-run.ts";
import { readJournal } from "../run/journal.ts";
import { openHost } from "../run/open-host.ts";
import { runFolder } from "../run/run-store.ts";
import { migrationPipeline } from "./migration-pipeline.ts";

const region = "cn-hangzhou";
let home: string;
let cloud: MemoryCloud;
let instanceId: string;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "sampan-instance-"));
  cloud = memoryCloud();
  ({ instanceId } = await memoryInstance(cloud, { region, dataDiskBytes: [100 * GiB] }));
  cloud.world.calls.length = 0;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const launchThere = { instanceTypes: ["ecs.g7.large"], vpcId: "vpc-cn-shanghai", region: "cn-shanghai" };

/** An instance moved to another region and booted there for a test. */
function wholePlan(): Plan {
  return Migration.from({ kind: "ecs", region, instanceId })
    .assess()
    .snapshot({ stop: true })
    .createImage({ name: "web-01" })
    .copyTo("cn-shanghai")
    .launch({ ...launchThere, test: true })
    .verify()
    .plan();
}

/** Runs a plan; with `dieAt` the run ends at that record of its journal, as a process that is killed right after it. */
function run(plan: Plan, dieAt = Number.POSITIVE_INFINITY) {
  const profiles: (string | undefined)[] = [];
  const controller = new AbortController();
  const environment = {
    home,
    cloud: { kind: "simulator" } as const,
    clock: cloud.clock,
    random: () => 0.5,
    openHost,
    connect: async (_choice: unknown, _home: string, options: { readonly profile?: string } = {}) => {
      profiles.push(options.profile);
      // Its clock is the run's own, as a real cloud's is.
      const identity = { ...cloud.identity, rehearsal: false };
      return { ...cloud, identity, objects: cloud.objects, close: async () => {} };
    },
  };
  const handle = createHandle("r1", controller.signal, (signal) =>
    executeRun(environment, { runId: "r1", plan, through: undefined, signal }, migrationPipeline),
  );
  const events: RunEvent[] = [];
  let recorded = 0;
  handle.events.subscribe((event) => {
    events.push(event);
    if (event.type !== "stage.progress" && ++recorded >= dieAt) controller.abort();
  });
  return { result: handle.result as Promise<unknown> as Promise<LaunchResult>, events, profiles };
}

const count = (call: string) => cloud.world.calls.filter((name) => name === call).length;

describe("the in-cloud path", () => {
  it("takes an instance's disks to an instance of another region, and proves that it boots", async () => {
    const { result, events } = run(wholePlan());
    const done = await result;
    expect(done).toMatchObject({
      host: `ecs://${region}/${instanceId}`,
      complete: true,
      consistency: "stopped",
      images: [
        { region, name: "web-01", status: "Available" },
        { region: "cn-shanghai", name: "web-01", status: "Available" },
      ],
      launched: { region: "cn-shanghai", zone: "cn-shanghai-a", instanceType: "ecs.g7.large", isTest: true },
      verification: { verdict: "booted", afterwards: "delete" },
    });
    expect(done.launched.releaseAt).not.toBeNull();
    const evidence = JSON.parse(readFileSync(done.verification?.evidence ?? "", "utf8"));
    expect(evidence).toMatchObject({ verdict: "booted", launched: { instanceId: done.launched.instanceId } });
    expect(readFileSync(join(runFolder(home, "r1"), "console.txt"), "utf8")).toContain("login:");
    // The test instance is gone, the host runs again, snapshots and images stay and are listed.
    expect([...cloud.world.instances.keys()]).toEqual([instanceId]);
    expect(count("startInstance")).toBe(1);
    const made = events.flatMap((event) => (event.type === "resource.created" ? [event.resource.kind] : []));
    expect(made).toEqual(["snapshot", "snapshot", "image", "image", "snapshot", "instance"]);
    expect(events.some((event) => event.type === "resource.removed")).toBe(true);
  });

  it("killed at any record of its journal goes on without a second snapshot, image or instance", async () => {
    const whole = run(wholePlan());
    await whole.result;
    const records = readJournal(runFolder(home, "r1")).length;
    expect(records).toBeGreaterThan(20);
    for (let dieAt = 2; dieAt < records; dieAt += 2) {
      rmSync(home, { recursive: true, force: true });
      cloud = memoryCloud();
      ({ instanceId } = await memoryInstance(cloud, { region, dataDiskBytes: [100 * GiB] }));
      const before = new Set(cloud.world.images.keys());
      const launched = new Set<string>();
      const runInstance = cloud.instances.runInstance.bind(cloud.instances);
      cloud.instances.runInstance = async (where, request, signal) => {
        const answer = await runInstance(where, request, signal);
        launched.add(answer.instanceId);
        return answer;
      };
      await run(wholePlan(), dieAt).result.catch(() => undefined);
      const { result } = run(wholePlan());
      const done = await result;
      expect(done.complete, `killed at record ${dieAt}`).toBe(true);
      expect(cloud.world.snapshots.size, `killed at record ${dieAt}`).toBe(2);
      // A copy that was cancelled with its run is gone from the cloud.
      const made = [...cloud.world.images.values()].filter(
        (one) => !before.has(one.imageId) && !one.cancelled,
      );
      expect(made.length, `killed at record ${dieAt}`).toBe(2);
      expect(launched.size, `killed at record ${dieAt}`).toBe(1);
      cloud.clock.advance(600_000);
      const [host] = await cloud.instances.listInstances(region, { instanceIds: [instanceId] });
      expect(host?.status, `killed at record ${dieAt}`).toBe("Running");
    }
  });

  it("makes an image of the instance itself where no snapshots were asked for", async () => {
    const plan = Migration.from({ kind: "ecs", region, instanceId }).createImage().plan();
    const { result, events } = run(plan);
    expect(await result).toMatchObject({ images: [{ region, name: "web-01" }] });
    expect(count("createSnapshot")).toBe(0);
    expect(events.some((event) => event.type === "log" && event.message.includes("power cut"))).toBe(true);
  });

  it("launches with the credentials of the profile that receives the image", async () => {
    const plan = Migration.from({ kind: "ecs", region, instanceId })
      .createImage()
      .shareWith("1000000000000002")
      .launch({ profile: "receiver", instanceTypes: ["ecs.g7.large"], vpcId: `vpc-${region}` })
      .plan();
    const { result, profiles } = run(plan);
    expect(await result).toMatchObject({ launched: { profile: "receiver", isTest: false, releaseAt: null } });
    expect(profiles).toEqual([undefined, "receiver"]);
  });

  it("ends with an error when the instance does not boot, and keeps what was seen", async () => {
    cloud.power.console =
      "Begin: Mounting root\nALERT!  UUID=1 does not exist.  Dropping to a shell!\n(initramfs) ";
    const { result } = run(wholePlan());
    const error = await result.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!isSampanError(error, "CLOUD_BOOT_FAILED")) throw new Error(String(error));
    expect(error.message).toContain("a shell of the initramfs");
    expect(existsSync(String(error.details.evidence))).toBe(true);
    expect([...cloud.world.instances.keys()]).toEqual([instanceId]);
    // Resumed, it says the same of the instance that is gone.
    expect(
      isSampanError(await run(wholePlan()).result.catch((thrown: unknown) => thrown), "CLOUD_BOOT_FAILED"),
    ).toBe(true);
  });

  it("refuses an instance that is not there, and a launch where the plan has no image", async () => {
    const nothing = Migration.from("ecs://cn-hangzhou/i-none").snapshot().plan();
    await expect(run(nothing).result).rejects.toMatchObject({ code: "CLOUD_INSTANCE_NOT_FOUND" });
    rmSync(home, { recursive: true, force: true });
    const elsewhere = Migration.from({ kind: "ecs", region, instanceId })
      .createImage()
      .launch(launchThere)
      .plan();
    await expect(run(elsewhere).result).rejects.toMatchObject({ code: "PLAN_INVALID" });
  });
});
