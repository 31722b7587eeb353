import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RunEvent } from "@sampan/core";
import { createFleetRunner, startFleetWorker } from "@sampan/fleet/engine";
import type { RunHandle } from "@sampan/sdk";
import { migrationPipeline } from "@sampan/sdk/engine";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  type FleetBed,
  leaseMs,
  partsOfHost,
  partsSentTwice,
  stagesRepeated,
  startFleetBed,
} from "../helpers/fleet-bed.ts";
import { postgresTools } from "../helpers/postgres-server.ts";
import { redisTools } from "../helpers/redis-server.ts";
import { lacks } from "../helpers/requires.ts";
import { startSampan } from "../helpers/sampan.ts";

/*
 * What goes wrong between a store, those who start runs and those who work on them. What a run did is counted by the simulator, which
 * takes no part in any of it.
 */

const cases = [
  { kind: "redis", tools: redisTools },
  { kind: "postgres", tools: postgresTools },
] as const;

for (const { kind, tools } of cases) {
  describe.skipIf(lacks(...tools))(`a fleet on ${kind}`, () => {
    let bed: FleetBed;
    beforeAll(async () => {
      bed = await startFleetBed(kind);
    });
    afterEach(() => bed.rehearsal.simulator.faults.clear());
    afterAll(() => bed?.stop());

    /** A worker of this test. */
    async function worker(...sites: readonly string[]) {
      const one = await bed.worker({ sites });
      onTestFinished(() => one.kill());
      return one;
    }

    /** A run of this test; in an object, since a promise of the run alone would wait for its end. */
    async function begin(host: string, site: string) {
      const { handle } = await bed.runner.submit(await bed.plan(host), { site });
      handle.result.catch(() => undefined);
      return { handle };
    }

    /** Sees to it that a run ended well and nothing was done twice. */
    async function endedOnce(handle: RunHandle<unknown>, host: string, resent = 0) {
      await handle.result;
      const requests = bed.rehearsal.simulator.requests.list({ key: `${host}.vhd` });
      const landed = requests.filter(({ operation, status }) => operation === "UploadPart" && status === 200);
      expect(new Set(landed.map(({ parameters }) => parameters.partNumber)).size).toBe(partsOfHost);
      expect(partsSentTwice(requests).length).toBeLessThanOrEqual(resent);
      expect(stagesRepeated(await bed.runner.recorded(handle.id))).toEqual([]);
      const { images } = await bed.rehearsal.simulator.state();
      expect(images.filter(({ name }) => name === host)).toEqual([
        expect.objectContaining({ status: "Available" }),
      ]);
    }

    it("takes over what a frozen worker did, who then does no more of it", async () => {
      const [host, site] = ["frozen", "frozen"];
      bed.slowParts(400, host);
      const first = await worker(site);
      const { handle } = await begin(host, site);
      await bed.partsLanded(host, 2);
      first.freeze();
      await worker(site);
      const attempts = () => startsOf(bed, handle.id, "upload");
      await expect.poll(attempts, { timeout: 60_000, interval: 50 }).toBe(2);
      first.wake();
      // What it had on its way when it stood still may arrive now.
      await endedOnce(handle, host, 4);
      await first.end();
    });

    it("goes on where it was when the store was killed and came back", async () => {
      const hosts = ["back-1", "back-2", "back-3"];
      for (const host of hosts) bed.slowParts(300, host);
      await worker("back");
      const begun = await Promise.all(hosts.map((host) => begin(host, "back")));
      await Promise.all(hosts.map((host) => bed.partsLanded(host, 2)));
      await bed.server.kill();
      await pause(500);
      await bed.server.start();
      for (const [index, host] of hosts.entries()) await endedOnce(begun[index]!.handle, host);
    });

    it("goes on when the store was away for longer than a lease", async () => {
      const hosts = ["away-1", "away-2", "away-3"];
      for (const host of hosts) bed.slowParts(600, host);
      await worker("away");
      const begun = await Promise.all(hosts.map((host) => begin(host, "away")));
      await Promise.all(hosts.map((host) => bed.partsLanded(host, 1)));
      await bed.server.kill();
      await pause(leaseMs * 1.5);
      await bed.server.start();
      for (const [index, host] of hosts.entries()) await endedOnce(begun[index]!.handle, host);
    });

    it("says which site has no worker, and goes on when one comes", async () => {
      await worker();
      const { handle } = await begin("lonely", "lonely");
      const waitsFor = () => bed.runner.waitsFor(handle.id);
      await expect.poll(waitsFor, { timeout: 20_000 }).toMatch(/no worker is there for site lonely/);
      const siteOf = async () => (await bed.runner.sites()).find(({ site }) => site === "lonely");
      expect(await siteOf()).toMatchObject({ workers: [], waiting: 1, active: 0 });
      await worker("lonely");
      expect(await siteOf()).toMatchObject({ workers: [expect.any(String)] });
      await endedOnce(handle, "lonely");
      expect(await waitsFor()).toBeNull();
    });

    it("works for sites with names of another script and with long ones, and tells of them by those names", async () => {
      const sites = ["上海-北", "上海-南", `${"long.".repeat(12)}site`];
      const begun = await Promise.all(sites.map((site, index) => begin(`named-${index}`, site)));
      const waitsFor = () => bed.runner.waitsFor(begun[0]!.handle.id);
      await worker("上海-南");
      await expect.poll(waitsFor, { timeout: 20_000 }).toBe("no worker is there for site 上海-北");
      await worker("上海-北", sites[2]!);
      for (const [index, { handle }] of begun.entries()) await endedOnce(handle, `named-${index}`);
      const found = new Map((await bed.runner.sites()).map((one) => [one.site, one]));
      for (const site of sites) {
        expect(found.get(site)).toMatchObject({ workers: [expect.any(String)], waiting: 0, active: 0 });
      }
      await bed.runner.drain("上海-北", true);
      expect((await bed.runner.sites()).find(({ site }) => site === "上海-北")?.drained).toBe(true);
      await bed.runner.drain("上海-北", false);
    });

    // Stores differ in how they go away. What follows goes the same way on both, and the runners' contract looks at that.
    if (kind !== "redis") return;

    it("stops a run in the middle of its upload from elsewhere, and resumes it there", async () => {
      const host = "stopped";
      // Parts go four at a time: the next four would leave after a second.
      bed.slowParts(1000, host);
      await worker(host);
      const { handle } = await begin(host, host);
      await bed.partsLanded(host, 1);
      const sent = () =>
        bed.rehearsal.simulator.requests.count({ operation: "UploadPart", key: `${host}.vhd` });
      await bed.runner.cancel(handle.id, "changed my mind");
      const sentWhenCancelled = sent();
      await expect(handle.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });
      expect((await bed.runner.status(handle.id)).state).toBe("cancelled");
      expect(sent() - sentWhenCancelled).toBeLessThanOrEqual(4);
      expect(sent()).toBeLessThan(partsOfHost);
      bed.rehearsal.simulator.faults.clear();
      await endedOnce(bed.runner.resume(handle.id), host);
    });

    it("resumes a run that failed, and does only what is missing", async () => {
      const host = "failed";
      bed.rehearsal.simulator.faults.add({
        match: { operation: "ImportImage" },
        effect: { kind: "answer", status: 403, code: "QuotaExceed.Image" },
        times: null,
      });
      await worker(host);
      const { handle } = await begin(host, host);
      await expect(handle.result).rejects.toMatchObject({ code: expect.stringMatching(/^CLOUD_/) });
      bed.rehearsal.simulator.faults.clear();
      const before = await bed.runner.recorded(handle.id);
      await endedOnce(bed.runner.resume(handle.id), host);
      const after = (await bed.runner.recorded(handle.id)).slice(before.length);
      const started = after.flatMap((event) => (event.type === "stage.started" ? [event.stage] : []));
      expect(started).toEqual(["import"]);
    });

    it("goes on with what a worker gave back that was told to end", async () => {
      const host = "given-back";
      bed.slowParts(500, host);
      const first = await worker(host);
      const { handle } = await begin(host, host);
      await bed.partsLanded(host, 1);
      await Promise.all([worker(host), first.end()]);
      await endedOnce(handle, host);
      const events = await bed.runner.recorded(handle.id);
      expect(events.filter(({ type }) => type === "stage.failed")).toEqual([]);
    });
  });
}

describe.skipIf(lacks(...redisTools))("a fleet", () => {
  let bed: FleetBed;
  beforeAll(async () => {
    bed = await startFleetBed("redis");
  });
  afterAll(() => bed?.stop());

  it("keeps versions of the pipeline apart, each with those who have it", async () => {
    const store = { url: bed.server.url };
    const cloud = { kind: "simulator", endpoint: bed.rehearsal.simulator.endpoint } as const;
    const later = { ...migrationPipeline, version: migrationPipeline.version + 1 };
    const newer = createFleetRunner({ store, cloud, pipeline: later });
    onTestFinished(() => newer.close());
    const [oldRun, newRun] = await Promise.all([
      bed.runner.submit(await bed.plan("older")),
      newer.submit(await bed.plan("newer")),
    ]);
    const one = await startFleetWorker({ store, name: "older" });
    onTestFinished(() => one.close());
    await oldRun.handle.result;
    // Each runner knows of the other's runs.
    expect((await bed.runner.status(newRun.handle.id)).state).toBe("running");
    expect(await newer.waitsFor(newRun.handle.id)).toMatch(`version ${later.version} of the pipeline`);
    const two = await startFleetWorker({ store, name: "newer", pipelines: [later] });
    onTestFinished(() => two.close());
    await newRun.handle.result;
    expect((await bed.runner.status(newRun.handle.id)).state).toBe("finished");
  });

  it("takes a run over whose own process was killed in the middle of its upload", async () => {
    const host = "handed-over";
    bed.slowParts(300, host);
    const plan = await bed.plan(host);
    const file = join(bed.folder, `${host}.json`);
    await writeFile(file, JSON.stringify(plan));
    const program = startSampan(["run", file, "--json"], { cwd: bed.folder, env: bed.rehearsal.env });
    let told = "";
    program.stdout.on("data", (bytes: Buffer) => {
      told += bytes;
    });
    await bed.partsLanded(host, 2);
    program.kill("SIGKILL");
    await program;
    const { runId } = JSON.parse(told.slice(0, told.indexOf("\n"))) as RunEvent;

    const one = await bed.worker({ sites: ["h"] });
    onTestFinished(() => one.kill());
    await bed.runner.adopt(runId, join(bed.folder, ".sampan"), { site: "h" });
    const handle = bed.runner.resume(runId);
    await handle.result;
    const events = await bed.runner.recorded(runId);
    expect(stagesRepeated(events)).toEqual([]);
    expect(startsOfStage(events, "upload")).toBe(2);
    const requests = bed.rehearsal.simulator.requests.list({ key: `${host}.vhd` });
    expect(partsSentTwice(requests)).toEqual([]);
    expect(requests.filter(({ operation }) => operation === "InitiateMultipartUpload")).toHaveLength(1);
  });
});

async function startsOf(bed: FleetBed, runId: string, stage: string): Promise<number> {
  return startsOfStage(await bed.runner.recorded(runId), stage);
}

function startsOfStage(events: readonly RunEvent[], stage: string): number {
  return events.filter((event) => event.type === "stage.started" && event.stage === stage).length;
}
