import type { RunEvent, RunEventBody } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { progressLine, resumeStage, runShare } from "./run-line.ts";
import { emptyRunView, foldEvent, type RunView } from "./run-view.ts";

const failure = {
  type: "error",
  code: "CLOUD_ROLE_MISSING",
  message: "importing web-01",
  hint: "Create it.",
  retryable: false,
  details: {},
  causes: [],
} as const;

/** Events of one run, a second apart. */
export function eventsOf(bodies: readonly RunEventBody[]): readonly RunEvent[] {
  return bodies.map(
    (body, index) =>
      ({
        v: 1,
        runId: "20261126-100000-abcde",
        seq: index + 1,
        at: new Date(Date.UTC(2026, 10, 26, 10, 0, index)).toISOString(),
        ...body,
      }) as RunEvent,
  );
}

const started: RunEventBody = {
  type: "run.started",
  plan: "f".repeat(64),
  title: "web-01.vmdk",
  stages: ["select", "assess", "upload", "import", "copy:cn-shanghai"],
  cloud: { name: "simulator", rehearsal: true, endpoint: null },
  folder: null,
  attempt: 1,
};
const begin = (stage: string): RunEventBody => ({
  type: "stage.started",
  stage,
  summary: `doing ${stage}`,
  attempt: 1,
});
const finish = (stage: string): RunEventBody => ({ type: "stage.finished", stage, output: {}, tookMs: 1000 });
const progress = (doneBytes: number, ratePerSecond: number | null): RunEventBody => ({
  type: "stage.progress",
  stage: "upload",
  doneBytes,
  totalBytes: 1000,
  ratePerSecond,
  note: null,
  etaMs: 4000,
});

function fold(...bodies: readonly RunEventBody[]): RunView {
  return eventsOf(bodies).reduce(foldEvent, emptyRunView);
}

describe("the view of a run", () => {
  it("says how far the stage is that goes on, with its rate and the time left", () => {
    const view = fold(started, begin("select"), finish("select"), begin("upload"), progress(620, 2048));
    expect(progressLine(view)).toBe("upload 62 % · 2 KiB/s · 4 s");
    expect(view.stages.find(({ key }) => key === "upload")?.rates).toHaveLength(1);
    expect(runShare(view)).toBeCloseTo((1 + 0.62) / 5);
  });

  it("keeps the rates of a while and no more, however long a run is", () => {
    const many = Array.from({ length: 5000 }, (_, index) => progress(index % 1000, index));
    const rates = fold(started, begin("upload"), ...many).stages.find(({ key }) => key === "upload")?.rates;
    expect(rates).toHaveLength(60);
    expect(rates?.at(-1)?.bytesPerSecond).toBe(4999);
  });

  it("keeps the last lines of its log, and says how many there were", () => {
    const lines = Array.from(
      { length: 700 },
      (_, index): RunEventBody => ({ type: "log", stage: null, level: "info", message: `line ${index}` }),
    );
    const view = fold(started, ...lines);
    expect(view.log).toHaveLength(500);
    expect(view.log.at(-1)?.message).toBe("line 699");
    expect(view.logged).toBe(700);
  });

  it("tells since when nothing moves, until something does", () => {
    const stalled: RunEventBody = {
      type: "stage.stalled",
      stage: "upload",
      sinceMs: 2000,
      note: "no answer",
    };
    const view = fold(started, begin("upload"), stalled);
    const stage = view.stages.find(({ key }) => key === "upload");
    expect(stage?.stalledSinceMs).toBe(Date.UTC(2026, 10, 26, 10, 0, 0));
    const again = eventsOf([started, begin("upload"), stalled, progress(10, null)]).reduce(
      foldEvent,
      emptyRunView,
    );
    expect(again.stages.find(({ key }) => key === "upload")?.stalledSinceMs).toBeNull();
  });

  it("of a run that was stopped says where it goes on, and that nothing is under way", () => {
    const view = fold(
      started,
      begin("select"),
      finish("select"),
      begin("assess"),
      finish("assess"),
      begin("upload"),
      progress(300, 100),
      { type: "run.cancelled", reason: "by `sampan cancel`" },
    );
    expect(view.end).toEqual({ kind: "cancelled", reason: "by `sampan cancel`" });
    expect(resumeStage(view)).toBe("upload");
    expect(progressLine(view)).toBe("");
  });

  it("goes on from what was finished when a run is resumed", () => {
    const view = fold(
      started,
      begin("select"),
      finish("select"),
      { type: "run.failed", error: failure },
      { ...started, attempt: 2 },
    );
    expect(view.end).toBeNull();
    expect(view.stages.map(({ state }) => state)).toEqual([
      "finished",
      "waiting",
      "waiting",
      "waiting",
      "waiting",
    ]);
  });

  it("counts what was tried again, and no resume as such", () => {
    const retrying: RunEventBody = {
      type: "stage.retrying",
      stage: "upload",
      attempt: 1,
      waitMs: 1,
      error: failure,
    };
    const again = { ...begin("upload"), attempt: 2 } as RunEventBody;
    const retries = (view: RunView) => view.stages.find(({ key }) => key === "upload")?.retries;
    expect(retries(fold(started, begin("upload"), retrying, again))).toBe(1);
    const stopped: RunEventBody = { type: "run.cancelled", reason: "" };
    expect(retries(fold(started, begin("upload"), stopped, { ...started, attempt: 2 }, again))).toBe(0);
  });

  it("keeps why a stage failed", () => {
    const view = fold(
      started,
      begin("import"),
      { type: "stage.failed", stage: "import", error: failure },
      { type: "run.failed", error: failure },
    );
    expect(view.stages.find(({ key }) => key === "import")).toMatchObject({
      state: "failed",
      error: failure,
    });
  });

  it("is not changed by events of a later version", () => {
    const view = fold(started);
    const unknown = { ...eventsOf([started])[0], type: "stage.dreamt", seq: 2 } as unknown as RunEvent;
    expect(foldEvent(view, unknown).stages).toEqual(view.stages);
  });
});
