import { describe, expect, it } from "vitest";
import { emptyRunView, type RunView, type StageView } from "../render/run-view.ts";
import { textWidth } from "../terminal/width.ts";
import { statusLine } from "./status-line.ts";

const stage: StageView = {
  key: "upload",
  state: "running",
  summary: "",
  doneBytes: 62,
  totalBytes: 100,
  ratePerSecond: 1024 ** 2,
  note: "",
  startedAtMs: 0,
  tookMs: null,
  travel: null,
  left: { ms: 7_000, runs: 0, atMs: 0 },
  stalled: null,
  retry: null,
  warnings: 0,
};
const view: RunView = { ...emptyRunView, title: "./web-01.vmdk", attempt: 1, stages: [stage] };
const style = (columns: number) => ({ columns, unicode: true });

describe("the line about runs that go on", () => {
  it("is none without runs", () => {
    expect(statusLine([], style(80))).toBeNull();
  });

  it("says host, stage, share, rate and time left, and less of it where there is no room", () => {
    const jobs = [{ number: 1, view }];
    expect(statusLine(jobs, style(80))).toBe("[1] ./web-01.vmdk · upload 62 % · 1 MiB/s · 7.0 s left");
    expect(statusLine(jobs, style(42))).toBe("[1] upload 62 %, 1 MiB/s, 7.0 s left");
    expect(statusLine(jobs, style(20))).toBe("[1] upload 62 %");
  });

  it("is one line for any number of runs on any screen", () => {
    for (const count of [1, 2, 9, 40]) {
      const jobs = Array.from({ length: count }, (_, index) => ({ number: index + 1, view }));
      for (const columns of [10, 20, 40, 80, 200]) {
        const line = statusLine(jobs, style(columns)) ?? "";
        expect(textWidth(line)).toBeLessThanOrEqual(columns);
        expect(line).not.toBe("");
      }
    }
  });

  it("says that nothing moves", () => {
    const stalled = { ...stage, left: null, ratePerSecond: null, stalled: { ms: 40_000, atMs: 0 } };
    expect(statusLine([{ number: 2, view: { ...view, stages: [stalled] } }], style(80))).toContain(
      "no progress for 40 s",
    );
  });
});
