import type { RunEventBody } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { RowFilter, rowOf } from "./journal-rows.ts";

const first = { id: "first", generation: 1 };
const second = { id: "second", generation: 2 };
const started: RunEventBody = { type: "stage.started", stage: "upload", summary: "sending", attempt: 1 };
const part = (item: number): RunEventBody => ({ type: "checkpoint", stage: "upload", item });
const finished: RunEventBody = { type: "stage.finished", stage: "upload", output: null, tookMs: 1 };

/** What of rows counts: place and type. */
function counted(rows: readonly string[]): readonly string[] {
  const filter = new RowFilter("r1");
  return rows.flatMap((row) => {
    const event = filter.next(row);
    return event === undefined ? [] : [`${event.seq} ${event.type}`];
  });
}

describe("rows of a journal that several write", () => {
  it("are numbered by their place and carry the run's id", () => {
    const event = new RowFilter("r1").next(rowOf(first, 1, started, 0));
    expect(event).toEqual({ v: 1, runId: "r1", seq: 1, at: "1970-01-01T00:00:00.000Z", ...started });
  });

  it("count once, however often one was added", () => {
    const row = rowOf(first, 2, part(1), 0);
    expect(counted([rowOf(first, 1, started, 0), row, row, rowOf(first, 3, part(2), 0)])).toEqual([
      "1 stage.started",
      "2 checkpoint",
      "4 checkpoint",
    ]);
  });

  it("of a worker whose stage another has taken count no more, but for what it made", () => {
    const made: RunEventBody = {
      type: "resource.created",
      stage: "upload",
      resource: { kind: "upload", id: "u1", name: null, region: null, billed: true },
    };
    expect(
      counted([
        rowOf(first, 1, started, 0),
        rowOf(second, 1, { ...started, attempt: 2 }, 0),
        rowOf(first, 2, part(1), 0),
        rowOf(first, 3, made, 0),
        rowOf(first, 4, finished, 0),
        rowOf(second, 2, part(1), 0),
      ]),
    ).toEqual(["1 stage.started", "2 stage.started", "4 resource.created", "6 checkpoint"]);
  });

  it("of a stage that has finished count no more, and none after the end of the run but its next start", () => {
    const start = (attempt: number): RunEventBody => ({
      type: "run.started",
      plan: "p",
      title: "t",
      stages: [],
      cloud: { name: "simulator", rehearsal: true, endpoint: null },
      folder: null,
      attempt,
    });
    const cancelled: RunEventBody = { type: "run.cancelled", reason: "on request" };
    expect(
      counted([
        rowOf(first, 1, start(1), 0),
        rowOf(first, 2, finished, 0),
        rowOf(second, 1, started, 0),
        rowOf(first, 3, cancelled, 0),
        rowOf(second, 2, cancelled, 0),
        rowOf(second, 3, { ...part(1), stage: "import" } as RunEventBody, 0),
        rowOf(second, 4, start(1), 0),
        rowOf(second, 5, start(2), 0),
      ]),
    ).toEqual(["1 run.started", "2 stage.finished", "4 run.cancelled", "8 run.started"]);
  });

  it("that are none of ours are left out", () => {
    expect(counted(["", "{", "null", "[]", '{"w":1}', '{"w":"a","n":1,"g":1,"e":{"type":"x"}}'])).toEqual([]);
  });
});
