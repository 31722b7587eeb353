import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, type Json, type RunEvent, SampanError } from "@sampan/core";
import { type VirtualClock, virtualClock } from "@sampan/core/testing";
import type { Host } from "@sampan/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import { type Plan, planFingerprint } from "../plan/plan.ts";
import { wasCancelled } from "../stages/cancel-in-cloud.ts";
import { createHandle } from "./create-handle.ts";
import { createEmbeddedRunner } from "./embedded-runner.ts";
import { executeRun, type RunRequest } from "./execute-run.ts";
import { readJournal } from "./journal.ts";
import { takeLock } from "./process-lock.ts";
import { runStatus } from "./run-status.ts";
import { hostLockPath, requestCancel, runFolder, runPointer } from "./run-store.ts";
import type { Pipeline, StageContext, StageDefinition } from "./stage-definition.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sampan-run-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const plan: Plan = Migration.from("/disks/web-01.vmdk").plan();

/** A stage that counts its runs and does what the test says. */
function stage(name: string, work: (input: Json, context: StageContext) => Promise<Json> = async () => name) {
  const definition: StageDefinition<Json, Json> & { calls: number } = {
    name,
    calls: 0,
    summary: () => `doing ${name}`,
    run(input, context) {
      definition.calls++;
      return work(input, context);
    },
  };
  return definition;
}

function pipelineOf(
  first: StageDefinition<Json, Json>,
  second: StageDefinition<Json, Json>,
  copies: readonly string[] = [],
) {
  const copy = stage("copy", async (input) => input);
  const pipeline: Pipeline<Plan, unknown> = {
    name: "test",
    version: 1,
    aliases: { copyTo: "copy" },
    keys: () => [first.name, second.name, ...copies.map((region) => `copy:${region}`)],
    async run(p) {
      const one = await p.stage(first, "in");
      await p.stage(second, one);
      await p.all(copies.map((region) => p.stage(copy, region, region)));
    },
  };
  return { pipeline, copy };
}

function start(
  pipeline: Pipeline<Plan, unknown>,
  request: Partial<RunRequest> = {},
  clock: VirtualClock = virtualClock(),
) {
  const environment = {
    home,
    cloud: { kind: "simulator" } as const,
    clock,
    random: () => 0.5,
    openHost: (): Promise<Host> => Promise.reject(new Error("no host in this test")),
    connect: () => Promise.reject(new Error("no cloud in this test")),
  };
  const handle = createHandle("r1", undefined, (signal) =>
    executeRun(environment, { runId: "r1", plan, through: undefined, signal, ...request }, pipeline),
  );
  const events: RunEvent[] = [];
  handle.events.subscribe((event) => events.push(event));
  return { handle, events, types: () => events.map(({ type }) => type) };
}

const status = () => runStatus(home, "r1");

describe("a run", () => {
  it("records every step before it shows it, and ends with its result", async () => {
    const { pipeline } = pipelineOf(stage("one"), stage("two"), ["a", "b"]);
    const run = start(pipeline);
    expect(await run.handle).toMatchObject({ runId: "r1", host: "/disks/web-01.vmdk", complete: true });
    expect(run.types()[0]).toBe("run.started");
    expect(run.types().at(-1)).toBe("run.finished");
    expect(readJournal(runFolder(home, "r1"))).toEqual(run.events);
    expect(status()).toMatchObject({ state: "finished", attempt: 1 });
    expect(status().stages.map(({ stage: key, state }) => `${key} ${state}`)).toEqual([
      "one finished",
      "two finished",
      "copy:a finished",
      "copy:b finished",
    ]);
  });

  it("that failed goes on with its unfinished stages only, from their checkpoints", async () => {
    let broken = true;
    const seen: unknown[] = [];
    const one = stage("one");
    const two = stage("two", async (_input, context) => {
      seen.push(context.checkpoint);
      await context.save({ upload: "u1" });
      await context.record(1);
      if (broken) throw new SampanError("CLOUD_STORE_FULL", "no room");
      return "two";
    });
    const { pipeline } = pipelineOf(one, two);
    const failed = start(pipeline);
    await expect(failed.handle.result).rejects.toMatchObject({ code: "CLOUD_STORE_FULL" });
    expect(failed.types().slice(-2)).toEqual(["stage.failed", "run.failed"]);
    expect(status()).toMatchObject({ state: "failed", error: { code: "CLOUD_STORE_FULL" } });

    broken = false;
    await start(pipeline).handle;
    expect(one.calls).toBe(1);
    expect(two.calls).toBe(2);
    expect(seen).toEqual([
      { state: null, items: [] },
      { state: { upload: "u1" }, items: [1] },
    ]);
    expect(status()).toMatchObject({ state: "finished", attempt: 2 });
  });

  it("that has finished gives its result again without doing anything", async () => {
    const one = stage("one");
    const { pipeline } = pipelineOf(one, stage("two"));
    const result = await start(pipeline).handle;
    const before = readFileSync(join(runFolder(home, "r1"), "journal.ndjson"), "utf8");
    const again = start(pipeline);
    expect(await again.handle).toEqual(result);
    expect(one.calls).toBe(1);
    expect(again.types().at(-1)).toBe("run.finished");
    expect(readFileSync(join(runFolder(home, "r1"), "journal.ndjson"), "utf8")).toBe(before);
  });

  it("stops after the stage asked for and goes on from there when asked for more", async () => {
    const [one, two] = [stage("one"), stage("two")];
    const { pipeline, copy } = pipelineOf(one, two, ["a"]);
    expect(await start(pipeline, { through: "one" }).handle).toMatchObject({ complete: false });
    expect([one.calls, two.calls]).toEqual([1, 0]);
    await start(pipeline, { through: "one" }).handle;
    expect(await start(pipeline, { through: "copyTo" }).handle).toMatchObject({ complete: true });
    expect([one.calls, two.calls, copy.calls]).toEqual([1, 1, 1]);
    await expect(start(pipeline, { through: "three" }).handle.result).rejects.toMatchObject({
      code: "PLAN_INVALID",
    });
  });

  it("that cannot be what was asked for leaves nothing behind", async () => {
    const { pipeline } = pipelineOf(stage("one"), stage("two"));
    await expect(start(pipeline, { through: "three" }).handle.result).rejects.toMatchObject({
      code: "PLAN_INVALID",
    });
    expect(readdirSync(home)).toEqual([]);
  });

  it("lets the other copies end before one that failed ends it", async () => {
    const ended: string[] = [];
    const copy = stage("copy", async (region, context) => {
      if (region === "bad") throw new SampanError("CLOUD_COPY_FAILED", "copying to bad");
      await context.services.clock.sleep(1000, context.signal);
      ended.push(String(region));
      return region;
    });
    const pipeline: Pipeline<Plan, unknown> = {
      name: "test",
      version: 1,
      aliases: {},
      keys: () => ["copy:bad", "copy:good"],
      run: (p) => p.all(["bad", "good"].map((region) => p.stage(copy, region, region))),
    };
    await expect(start(pipeline).handle.result).rejects.toMatchObject({ code: "CLOUD_COPY_FAILED" });
    expect(ended).toEqual(["good"]);
  });

  it("is retried by stage when the stage asks for it and the error allows it", async () => {
    let failures = 2;
    const flaky: StageDefinition<Json, Json> = {
      name: "flaky",
      summary: () => "",
      retry: { attempts: 3, backoffMs: 1000 },
      run: async () => {
        if (failures-- > 0) throw new SampanError("CLOUD_UNREACHABLE", "down", { retryable: true });
        return "up";
      },
    };
    const { pipeline } = pipelineOf(flaky, stage("two"));
    const run = start(pipeline);
    await run.handle;
    expect(run.types().filter((type) => type === "stage.retrying")).toHaveLength(2);
    expect(run.types().filter((type) => type === "stage.failed")).toHaveLength(2);
  });
});

describe("cancelling", () => {
  const waiting = () =>
    stage("one", async (_input, context) => {
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve, { once: true }));
      throw context.signal.reason;
    });

  it("through the handle leaves a run that can be resumed", async () => {
    const { pipeline } = pipelineOf(waiting(), stage("two"));
    const run = start(pipeline);
    run.handle.events.subscribe((event) => {
      if (event.type === "stage.started") run.handle.cancel("by the test");
    });
    await expect(run.handle.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });
    expect(run.types().at(-1)).toBe("run.cancelled");
    expect(status().state).toBe("cancelled");
    await start(pipelineOf(stage("one"), stage("two")).pipeline).handle;
    expect(status().state).toBe("finished");
  });

  it("by another process reaches the run", async () => {
    const { pipeline } = pipelineOf(waiting(), stage("two"));
    const run = start(pipeline);
    run.handle.events.subscribe((event) => {
      if (event.type === "stage.started") requestCancel(home, "r1", "by a colleague");
    });
    const error = await run.handle.result.catch((thrown: unknown) => thrown);
    expect(isSampanError(error, "CORE_CANCELLED")).toBe(true);
    expect(String(error)).toContain("by a colleague");
  });
});

describe("a deadline", () => {
  const waiting = () =>
    stage("one", async (_input, context) => {
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve, { once: true }));
      // What cancels work in the cloud asks this.
      return wasCancelled(context) ? "cancelled" : "left alone";
    });

  it("ends the waiting and cancels nothing; the run goes on where it was", async () => {
    const clock = virtualClock({ jump: false });
    const one = waiting();
    const seen: unknown[] = [];
    const watched = stage("one", async (input, context) => {
      seen.push(await one.run(input, context));
      throw context.signal.reason;
    });
    const run = start(pipelineOf(watched, stage("two")).pipeline, { deadlineMs: 1_800_000 }, clock);
    run.handle.events.subscribe((event) => {
      if (event.type !== "stage.started") return;
      // Neither of these is time that passed.
      clock.setWall(9 * 3_600_000);
      clock.setWall(-20 * 3_600_000);
      clock.advance(1_800_000);
    });
    const error = await run.handle.result.catch((thrown: unknown) => thrown as SampanError);
    expect(error).toMatchObject({
      code: "RUN_DEADLINE",
      message: expect.stringContaining("after 30 min") as string,
      hint: expect.stringContaining("sampan resume r1") as string,
      details: { runId: "r1", deadlineMs: 1_800_000 },
    });
    expect(seen).toEqual(["left alone"]);
    expect(run.types().slice(-2)).toEqual(["stage.started", "run.failed"]);
    expect(status()).toMatchObject({ state: "failed", error: { code: "RUN_DEADLINE" } });
    await start(pipelineOf(stage("one"), stage("two")).pipeline, { deadlineMs: 1000 }).handle;
    expect(status().state).toBe("finished");
  });

  it("that is no time is refused before anything is made", () => {
    const runner = createEmbeddedRunner({ home, cloud: { kind: "simulator" } });
    for (const deadlineMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => runner.start(plan, { deadlineMs })).toThrowError(
        expect.objectContaining({ code: "CORE_ARGUMENT" }),
      );
    }
    expect(readdirSync(home)).toEqual([]);
  });
});

describe("two starts", () => {
  it("of one run: the second is refused while the first goes on", async () => {
    let release: (() => void) | undefined;
    const one = stage(
      "one",
      () =>
        new Promise((resolve) => {
          release = () => resolve("one");
        }),
    );
    const { pipeline } = pipelineOf(one, stage("two"));
    const first = start(pipeline);
    await new Promise<void>((resolve) => {
      first.handle.events.subscribe((event) => event.type === "stage.started" && resolve());
    });
    expect(status().state).toBe("running");
    await expect(start(pipeline).handle.result).rejects.toMatchObject({ code: "RUN_LOCKED" });
    release?.();
    await first.handle;
    expect(status().state).toBe("finished");
  });

  it("of one id with another plan: the second is refused", async () => {
    const { pipeline } = pipelineOf(stage("one"), stage("two"));
    await start(pipeline).handle;
    const other = Migration.from("/disks/web-02.vmdk").plan();
    await expect(start(pipeline, { plan: other }).handle.result).rejects.toMatchObject({
      code: "PLAN_INVALID",
    });
  });
});

describe("a start that is refused because its host is being worked on", () => {
  it("leaves no run behind and does not become the plan's last run", async () => {
    const host = takeLock(hostLockPath(home, plan), "host");
    const { pipeline } = pipelineOf(stage("one"), stage("two"));
    await expect(start(pipeline).handle.result).rejects.toMatchObject({ code: "RUN_LOCKED" });
    expect(readdirSync(home)).toEqual(["locks"]);
    host.release();
    await start(pipeline).handle;
    expect(runPointer(home, planFingerprint(plan), "simulator built in").read()).toBe("r1");
  });
});

describe("a folder without a plan, left by a crash", () => {
  it("is no run", async () => {
    mkdirSync(runFolder(home, "r0"), { recursive: true });
    const { pipeline } = pipelineOf(stage("one"), stage("two"));
    await start(pipeline).handle;
    const runner = createEmbeddedRunner({ home, cloud: { kind: "simulator" } });
    expect((await runner.list()).map(({ runId }) => runId)).toEqual(["r1"]);
  });
});

describe("a home that cannot be written", () => {
  it("ends the run before it does anything", async () => {
    writeFileSync(join(home, "runs"), "a file where a folder belongs");
    const one = stage("one");
    const { pipeline } = pipelineOf(one, stage("two"));
    await expect(start(pipeline).handle.result).rejects.toMatchObject({ code: "RUN_JOURNAL_FAILED" });
    expect(one.calls).toBe(0);
  });
});
