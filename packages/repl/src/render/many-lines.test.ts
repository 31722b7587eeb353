import type { RunEventBody } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { coloursFor } from "../terminal/colours.ts";
import { textWidth } from "../terminal/width.ts";
import { eventsOf, progress, runStartMs, started } from "../testing/events.ts";
import type { ScreenStyle } from "./live-screen.ts";
import { manyLines, type ShownRun, shortLabels } from "./many-lines.ts";
import { emptyRunView, foldEvent } from "./run-view.ts";

const style: ScreenStyle = {
  columns: 80,
  unicode: true,
  colours: coloursFor(false),
  nowMs: runStartMs + 20_000,
  stopping: false,
};

const begun: readonly (readonly [number, RunEventBody])[] = [
  [0, started],
  [2, { type: "stage.started", stage: "upload", summary: "sending to bucket web", attempt: 1 }],
];

function shown(label: string, bodies: readonly (readonly [number, RunEventBody])[], ended = false): ShownRun {
  return { label, view: eventsOf(bodies).reduce(foldEvent, emptyRunView), ended };
}

const runs: readonly ShownRun[] = [
  shown("web-01.vmdk", [...begun, [10, progress(40, 100)]]),
  shown("web-02.vmdk", [], true),
  shown("db.vmdk", [...begun, [10, { type: "stage.stalled", stage: "upload", sinceMs: 4000, note: "" }]]),
  shown("mail.vmdk", []),
];

describe("the screen of several runs", () => {
  it("counts them, and gives each that is under way a line", () => {
    expect(manyLines(runs, style)).toEqual([
      "",
      "rehearsal: 1 of 4 ended, 2 running, 1 waiting",
      "web-01.vmdk  upload: 40 %, 40 MiB of 100 MiB, 10 MiB/s, 6.0 s left",
      "db.vmdk      upload: no progress for 14 s",
    ]);
  });

  it("says what Ctrl+C has begun", () => {
    expect(manyLines(runs, { ...style, stopping: true }).at(-1)).toMatch(/^stopping: .*leaves at once$/);
  });

  it.each([10, 20, 40])("keeps to %d columns", (columns) => {
    const long = shown("a-host-with-a-very-long-name.example.com", begun);
    for (const line of manyLines([...runs, long], { ...style, columns, stopping: true })) {
      expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it("names hosts by the last part of their path where no other has the same", () => {
    expect(
      shortLabels(["/a/web.vmdk", "/b/web.vmdk", "/a/db.vmdk", "ssh://root@web-01", "local://"]),
    ).toEqual(["/a/web.vmdk", "/b/web.vmdk", "db.vmdk", "root@web-01", "local:"]);
  });
});
