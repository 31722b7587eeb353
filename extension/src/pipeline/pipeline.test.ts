import type { RunEvent, RunEventBody } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { outlinePlan } from "../plans/outline.ts";
import { emptyRunView, foldEvent, type RunView } from "../runs/run-view.ts";
import { laneIds, pipelineModel, timelineOf } from "./lanes.ts";
import { readFromPage, readPipelineState } from "./messages.ts";
import { buttonsOf, escapeHtml, type PipelineWords, renderPipeline, renderSparkline } from "./render.ts";

const chain =
  outlinePlan(
    'Migration.from("<b>.vmdk").assess().capture().toVhd().upload("b").import().copyTo("cn-shanghai", "eu-central-1")',
  )[0] ?? null;

const named = <K extends string>(keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, key])) as unknown as Record<K, string>;
const words: PipelineWords = {
  lanes: named(laneIds),
  states: named([
    "planned",
    "waiting",
    "running",
    "stalled",
    "stopping",
    "finished",
    "failed",
    "cancelled",
    "interrupted",
  ]),
  buttons: named(["plan", "run", "stop", "resume", "copy"]),
  rehearsal: "rehearsal",
  timeline: "timeline",
  critical: "critical path",
  retries: "retries",
  empty: "empty",
};

let clock = 0;
function after(view: RunView, ms: number, body: RunEventBody): RunView {
  clock += ms;
  return foldEvent(view, {
    v: 1,
    runId: "r",
    seq: 1,
    at: new Date(clock).toISOString(),
    ...body,
  } as RunEvent);
}
const begin = (stage: string): RunEventBody => ({ type: "stage.started", stage, summary: "", attempt: 1 });
const finish = (stage: string): RunEventBody => ({ type: "stage.finished", stage, output: {}, tookMs: 1 });

describe("the drawing of a pipeline", () => {
  it("of a plan that has not run has a box for all that it will do, in lanes from the host to the regions", () => {
    const model = pipelineModel(chain, null);
    expect(model.lanes.map(({ id, nodes }) => [id, nodes.map(({ key }) => key)])).toEqual([
      ["host", ["select", "assess"]],
      ["disks", ["capture"]],
      ["format", ["convert"]],
      ["store", ["upload"]],
      ["image", ["import"]],
      ["places", ["copy:cn-shanghai", "copy:eu-central-1"]],
    ]);
    expect(model.state).toBe("planned");
    expect(pipelineModel(null, null).lanes).toEqual([]);
  });

  it("keeps its boxes in place while a run goes on", () => {
    const keys = pipelineModel(chain, null).lanes.flatMap(({ nodes }) => nodes.map(({ key }) => key));
    const view = after(emptyRunView, 0, {
      type: "run.started",
      plan: "p",
      title: "t",
      stages: keys,
      cloud: { name: "simulator", rehearsal: true, endpoint: null },
      folder: null,
      attempt: 1,
    });
    const places = (of: RunView) =>
      pipelineModel(chain, { view: of, state: "running" }).lanes.map(({ id, nodes }) => [
        id,
        nodes.map(({ key }) => key),
      ]);
    const before = places(view);
    expect(places(after(view, 10, begin("assess")))).toEqual(before);
    expect(places(after(view, 10, finish("import")))).toEqual(before);
  });

  it("marks what would have made the run shorter, parallel copies but the longest not", () => {
    let view = after(emptyRunView, 1000, begin("upload"));
    view = after(view, 1000, finish("upload"));
    view = after(view, 0, begin("copy:cn-shanghai"));
    view = after(view, 0, begin("copy:eu-central-1"));
    view = after(view, 500, finish("copy:cn-shanghai"));
    view = after(view, 500, finish("copy:eu-central-1"));
    const bars = timelineOf(view, chain?.steps);
    expect(bars.filter(({ critical }) => critical).map(({ key }) => key)).toEqual([
      "upload",
      "copy:eu-central-1",
    ]);
    expect(bars.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 1000],
      [1000, 1500],
      [1000, 2000],
    ]);
  });

  it("escapes what is written by others and carries no style of its own", () => {
    const parts = renderPipeline(pipelineModel(chain, null), words);
    const html = parts.head + parts.lanes + parts.timeline;
    expect(html).toContain("&lt;b&gt;.vmdk");
    expect(html).not.toContain("<b>");
    expect(html).not.toMatch(/ style=| on[a-z]+=/);
    expect(escapeHtml("\u001b[1m\"'&")).toBe(" [1m&quot;&#39;&amp;");
  });

  it("takes from its page the words that it knows and no others", () => {
    const known = [{ type: "ready" }, { type: "reveal", step: 2 }, { type: "action", action: "stop" }];
    expect(known.map(readFromPage)).toEqual(known);
    const others = [
      null,
      "ready",
      { type: "reveal", step: -1 },
      { type: "reveal", step: "0" },
      { type: "action", action: "constructor" },
      { type: "action" },
    ];
    expect(others.map(readFromPage)).toEqual(others.map(() => null));
  });

  it("is found again by what it remembered, and not by anything else", () => {
    const kept = { uri: "file:///ws/a.migration.ts", chain: 0, runId: null };
    expect(readPipelineState({ ...kept, later: true })).toEqual(kept);
    expect([undefined, {}, { ...kept, chain: -1 }, { ...kept, uri: 1 }].map(readPipelineState)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("offers what makes sense in a state: to stop what runs, to resume what stopped", () => {
    expect(buttonsOf("running")).toContain("stop");
    expect(buttonsOf("stopping")).not.toContain("stop");
    expect(buttonsOf("cancelled")).toContain("resume");
    expect(buttonsOf("planned")).toEqual(["plan", "run"]);
  });

  it("draws rates as a line once there are two, within its box", () => {
    expect(renderSparkline([5])).toBe("");
    const points = /points="([^"]+)"/.exec(renderSparkline([0, 50, 100]))?.[1]?.split(" ");
    expect(points).toEqual(["0.0,19.0", "60.0,10.0", "120.0,1.0"]);
  });
});
