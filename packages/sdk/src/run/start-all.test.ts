import { cancelledError, type JsonObject, SampanError } from "@sampan/core";
import { EMPTY } from "rxjs";
import { expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import { createHandle } from "./create-handle.ts";
import { type PlanJob, type RunOutcome, startAll } from "./start-all.ts";

/** Jobs of these hosts, which end when told to, and what happened to them. */
function jobsOf(...hosts: readonly string[]) {
  const log: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<JsonObject>>();
  const jobs = hosts.map((host, index): PlanJob => {
    const end = withResolvers<JsonObject>();
    const name = `${index}`;
    ends.set(name, end);
    return {
      plan: Migration.from(host).plan(),
      start(signal) {
        log.push(`+${name}`);
        return createHandle(`run-${name}`, signal, async (stop) => {
          stop.addEventListener("abort", () => end.reject(cancelledError("by a test")));
          return { events: EMPTY, result: end.promise };
        });
      },
    };
  });
  const settle = async (name: string, error?: SampanError) => {
    log.push(`-${name}`);
    if (error) ends.get(name)?.reject(error);
    else ends.get(name)?.resolve({ name });
    await ticks();
  };
  return { jobs, log, settle };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

const ticks = () => new Promise((resolve) => setImmediate(resolve));
const states = (outcomes: readonly RunOutcome[]) => outcomes.map(({ state }) => state);
const never = new AbortController().signal;

it("runs as many plans at once as it may, in their order", async () => {
  const { jobs, log, settle } = jobsOf("a.raw", "b.raw", "c.raw", "d.raw");
  const all = startAll(jobs, { parallel: 2, signal: never });
  await ticks();
  expect(log).toEqual(["+0", "+1"]);
  await settle("1");
  await settle("0");
  await settle("2");
  await settle("3");
  expect(log).toEqual(["+0", "+1", "-1", "+2", "-0", "+3", "-2", "-3"]);
  expect((await all).map(({ runId, result }) => [runId, result])).toEqual([
    ["run-0", { name: "0" }],
    ["run-1", { name: "1" }],
    ["run-2", { name: "2" }],
    ["run-3", { name: "3" }],
  ]);
});

it("runs plans of one host one after the other, and others meanwhile", async () => {
  const { jobs, log, settle } = jobsOf("ssh://root@web-01", "ssh://admin@web-01", "ssh://root@web-02");
  const all = startAll(jobs, { parallel: 3, signal: never });
  await ticks();
  expect(log).toEqual(["+0", "+2"]);
  for (const name of ["2", "0", "1"]) await settle(name);
  expect(log).toEqual(["+0", "+2", "-2", "-0", "+1", "-1"]);
  expect(states(await all)).toEqual(["finished", "finished", "finished"]);
});

it("goes on with the others when one fails or cannot even be started", async () => {
  const { jobs, settle } = jobsOf("a.raw", "b.raw");
  const error = new SampanError("HOST_UNREACHABLE", "calling a");
  const wrong: PlanJob = {
    plan: Migration.from("c.raw").plan(),
    start: () => {
      throw error;
    },
  };
  const all = startAll([...jobs, wrong], { parallel: 1, signal: never });
  await ticks();
  await settle("0", error);
  await settle("1");
  const outcomes = await all;
  expect(states(outcomes)).toEqual(["failed", "finished", "failed"]);
  expect(outcomes.map((one) => one.error)).toEqual([error, null, error]);
  expect(outcomes.map((one) => one.runId)).toEqual(["run-0", "run-1", null]);
});

it("cancels the runs under way and starts no more when told to stop", async () => {
  const { jobs, log } = jobsOf("a.raw", "b.raw", "c.raw");
  const stop = new AbortController();
  const all = startAll(jobs, { parallel: 2, signal: stop.signal });
  await ticks();
  stop.abort();
  expect(states(await all)).toEqual(["cancelled", "cancelled", "not-started"]);
  expect(log).toEqual(["+0", "+1"]);
});

it.each([0, 1.5, 65, Number.NaN])("refuses %d plans at once", async (parallel) => {
  await expect(startAll([], { parallel, signal: never })).rejects.toMatchObject({ code: "CORE_ARGUMENT" });
});
