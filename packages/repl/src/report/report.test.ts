import { fileURLToPath } from "node:url";
import type { RunEvent, RunEventBody } from "@sampan/core";
import { type Plan, parsePlan, reportOf } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { eventsOf, finding, MiB, started } from "../testing/events.ts";
import { reportHtml } from "./report-html.ts";
import { reportMarkdown } from "./report-markdown.ts";
import { reportSections } from "./report-sections.ts";

const plan: Plan = parsePlan({
  v: 1,
  source: { kind: "image-file", path: "/exports/web-01.vmdk" },
  context: {},
  steps: [
    { verb: "assess", options: { accept: { "GUESTOS.Selinux": "switched off by hand" } } },
    { verb: "capture", options: {} },
    { verb: "toVhd", options: {} },
    { verb: "upload", options: { bucket: "web-images" } },
  ],
});

const error = {
  type: "error",
  code: "CLOUD_UNREACHABLE",
  message: "sending part 2",
  hint: "Look at the network.",
  retryable: true,
  details: {},
  causes: [],
} as const;
const part = (number: number): RunEventBody => ({
  type: "checkpoint",
  stage: "upload",
  item: { disk: 0, uploadId: "u", part: { number, sizeBytes: 8 * MiB, etag: "e", crc64: "1" } },
});
const resource = { region: "cn-hangzhou", name: null } as const;

/** A run that was killed during its upload, resumed, and failed in the end. */
const events: RunEvent[] = eventsOf([
  [0, started],
  [0, { type: "stage.started", stage: "assess", summary: "judging", attempt: 1 }],
  [2, { type: "finding", stage: "assess", finding: { ...finding, accepted: "switched off by hand" } }],
  [
    2,
    { type: "finding", stage: "assess", finding: { ...finding, rule: "SAMPAN.Firewall", message: "<b>`|`" } },
  ],
  [3, { type: "stage.finished", stage: "assess", output: {}, tookMs: 3000 }],
  [3, { type: "stage.started", stage: "upload", summary: "sending", attempt: 1 }],
  [
    4,
    {
      type: "resource.created",
      stage: "upload",
      resource: { ...resource, kind: "upload", id: "u", billed: true },
    },
  ],
  [5, part(1)],
  [3600, { ...started, attempt: 2 } as RunEventBody],
  [3600, { type: "stage.started", stage: "upload", summary: "sending", attempt: 2 }],
  [3601, { type: "stage.retrying", stage: "upload", attempt: 1, waitMs: 100, error }],
  [3604, part(2)],
  [3606, { type: "stage.stalled", stage: "upload", sinceMs: 60_000, note: "no byte moved" }],
  [3608, { type: "stage.failed", stage: "upload", error }],
  [3608, { type: "run.failed", error, left: [] }],
]);

const golden = (name: string) => fileURLToPath(new URL(`../../../../test/golden/${name}`, import.meta.url));

describe("the report of a run", () => {
  // What a plan is in words, and its fingerprint, are others' to test.
  const words = { fingerprint: "f".repeat(64), steps: ["from /exports/web-01.vmdk", "assess", "upload"] };
  const report = { ...reportOf(plan, events), plan: words };

  it("counts the time that was worked, over crashes, and the bytes that landed", () => {
    expect(report.stages).toMatchObject([
      { stage: "assess", attempts: 1, workedMs: 3000, bytes: null },
      // Two seconds before it was killed, eight after the resume.
      { stage: "upload", state: "failed", attempts: 2, workedMs: 10_000, bytes: 16 * MiB, stalls: 1 },
      { stage: "import", state: "waiting", attempts: 0 },
    ]);
    expect(report.stages[1]?.retries).toEqual([{ code: "CLOUD_UNREACHABLE", count: 1 }]);
    expect(report).toMatchObject({ state: "failed", starts: 2, error: { code: "CLOUD_UNREACHABLE" } });
    expect(report.resources).toMatchObject([{ kind: "upload", id: "u", billed: true }]);
  });

  it("tells a finding once that a resumed assessment found again", () => {
    const twice = [...events.slice(0, 5), ...events.slice(1, 5)];
    expect(reportOf(plan, twice).findings).toHaveLength(2);
  });

  it("is the same in Markdown for the same record", async () => {
    await expect(reportMarkdown(report)).toMatchFileSnapshot(golden("report.md"));
  });

  it("is the same in HTML for the same record, with nothing of the run read as HTML", async () => {
    const html = reportHtml(report);
    await expect(html).toMatchFileSnapshot(golden("report.html"));
    expect(html).not.toContain("<b>");
    expect(html).not.toContain("<script");
  });

  it("can be made of a run of which nothing is recorded yet", () => {
    const empty = reportOf(plan, []);
    expect(empty).toMatchObject({ state: "unfinished", stages: [], starts: 0, startedAt: null });
    expect(reportSections(empty).length).toBeGreaterThan(5);
  });
});
