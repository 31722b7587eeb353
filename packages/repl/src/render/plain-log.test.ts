import type { RunEvent, RunEventBody } from "@sampan/core";
import { afterEach, describe, expect, it } from "vitest";
import { speak } from "../language/speech.ts";
import { coloursFor } from "../terminal/colours.ts";
import { eventsOf, finding, MiB, progress, runStartMs, started } from "../testing/events.ts";
import { emptyPlainLog, heartbeat, plainLines } from "./plain-log.ts";

function logOf(events: readonly RunEvent[]): string[] {
  let log = emptyPlainLog;
  const lines: string[] = [];
  for (const event of events) {
    const step = plainLines(log, event, coloursFor(false));
    log = step.log;
    lines.push(...step.lines);
  }
  return lines;
}

afterEach(() => speak("en"));

describe("the plain log of a run", () => {
  it("tells a whole run", () => {
    const events = eventsOf([
      [0, started],
      [0, { type: "stage.started", stage: "assess", summary: "judging the host", attempt: 1 }],
      [1, { type: "finding", stage: "assess", finding }],
      [
        1,
        { type: "finding", stage: "assess", finding: { ...finding, severity: "info", message: "not shown" } },
      ],
      [2, { type: "stage.finished", stage: "assess", output: {}, tookMs: 2000 }],
      [2, { type: "stage.started", stage: "upload", summary: "sending to bucket web", attempt: 1 }],
      [5, progress(10, 100)],
      [31, progress(62, 100)],
      [45, progress(90, 100)],
      [50, { type: "stage.finished", stage: "upload", output: {}, tookMs: 48_000 }],
      [50, { type: "log", stage: null, level: "warning", message: "a word\u001b[2J of\nwarning" }],
      [50, { type: "log", stage: null, level: "debug", message: "not shown" }],
      [51, { type: "run.finished", result: {}, warnings: 1 }],
    ]);
    expect(logOf(events)).toEqual([
      "rehearsal · /exports/web-01.vmdk · run 20261123-120000-abcde",
      "rehearsal: a simulator answers for the cloud, nothing here is real",
      "assess: judging the host",
      "warning GUESTOS.Selinux: SELinux is enforcing. (mended by the fix-up selinux)",
      "assess: done in 2.0 s, 1 finding to look at",
      "upload: sending to bucket web",
      "upload: 62 %, 62 MiB of 100 MiB, 10 MiB/s, 3.8 s left",
      "upload: done in 48 s",
      "warning a word\uFFFD[2J of warning",
    ]);
  });

  it("tells at the end of a stage what it read and what it sent, where that is not the same", async () => {
    const end = (travel: { readonly readBytes?: number; readonly sentBytes?: number }) =>
      logOf(
        eventsOf([
          [0, started],
          [2, { type: "stage.started", stage: "upload", summary: "sending to bucket web", attempt: 1 }],
          [50, { ...progress(100, 100), ...travel } as RunEventBody],
          [50, { type: "stage.finished", stage: "upload", output: {}, tookMs: 48_000 }],
        ]),
      ).at(-1);
    const copied = { readBytes: 100 * MiB, sentBytes: 8 * MiB };
    expect(end(copied)).toBe("upload: done in 48 s, read 100 MiB, sent 8 MiB");
    expect(end({ readBytes: 100 * MiB, sentBytes: 100 * MiB + 1 })).toBe("upload: done in 48 s");
    expect(end({ readBytes: 100 * MiB })).toBe("upload: done in 48 s");
    await speak("zh-CN");
    expect(end(copied)).toBe("upload：完成，耗时 48 秒，已读取 100 MiB，已发送 8 MiB");
  });

  it("says what was done before when it goes on", () => {
    const events = eventsOf([
      [0, started],
      [1, { type: "stage.started", stage: "assess", summary: "judging", attempt: 1 }],
      [2, { type: "stage.finished", stage: "assess", output: {}, tookMs: 1000 }],
      [3, { type: "run.cancelled", reason: "by Ctrl+C" }],
      [60, { ...started, attempt: 2 } as RunEventBody],
    ]);
    expect(logOf(events).slice(-3)).toEqual([
      "rehearsal · /exports/web-01.vmdk · run 20261123-120000-abcde",
      "rehearsal: a simulator answers for the cloud, nothing here is real",
      "already done: assess",
    ]);
  });

  it("has no more than 200 lines for an upload of three hours, one a minute and one at each tenth", () => {
    const bodies: [number, RunEventBody][] = [
      [0, started],
      [0, { type: "stage.started", stage: "upload", summary: "sending", attempt: 1 }],
    ];
    for (let second = 1; second < 3 * 3600; second++) bodies.push([second, progress(second, 20_000)]);
    const lines = logOf(eventsOf(bodies));
    expect(lines.length).toBeLessThan(200);
    expect(lines.length).toBeGreaterThan(175);
  });

  it("has no more than 400 lines for three hours of everything, and is never silent for longer than a minute", () => {
    const error = {
      type: "error" as const,
      code: "CLOUD_THROTTLED" as const,
      message: "asked to slow down",
      hint: "",
      retryable: true,
      details: {},
      causes: [],
    };
    const bodies: [number, RunEventBody][] = [
      [0, started],
      [0, { type: "stage.started", stage: "upload", summary: "sending", attempt: 1 }],
    ];
    // An hour of a line that breaks every 20 s, an hour of silence, an hour of tenths every two minutes.
    for (let second = 1; second < 3600; second++) {
      bodies.push([second, progress(second, 100_000)]);
      if (second % 20 === 0)
        bodies.push([second, { type: "stage.retrying", stage: "upload", attempt: 2, waitMs: 1000, error }]);
    }
    for (let second = 7200; second < 3 * 3600; second++)
      bodies.push([second, progress((second - 7200) * 50, 100_000)]);
    const events = eventsOf(bodies);
    let log = emptyPlainLog;
    const lines: string[] = [];
    const told: number[] = [0];
    let next = 0;
    for (let second = 0; second < 3 * 3600; second++) {
      const nowMs = runStartMs + second * 1000;
      const steps = [];
      for (; next < events.length && Date.parse(events[next]?.at ?? "") <= nowMs; next++) {
        const event = events[next];
        if (event === undefined) break;
        const step = plainLines(log, event, coloursFor(false));
        log = step.log;
        steps.push(step);
      }
      if (second % 5 === 0) {
        const beat = heartbeat(log, nowMs);
        log = beat.log;
        steps.push(beat);
      }
      const now = steps.flatMap((step) => step.lines);
      if (now.length > 0) told.push(second);
      lines.push(...now);
    }
    expect(lines.length).toBeLessThanOrEqual(400);
    expect(
      Math.max(...told.slice(1).map((second, index) => second - (told[index] ?? 0))),
    ).toBeLessThanOrEqual(65);
    expect(lines).toContain(
      "upload: 3 %, 3.51 GiB of 97.7 GiB, 10 MiB/s, 2 h 41 min left (going on for 1 h 30 min)",
    );
    // A tenth is told within half a minute: here that is one per cent more.
    for (const tenth of [10, 20, 30, 40, 50, 60, 70, 80, 90])
      expect(
        lines.some((line) => new RegExp(`^upload: (?:${tenth}|${tenth + 1}) %`).test(line)),
        `${tenth} %`,
      ).toBe(true);
  });

  it("tells apart a stage that waits to try again and one that stands still", () => {
    const error = {
      type: "error" as const,
      code: "CLOUD_THROTTLED" as const,
      message: "sending part 7: asked to slow down",
      hint: "",
      retryable: true,
      details: {},
      causes: [],
    };
    const events = eventsOf([
      [0, started],
      [40, { type: "stage.retrying", stage: "upload", attempt: 2, waitMs: 4000, error }],
      [80, { type: "stage.stalled", stage: "import", sinceMs: 60_000, note: "waiting for task t-1" }],
    ]);
    expect(logOf(events).slice(-2)).toEqual([
      "upload: trying again in 4.0 s (attempt 2): sending part 7: asked to slow down",
      "import: no progress for 1 min: waiting for task t-1",
    ]);
  });
});
