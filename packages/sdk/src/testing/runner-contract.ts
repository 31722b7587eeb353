import { type Json, type RunEvent, SampanError } from "@sampan/core";
import { afterEach, describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import type { Plan } from "../plan/plan.ts";
import type { RunHandle } from "../run/run-handle.ts";
import type { Runner } from "../run/runner.ts";
import type { Pipeline } from "../run/stage-definition.ts";
import { faultOfEvent } from "./fault-of-event.ts";
import { gate, newHostPlan, stagedPipeline, untilAborted } from "./staged-pipeline.ts";

/** A runner that works on runs of a pipeline. */
export interface RunnerUnderTest {
  readonly runner: Runner;
  /** Ends whoever works on a run, and sees to it that somebody else goes on. */
  takeOver(runId: string): Promise<void>;
  close(): Promise<void>;
}

/** Runs the suite every {@link Runner} passes. */
export function runnerContract(
  name: string,
  make: (pipeline: Pipeline<Plan, unknown>) => Promise<RunnerUnderTest>,
): void {
  describe(`Runner: ${name}`, () => {
    const made: RunnerUnderTest[] = [];
    afterEach(async () => {
      for (const subject of made.splice(0)) await subject.close();
    });

    const bed = async (copies: readonly string[] = []) => {
      const pipeline = stagedPipeline(copies);
      const subject = await make(pipeline);
      made.push(subject);
      return { pipeline, subject, runner: subject.runner, plan: newHostPlan() };
    };

    it("records every step in order, and ends with the result", async () => {
      const { runner, plan } = await bed(["a", "b"]);
      const handle = runner.start(plan);
      const events = collected(handle);
      const result = await handle;
      expect(result).toMatchObject({
        host: plan.source.kind === "image-file" && plan.source.path,
        complete: true,
      });
      const recorded = await runner.recorded(handle.id);
      expect(recorded[0]).toMatchObject({ type: "run.started", seq: 1, attempt: 1 });
      expect(recorded.at(-1)).toMatchObject({ type: "run.finished", result });
      expect(recorded.flatMap((event) => faultOfEvent(event) ?? [])).toEqual([]);
      const seqs = recorded.map(({ seq }) => seq);
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      expect(events.filter(({ type }) => type !== "stage.progress")).toEqual(recorded);
      const status = await runner.status(handle.id);
      expect(status).toMatchObject({ runId: handle.id, state: "finished", attempt: 1, result, error: null });
      expect(status.stages.map(({ stage, state }) => `${stage} ${state}`)).toEqual([
        "one finished",
        "two finished",
        "copy:a finished",
        "copy:b finished",
      ]);
      expect(await runner.plan(handle.id)).toEqual(plan);
    });

    it("records what a stage tells, and hands what one gives to the next", async () => {
      const { runner, pipeline, plan } = await bed();
      pipeline.one.work = async (_input, context) => {
        context.log("warning", "look at this");
        await context.resource({ kind: "bucket", id: "b-1", name: null, region: null, billed: true });
        return { out: 1 };
      };
      let given: Json = null;
      pipeline.two.work = async (input) => {
        given = input;
        return null;
      };
      const handle = runner.start(plan);
      await handle;
      expect(given).toEqual({ out: 1 });
      const types = (await runner.recorded(handle.id)).map(({ type }) => type);
      expect(types.slice(1, 5)).toEqual(["stage.started", "log", "resource.created", "stage.finished"]);
    });

    it("gives the result of a finished plan again without doing anything, and starts it anew only when told", async () => {
      const { runner, pipeline, plan } = await bed();
      const first = runner.start(plan);
      const result = await first;
      const second = runner.start(plan);
      expect(await second).toEqual(result);
      expect(second.id).toBe(first.id);
      const byId = runner.start(plan, { runId: first.id });
      expect(await byId).toEqual(result);
      expect(pipeline.one.calls).toBe(1);
      const again = runner.start(plan, { again: true });
      await again;
      expect(again.id).not.toBe(first.id);
      expect(pipeline.one.calls).toBe(2);
      expect(
        (await runner.list())
          .map(({ runId }) => runId)
          .slice(0, 2)
          .sort(),
      ).toEqual([again.id, first.id].sort());
    });

    it("follows a run that is going on, and takes no other to its host", async () => {
      const { runner, pipeline, plan } = await bed();
      const go = gate();
      pipeline.one.work = async () => {
        await go.opened;
        return null;
      };
      const first = runner.start(plan);
      await has(runner, first, "stage.started");
      const second = runner.start(plan);
      const events = collected(second);
      await expect(runner.start(plan, { again: true }).result).rejects.toMatchObject({ code: "RUN_LOCKED" });
      await expect(runner.start(otherPlan(plan)).result).rejects.toMatchObject({ code: "RUN_LOCKED" });
      expect((await runner.status(first.id)).state).toBe("running");
      go.open();
      expect(await second).toEqual(await first);
      expect([first.attached, second.attached]).toEqual([false, true]);
      expect(second.id).toBe(first.id);
      expect(events.at(-1)?.type).toBe("run.finished");
      await runner.start(otherPlan(plan));
    });

    it("stops at once when it is cancelled, and goes on where it was", async () => {
      const { runner, pipeline, plan } = await bed();
      const seen: unknown[] = [];
      pipeline.two.work = async (_input, context) => {
        seen.push(context.checkpoint);
        await context.save({ upload: "u1" });
        await context.record(1);
        return context.attempt === 1 ? untilAborted(context) : null;
      };
      const handle = runner.start(plan);
      await has(runner, handle, "checkpoint");
      await runner.cancel(handle.id, "for a test");
      await expect(handle.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });
      expect(await runner.status(handle.id)).toMatchObject({ state: "cancelled" });
      expect((await runner.recorded(handle.id)).at(-1)).toMatchObject({
        type: "run.cancelled",
        reason: "cancelled for a test",
      });
      expect(pipeline.left).toEqual([{ outputs: ["one"], error: "CORE_CANCELLED" }]);
      expect((await runner.recorded(handle.id)).map(({ type }) => type)).toContain("resource.removed");

      const resumed = runner.resume(handle.id);
      expect(await resumed).toMatchObject({ complete: true });
      expect([pipeline.one.calls, pipeline.two.calls]).toEqual([1, 2]);
      expect(seen).toEqual([
        { state: null, items: [] },
        { state: { upload: "u1" }, items: [1] },
      ]);
      expect(await runner.status(handle.id)).toMatchObject({ state: "finished", attempt: 2 });
    });

    it("is cancelled by its handle and by a signal too", async () => {
      const { runner, pipeline, plan } = await bed();
      pipeline.one.work = (_input, context) => untilAborted(context);
      const first = runner.start(plan);
      await has(runner, first, "stage.started");
      first.cancel("by the handle");
      await expect(first.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });
      const controller = new AbortController();
      const second = runner.start(newHostPlan(), { signal: controller.signal });
      await has(runner, second, "stage.started");
      controller.abort();
      await expect(second.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });
    });

    it("ends with what ended a stage, and does only what is not done when it is started again", async () => {
      const { runner, pipeline, plan } = await bed();
      pipeline.two.work = async () => {
        throw new SampanError("CLOUD_STORE_FULL", "no room", { hint: "Make room." });
      };
      const failed = runner.start(plan);
      await expect(failed.result).rejects.toMatchObject({ code: "CLOUD_STORE_FULL", hint: "Make room." });
      expect((await runner.recorded(failed.id)).map(({ type }) => type).slice(-3)).toEqual([
        "stage.failed",
        "resource.removed",
        "run.failed",
      ]);
      expect(await runner.status(failed.id)).toMatchObject({
        state: "failed",
        error: { code: "CLOUD_STORE_FULL" },
      });
      pipeline.two.work = async () => null;
      const again = runner.start(plan);
      await again;
      expect(again.id).toBe(failed.id);
      expect([pipeline.one.calls, pipeline.two.calls]).toEqual([1, 2]);
    });

    it("tries a stage again as its policy says", async () => {
      const { runner, pipeline, plan } = await bed();
      pipeline.two.work = async (_input, { attempt }) => {
        if (attempt < 3) throw new SampanError("CLOUD_THROTTLED", "too often", { retryable: true });
        return attempt;
      };
      const handle = runner.start(plan);
      await handle;
      expect(pipeline.two.calls).toBe(3);
      const told = (await runner.recorded(handle.id)).filter(
        (event) => "stage" in event && event.stage === "two",
      );
      expect(told.map(({ type }) => type).filter((type) => type !== "log")).toEqual([
        "stage.started",
        "stage.failed",
        "stage.retrying",
        "stage.started",
        "stage.failed",
        "stage.retrying",
        "stage.started",
        "stage.finished",
      ]);
    });

    it("stops after the stage it is told to, and goes on from there", async () => {
      const { runner, pipeline, plan } = await bed(["a"]);
      const handle = runner.start(plan, { through: "two" });
      expect(await handle).toMatchObject({ complete: false });
      expect(pipeline.copy.calls).toBe(0);
      expect(pipeline.left).toEqual([{ outputs: ["one", "two"], error: null }]);
      const rest = runner.start(plan);
      expect(await rest).toMatchObject({ complete: true });
      expect(rest.id).toBe(handle.id);
      expect([pipeline.one.calls, pipeline.two.calls, pipeline.copy.calls]).toEqual([1, 1, 1]);
      await expect(runner.start(newHostPlan(), { through: "nowhere" }).result).rejects.toMatchObject({
        code: "PLAN_INVALID",
      });
    });

    it("does at once what may be, and ends all of it before it fails by one", async () => {
      const { runner, pipeline, plan } = await bed(["a", "b", "c"]);
      const all = gate();
      let going = 0;
      let broken = true;
      pipeline.copy.work = async (input) => {
        if (++going === 3) all.open();
        await all.opened;
        if (input === "b" && broken) throw new SampanError("CLOUD_COPY_FAILED", "no copy");
        return input;
      };
      const handle = runner.start(plan);
      await expect(handle.result).rejects.toMatchObject({ code: "CLOUD_COPY_FAILED" });
      expect((await runner.status(handle.id)).stages.map(({ state }) => state)).toEqual([
        "finished",
        "finished",
        "finished",
        "failed",
        "finished",
      ]);
      broken = false;
      await runner.resume(handle.id);
      expect(pipeline.copy.calls).toBe(4);
    });

    it("ends the waiting at its deadline, and can be gone on with", async () => {
      const { runner, pipeline, plan } = await bed();
      pipeline.one.work = (_input, context) => untilAborted(context);
      const handle = runner.start(plan, { deadlineMs: 1000 });
      await expect(handle.result).rejects.toMatchObject({ code: "RUN_DEADLINE" });
      expect(await runner.status(handle.id)).toMatchObject({
        state: "failed",
        error: { code: "RUN_DEADLINE" },
      });
      pipeline.one.work = async () => null;
      await runner.resume(handle.id);
      expect(pipeline.one.calls).toBe(2);
    });

    it("goes on from what was recorded when somebody else takes it over", async () => {
      const { runner, pipeline, plan, subject } = await bed();
      const seen: Json[] = [];
      let lasts = true;
      pipeline.two.work = async (_input, context) => {
        for (let part = context.checkpoint.items.length; part < 6; part++) {
          seen.push(part);
          await context.record(part);
          if (part === 2 && lasts) return untilAborted(context);
        }
        return null;
      };
      const handle = runner.start(plan);
      handle.result.then(
        () => undefined,
        () => undefined,
      );
      await has(runner, handle, "checkpoint", 3);
      lasts = false;
      await subject.takeOver(handle.id);
      await has(runner, handle, "run.finished");
      expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
      expect(pipeline.one.calls).toBe(1);
    });

    it("gives the events of a run from the first on, live until it ends", async () => {
      const { runner, pipeline, plan } = await bed();
      const go = gate();
      pipeline.one.work = async (_input, context) => {
        await go.opened;
        context.progress({ doneBytes: 1, totalBytes: 2 });
        return null;
      };
      const handle = runner.start(plan);
      await has(runner, handle, "stage.started");
      const types: string[] = [];
      for await (const event of runner.events(handle.id)) {
        types.push(event.type);
        if (types.length === 2) go.open();
      }
      expect(types[0]).toBe("run.started");
      expect(types.at(-1)).toBe("run.finished");
      await handle;
    });

    it("knows no run that was never started, and none of another plan", async () => {
      const { runner, plan } = await bed();
      const calls: (() => unknown)[] = [
        () => runner.status("r-none"),
        () => runner.resume("r-none").result,
        () => runner.cancel("r-none"),
        () => runner.plan("r-none"),
        () => runner.recorded("r-none"),
        () => runner.events("r-none")[Symbol.asyncIterator]().next(),
        () => runner.status("../r-none"),
      ];
      for (const call of calls) {
        await expect((async () => call())(), String(call)).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      }
      const handle = runner.start(plan);
      await handle;
      await expect(runner.start(newHostPlan(), { runId: handle.id }).result).rejects.toMatchObject({
        code: "PLAN_INVALID",
      });
    });
  });
}

/** Another plan of the same host. */
function otherPlan(plan: Plan): Plan {
  const path = plan.source.kind === "image-file" ? plan.source.path : "";
  return Migration.from(path).assess().plan();
}

function collected(handle: RunHandle<unknown>): RunEvent[] {
  const events: RunEvent[] = [];
  handle.events.subscribe((event) => events.push(event));
  return events;
}

/** Waits until a run has recorded so many events of a type. */
async function has(
  runner: Runner,
  handle: RunHandle<unknown>,
  type: RunEvent["type"],
  count = 1,
): Promise<void> {
  for (;;) {
    const recorded = await (async () => runner.recorded(handle.id))().catch(() => []);
    if (recorded.filter((event) => event.type === type).length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
