import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { FleetEvent } from "../fleet-event.ts";
import {
  at,
  fleetStarted,
  hostFinished,
  hostStarted,
  runEvent,
  runStarted,
  stageStarted,
  unreachable,
  uploadProgress,
} from "../testing/fleet-events.ts";
import { foldFleet } from "../watch/fold-fleet.ts";
import { fleetReport } from "./fleet-report.ts";
import { fleetReportCsv } from "./report-csv.ts";
import { fleetReportHtml } from "./report-html.ts";

function found(host: string, rule: string, message: string): FleetEvent {
  return runEvent(3, host, {
    type: "finding",
    stage: "assess",
    finding: {
      rule,
      severity: "warning",
      message,
      hint: "Mend it.",
      evidence: [],
      fixup: null,
      source: { title: "a page", url: null, date: "2026-11-01" },
      accepted: null,
    },
  });
}

function image(host: string, region: string, imageId: string): FleetEvent {
  const resource = { kind: "image", id: imageId, name: host, region, billed: true } as const;
  return runEvent(50, host, { type: "resource.created", stage: "import", resource });
}

const events: readonly FleetEvent[] = [
  fleetStarted("1/sh/web-01", "1/bj/web-02", "2/sh/db-01"),
  { type: "wave.started", at: at(0), wave: "1", canaries: [] },
  hostStarted(1, "web-01", "1", "sh"),
  runStarted(1, "web-01"),
  found("web-01", "GUESTOS.Selinux", "SELinux is enforcing."),
  stageStarted(4, "web-01", "upload"),
  uploadProgress(10, "web-01", [400, 400, 20]),
  image("web-01", "cn-hangzhou", "m-1"),
  image("web-01", "cn-shanghai", "m-2"),
  hostFinished(60, "web-01", "done"),
  hostStarted(5, "web-02", "1", "bj"),
  runStarted(5, "web-02"),
  found("web-02", "GUESTOS.Selinux", "SELinux is enforcing."),
  hostFinished(70, "web-02", "failed", unreachable),
  { type: "wave.stopped", at: at(70), wave: "1", failed: 1, ended: 2, reason: "1 of 2 hosts failed" },
  hostFinished(70, "db-01", "skipped", null, "wave 1 was stopped"),
  {
    type: "fleet.finished",
    at: at(71),
    outcomes: { done: 1, warnings: 0, failed: 1, cancelled: 0, skipped: 1 },
  },
];

const report = fleetReport(foldFleet(events));

describe("the report of a fleet", () => {
  it("tells of each host what became of it, as plain JSON", () => {
    expect(report).toMatchObject({
      v: 1,
      wave: null,
      rehearsal: true,
      startedAt: at(0),
      endedAt: at(71),
      counts: { hosts: 3, done: 1, failed: 1, skipped: 1 },
      sentBytes: 400 * 1024 * 1024,
    });
    expect(report.hosts[0]).toMatchObject({
      outcome: "done",
      images: [
        { region: "cn-hangzhou", imageId: "m-1" },
        { region: "cn-shanghai", imageId: "m-2" },
      ],
      tookMs: 60_000,
    });
    expect(report.hosts[1]?.error).toEqual({
      code: "CLOUD_UNREACHABLE",
      message: unreachable.message,
      hint: unreachable.hint,
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("is about one wave where it is asked for", () => {
    const second = fleetReport(foldFleet(events), { wave: "2" });
    expect(second.hosts.map(({ host }) => host)).toEqual(["db-01"]);
    expect(second).toMatchObject({ wave: "2", counts: { hosts: 1, skipped: 1 }, rehearsal: false });
    expect(fleetReport(foldFleet(events), { wave: "1" }).waves).toEqual([
      expect.objectContaining({ wave: "1", state: "stopped", stopped: "1 of 2 hosts failed", failed: 1 }),
    ]);
  });

  it("looks at a host so often, however many waves there are", () => {
    const [host] = foldFleet([fleetStarted("1/sh/a")]).hosts;
    const looksAt = (count: number): number => {
      let looks = 0;
      const hosts = Array.from({ length: count }, (_, index) => ({
        ...host!,
        host: `h${index}`,
        get wave() {
          looks++;
          return `w${index}`;
        },
      }));
      const view = foldFleet([fleetStarted(...hosts.map((one, index) => `w${index}/sh/${one.host}`))]);
      const report = fleetReport({ ...view, hosts });
      expect(report.waves.every(({ hosts: own }) => own === 1)).toBe(true);
      return looks / count;
    };
    expect(looksAt(400)).toBe(looksAt(4));
  });

  it("tells of hosts that still run and wait", () => {
    const going = fleetReport(foldFleet(events.slice(0, 5)));
    expect(going.hosts.map(({ outcome }) => outcome)).toEqual(["running", "waiting", "waiting"]);
    expect(going.endedAt).toBe(null);
  });
});

/** Texts that a spreadsheet would run, and what a reader of CSV has to find. */
const formulas = [
  ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ["+1+1", "'+1+1"],
  ["-2", "'-2"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "' =1"],
  ["\r\n=1", "'  =1"],
  ["＝1", "'＝1"],
  ["a=b", "a=b"],
  ['say "hi", then\nleave', 'say "hi", then leave'],
  ["\u001b[2J", "\uFFFD[2J"],
] as const;

describe("the report as CSV", () => {
  it("has a row for each host, which a reader of CSV reads", () => {
    const rows = parse(fleetReportCsv(report), { columns: true, recordDelimiter: "\r\n" }) as Record<
      string,
      string
    >[];
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({
      host: "web-01",
      outcome: "done",
      images: "cn-hangzhou=m-1 cn-shanghai=m-2",
      sent_bytes: String(400 * 1024 * 1024),
      took_seconds: "60",
      warnings: "1",
      rules: "GUESTOS.Selinux",
      run: "run-web-01",
      rehearsal: "yes",
    });
    expect(rows[1]).toMatchObject({
      error_code: "CLOUD_UNREACHABLE",
      error: unreachable.message,
      hint: unreachable.hint,
    });
    expect(rows[2]).toMatchObject({ outcome: "skipped", skipped_because: "wave 1 was stopped", run: "" });
  });

  it.each(formulas)("makes no formula of %j", (text, expected) => {
    const error = { ...unreachable, message: text };
    const csv = fleetReportCsv(fleetReport(foldFleet([hostFinished(1, text, "failed", error)])));
    const [row] = parse(csv, { columns: true, recordDelimiter: "\r\n" }) as Record<string, string>[];
    expect(row?.error).toBe(expected);
    expect(row?.host).toBe(expected);
  });
});

describe("the report as HTML", () => {
  it("is one page that loads nothing and runs nothing", () => {
    const html = fleetReportHtml(report);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|url\(|@import|\son\w+=/i);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain("A rehearsal");
  });

  it("has tables that are read by their captions and headings", () => {
    const html = fleetReportHtml(report);
    const captions = [...html.matchAll(/<caption>(.*?)<\/caption>/g)].map(([, text]) => text);
    expect(captions).toEqual(["Overview", "Waves", "Errors", "Hosts", "Findings"]);
    expect([...html.matchAll(/<th(?!ead| scope="(?:row|col)")/g)]).toEqual([]);
  });

  it("tells images by region, errors with what to do, and each finding once with its hosts", () => {
    const html = fleetReportHtml(report);
    expect(html).toContain("cn-hangzhou: m-1<br>cn-shanghai: m-2");
    expect(html).toContain(unreachable.hint);
    expect(html).toContain("stopped: 1 of 2 hosts failed");
    expect(html).toContain("2: web-01, web-02");
    expect(html.split("SELinux is enforcing.").length - 1).toBe(1);
    expect(html).toContain("skipped: wave 1 was stopped");
  });

  it("escapes whatever hosts and servers said", () => {
    const bad = `<script>alert("1")</script>'&\u202e\u001b`;
    const error = { ...unreachable, message: bad, hint: bad };
    const html = fleetReportHtml(
      fleetReport(
        foldFleet([
          fleetStarted(`w/s/x`),
          { type: "wave.started", at: at(0), wave: bad, canaries: [] },
          hostStarted(1, bad, bad, bad),
          found(bad, bad, bad),
          image(bad, bad, bad),
          { type: "wave.stopped", at: at(2), wave: bad, failed: 1, ended: 1, reason: bad },
          hostFinished(2, bad, "failed", error, bad),
        ]),
        { wave: bad },
      ),
    );
    expect(html).not.toContain("<script");
    expect(html).not.toContain('"1"');
    expect(html).not.toContain("\u202e");
    expect(html).not.toContain("\u001b");
    expect(html).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;");
  });
});
