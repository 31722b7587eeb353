import { describe, expect, it } from "vitest";
import { emptyRunView, type RunView } from "../runs/run-view.ts";
import { patchSides } from "./patch-sides.ts";
import { logSections, runLogText } from "./run-log.ts";

describe("the sides of a patch", () => {
  it("are what stood there and what stands there afterwards, as far as the diff tells", () => {
    const diff = [
      "--- a/etc/fstab",
      "+++ b/etc/fstab",
      "@@ -1,2 +1,2 @@",
      " # table",
      "-/dev/sda1 / ext4",
      "+UUID=1 / ext4",
      "@@ -9 +9 @@",
      "--- first",
      "+++ second",
      "--- /dev/null",
      "+++ b/etc/new",
      "@@ -0,0 +1 @@",
      "+made",
      "",
    ].join("\n");
    expect(patchSides(diff)).toEqual([
      {
        path: "/etc/fstab",
        before: "# table\n/dev/sda1 / ext4\n⋯\n-- first\n",
        after: "# table\nUUID=1 / ext4\n⋯\n++ second\n",
      },
      { path: "/etc/new", before: "", after: "made\n" },
    ]);
  });

  it("are none of a text that is no diff", () => {
    expect(patchSides("nothing to do\n")).toEqual([]);
  });
});

describe("the log of a run", () => {
  const view: RunView = {
    ...emptyRunView,
    runId: "20261126-100000-abcde",
    title: "web-01\u001b[31m",
    log: [{ stage: "capture", level: "warning", message: "torn" }],
    stages: ["capture", "upload"].map((key) => ({
      key,
      state: key === "capture" ? ("finished" as const) : ("waiting" as const),
      summary: "finding",
      doneBytes: 0,
      totalBytes: null,
      ratePerSecond: null,
      etaMs: null,
      note: "",
      startedAtMs: null,
      endedAtMs: null,
      tookMs: key === "capture" ? 1500 : null,
      retries: 0,
      stalledSinceMs: null,
      rates: [],
      error: null,
    })),
  };

  it("has a line for each stage and what it said indented below, without control characters", () => {
    const text = runLogText(view);
    expect(text).toBe(
      "run 20261126-100000-abcde · web-01 [31m\n✓ capture — finding (2 s)\n    warning: torn\n· upload — finding\n",
    );
    expect(logSections(text)).toEqual([
      { name: "capture", line: 1 },
      { name: "upload", line: 3 },
    ]);
  });
});
