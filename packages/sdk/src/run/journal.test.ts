import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@sampan/core";
import { isSampanError } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EventLog } from "./event-log.ts";
import { foldRun } from "./fold-run.ts";
import { journalName, makeRunFolder, openJournal, readJournal } from "./journal.ts";

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sampan-journal-"));
  folder = join(home, "runs", "r1");
  makeRunFolder(folder, home);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const event = (seq: number, message = `event ${seq}`): RunEvent => ({
  v: 1,
  runId: "r1",
  seq,
  at: new Date(seq * 1000).toISOString(),
  type: "log",
  stage: null,
  level: "info",
  message,
});

describe("a journal", () => {
  it("gives back what was appended, in order, after it is opened again", async () => {
    const journal = await openJournal(folder);
    await journal.append([event(1), event(2)]);
    await journal.append([event(3, "线 with\nnewline")]);
    await journal.close();
    expect(readJournal(folder)).toEqual([event(1), event(2), event(3, "线 with\nnewline")]);
    const again = await openJournal(folder);
    expect(again.events).toHaveLength(3);
    await again.close();
  });

  it("cut anywhere loses at most the line that was being written, and goes on from there", async () => {
    const journal = await openJournal(folder);
    await journal.append([event(1), event(2), event(3)]);
    await journal.close();
    const path = join(folder, journalName);
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        writeFileSync(path, whole);
        truncateSync(path, length);
        const kept = whole.subarray(0, length).toString().split("\n").length - 1;
        const reopened = await openJournal(folder);
        expect(reopened.events).toHaveLength(kept);
        await reopened.append([event(9)]);
        await reopened.close();
        expect(readJournal(folder).map(({ seq }) => seq)).toEqual([1, 2, 3].slice(0, kept).concat(9));
      }),
      { numRuns: 60 },
    );
  });

  it("cuts off garbage in the last line but refuses it anywhere else", async () => {
    const path = join(folder, journalName);
    writeFileSync(path, `${JSON.stringify(event(1))}\n\0\0\0\n`);
    const journal = await openJournal(folder);
    expect(journal.events).toHaveLength(1);
    await journal.close();
    writeFileSync(path, `garbage\n${JSON.stringify(event(1))}\n`);
    const refused = await openJournal(folder).catch((error: unknown) => error);
    expect(isSampanError(refused, "RUN_JOURNAL_CORRUPT")).toBe(true);
  });

  it("is private to its user, in a home that git ignores", async () => {
    const journal = await openJournal(folder);
    await journal.append([event(1)]);
    await journal.close();
    expect(statSync(join(folder, journalName)).mode & 0o077).toBe(0);
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(readFileSync(join(home, ".gitignore"), "utf8")).toBe("*\n");
  });
});

describe("an event log", () => {
  it("numbers on after a resume and shows nothing before it is in the journal", async () => {
    const first = await openJournal(folder);
    await first.append([event(1), event(2)]);
    await first.close();
    const journal = await openJournal(folder);
    const log = new EventLog(journal, "r1", virtualClock());
    const seen: number[] = [];
    log.events.subscribe((shown) => {
      seen.push(shown.seq);
      if (shown.type !== "stage.progress")
        expect(readJournal(folder).map(({ seq }) => seq)).toContain(shown.seq);
    });
    const progress = {
      type: "stage.progress",
      stage: "upload",
      doneBytes: 1,
      totalBytes: 2,
      ratePerSecond: null,
      note: null,
    } as const;
    await Promise.all([
      log.emit({ type: "log", stage: null, level: "info", message: "a" }),
      log.emit(progress),
      log.emit({ type: "log", stage: null, level: "info", message: "b" }),
    ]);
    await log.close();
    await journal.close();
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(readJournal(folder).map(({ seq }) => seq)).toEqual([1, 2, 3, 5]);
  });

  it("tells whoever emits that the event could not be recorded, and shows it to nobody", async () => {
    const broken = {
      events: [],
      append: () => Promise.reject(new Error("no space")),
      close: async () => undefined,
    };
    const log = new EventLog(broken, "r1", virtualClock());
    const seen: unknown[] = [];
    log.events.subscribe((shown) => seen.push(shown));
    await expect(log.emit({ type: "log", stage: null, level: "info", message: "a" })).rejects.toThrow(
      "no space",
    );
    expect(seen).toEqual([]);
  });
});

describe("the record of a run", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const base = (seq: number) => ({ v: 1 as const, runId: "r1", seq, at });

  it("keeps checkpoints, items and outputs by stage", () => {
    const record = foldRun([
      { ...base(1), type: "stage.started", stage: "upload", summary: "", attempt: 1 },
      { ...base(2), type: "checkpoint", stage: "upload", state: { phase: "sending" } },
      { ...base(3), type: "checkpoint", stage: "upload", item: 1 },
      { ...base(4), type: "checkpoint", stage: "upload", item: 2 },
      { ...base(5), type: "stage.finished", stage: "select", output: { name: "x" }, tookMs: 3 },
    ]);
    expect(record.stages.get("upload")?.checkpoint).toEqual({ state: { phase: "sending" }, items: [1, 2] });
    expect(record.stages.get("upload")?.state).toBe("running");
    expect(record.stages.get("select")?.output).toEqual({ name: "x" });
    expect(record.lastSeq).toBe(5);
  });

  it("forgets how an earlier start ended once the run is started again", () => {
    const started = {
      type: "run.started",
      plan: "p",
      title: "t",
      stages: ["select"],
      cloud: { name: "simulator", rehearsal: true, endpoint: null },
      folder: null,
    } as const;
    const record = foldRun([
      { ...base(1), ...started, attempt: 1 },
      { ...base(2), type: "run.cancelled", reason: "x" },
      { ...base(3), ...started, attempt: 2 },
    ]);
    expect(record.end).toBeNull();
    expect(record.started?.attempt).toBe(2);
  });
});
