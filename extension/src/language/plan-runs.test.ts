import { describe, expect, it } from "vitest";
import { outlinePlan } from "../plans/outline.ts";
import type { KnownRun } from "../runs/logbook.ts";
import { emptyRunView, type StageView, waitingStage } from "../runs/run-view.ts";
import { planRunOf, runsToLoad } from "./plan-runs.ts";

const chain = outlinePlan('Migration.from("a.vmdk").assess().capture().toVhd().upload("b").import()')[0];
const at = { uri: "file:///ws/a.migration.ts", chainId: "default" };
const stages = ["select", "assess", "capture", "convert", "upload", "import"].map((key, index) => ({
  ...waitingStage(key),
  ...(index < 4 ? { state: "finished" as const, tookMs: 10 } : {}),
}));
const run: KnownRun = {
  runId: "r",
  home: "/ws/.sampan",
  title: "a.vmdk",
  state: "cancelled",
  startedAt: "",
  place: null,
  stopping: false,
  view: { ...emptyRunView, stages, end: { kind: "cancelled", reason: "" } },
};

describe("what the language server is told of a run", () => {
  it("names the verb it goes on with, by the plan's word for it", () => {
    expect(chain && planRunOf(run, chain, at)).toMatchObject({
      ...at,
      status: "cancelled",
      stoppedAt: "upload",
    });
    const interrupted = { ...run, state: "interrupted" as const, view: { ...run.view, end: null } };
    expect(chain && planRunOf(interrupted, chain, at)).toMatchObject({
      status: "cancelled",
      stoppedAt: "upload",
    });
  });

  it("tells how far the stage is that goes on", () => {
    const upload = { ...waitingStage("upload"), state: "running" as const, doneBytes: 5, totalBytes: 10 };
    const going = { ...run, state: "running" as const, view: { ...run.view, end: null, stages: [upload] } };
    const told = chain && planRunOf(going, chain, at);
    expect(told).toMatchObject({
      status: "running",
      progress: { stage: "upload", doneBytes: 5, totalBytes: 10 },
    });
    expect(told).not.toHaveProperty("stoppedAt");
  });

  it("tells what a step took by all the stages it became, once they have ended", () => {
    const ended = (key: string, tookMs: number) => ({
      ...waitingStage(key),
      state: "finished" as const,
      tookMs,
    });
    const told = (...shown: readonly StageView[]) =>
      chain && planRunOf({ ...run, view: { ...run.view, stages: shown } }, chain, at)?.stages;
    const check = ended("check", 2000);
    expect(told(check, waitingStage("upload"))).toEqual([]);
    expect(told(check, { ...ended("upload", 3000), doneBytes: 7, totalBytes: 7 })).toEqual([
      { verb: "upload", tookMs: 5000, bytes: 7 },
    ]);
    expect(told(ended("copy:cn-shanghai", 40), ended("copy:cn-beijing", 70))).toEqual([
      { verb: "copy", tookMs: 70 },
    ]);
  });

  it("says nothing of a run whose record cannot be read", () => {
    expect(chain && planRunOf({ ...run, state: "unreadable" }, chain, at)).toBeNull();
  });
});

describe("runs whose events are read for the hints of a text", () => {
  const place = { uri: at.uri, chain: 0 };
  const known = (runId: string, change: Partial<KnownRun>): KnownRun => ({ ...run, runId, place, ...change });

  it("are the newest of each plan, once they have ended and are known by the list alone", () => {
    const runs = [
      known("new", {}),
      known("old", {}),
      known("second", { place: { ...place, id: "default[1]" } }),
      known("other", { place: { ...place, chain: 1 } }),
      known("nowhere", { place: null }),
    ];
    expect(runsToLoad(runs, [place]).map(({ runId }) => runId)).toEqual(["new", "second"]);
    expect(runsToLoad([known("a", { state: "running" })], [place])).toEqual([]);
    expect(runsToLoad([known("a", { view: { ...run.view, startedAtMs: 1 } })], [place])).toEqual([]);
    expect(runsToLoad([known("a", { state: "unreadable" })], [place])).toEqual([]);
  });
});
