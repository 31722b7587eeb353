import { type ExitCode, SampanError, toErrorRecord } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { eventsOf, progress, started } from "../testing/events.ts";
import {
  type EndedRun,
  exitCodeFor,
  imagesOf,
  manySummary,
  storedBytesOf,
  worstExitCode,
} from "./many-summary.ts";
import { emptyRunView, foldEvent } from "./run-view.ts";

const done: EndedRun = {
  title: "ssh://root@web-01",
  state: "finished",
  runId: "20261123-094205-k3f8p",
  exitCode: 0,
  error: null,
  images: [
    { region: "cn-hangzhou", imageId: "m-bp1" },
    { region: "cn-shanghai", imageId: "m-uf6" },
  ],
  storedBytes: 3 * 1024 ** 3,
  tookMs: 754_000,
};
const error = toErrorRecord(new SampanError("RUN_LOCKED", "starting a run"));
const locked: EndedRun = {
  ...done,
  title: "db",
  state: "failed",
  exitCode: 6,
  error,
  images: [],
  storedBytes: null,
};
const waiting: EndedRun = {
  ...done,
  title: "mail",
  state: "not-started",
  runId: null,
  images: [],
  storedBytes: null,
};

describe("the table at the end of several runs", () => {
  it("has a line for each, also for those that were not started", () => {
    expect(manySummary([done, locked, waiting], { borders: false })).toMatchInlineSnapshot(`
      "host               state        images or error                           stored  took         run
      ssh://root@web-01  done         m-bp1 (cn-hangzhou), m-uf6 (cn-shanghai)  3 GiB   12 min 34 s  20261123-094205-k3f8p
      db                 failed       RUN_LOCKED (exit 6)                       –       12 min 34 s  20261123-094205-k3f8p
      mail               not started  –                                         –       –            –"
    `);
  });

  it("has two lines for each where the terminal is narrower than the table", () => {
    const runs = [done, locked, waiting, { ...waiting, title: "a\u001b[31m" }];
    expect(manySummary(runs, { borders: true, columns: 80 })).toMatchInlineSnapshot(`
      "ssh://root@web-01
        done · m-bp1 (cn-hangzhou), m-uf6 (cn-shanghai) · 3 GiB · 12 min 34 s · 20261123-094205-k3f8p
      db
        failed · RUN_LOCKED (exit 6) · 12 min 34 s · 20261123-094205-k3f8p
      mail
        not started
      a�[31m
        not started"
    `);
    expect(manySummary([waiting], { borders: true, columns: 80 })).toContain("│ mail");
  });

  it.each<[ExitCode[], ExitCode]>([
    [[0, 0], 0],
    [[0, 2, 6], 6],
    [[124, 5, 0], 5],
    [[4, 1, 6], 1],
    [[1, 130], 130],
    [[], 0],
  ])("of the exit codes %j the worst is %d", (codes, worst) => {
    expect(worstExitCode(codes.map((exitCode) => ({ ...done, exitCode })))).toBe(worst);
  });

  it("takes the exit code of an error from its entry", () => {
    expect(exitCodeFor(null)).toBe(0);
    expect(exitCodeFor(error)).toBe(6);
    expect(exitCodeFor(toErrorRecord(new SampanError("CLOUD_UNREACHABLE", "sending")))).toBe(1);
  });

  it("finds images and sizes in a result, and what landed of a run that failed in its events", () => {
    const result = {
      images: [{ region: "cn-hangzhou", imageId: "m-1" }],
      objects: [{ sizeBytes: 5 }, { sizeBytes: 7 }],
    };
    expect(imagesOf(result)).toEqual([{ region: "cn-hangzhou", imageId: "m-1" }]);
    expect(imagesOf(null)).toEqual([]);
    expect(storedBytesOf(result, emptyRunView)).toBe(12);
    const view = eventsOf([
      [0, started],
      [1, progress(40, 100)],
    ]).reduce(foldEvent, emptyRunView);
    expect(storedBytesOf(null, view)).toBe(40 * 1024 ** 2);
    expect(storedBytesOf(null, emptyRunView)).toBeNull();
  });
});
