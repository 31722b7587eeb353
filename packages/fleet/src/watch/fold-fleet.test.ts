import { MiB } from "@sampan/core";
import { describe, expect, it } from "vitest";
import type { FleetEvent } from "../fleet-event.ts";
import {
  at,
  fleetStarted,
  fleetStartMs,
  hostFinished,
  hostStarted,
  runEvent,
  runStarted,
  stageFinished,
  stageStarted,
  unreachable,
  uploadProgress,
} from "../testing/fleet-events.ts";
import { createFleetFold, foldFleet } from "./fold-fleet.ts";

/** Two sites, two waves, of which the first is under way. */
const begun: readonly FleetEvent[] = [
  fleetStarted("1/sh/web-01", "1/bj/web-02", "1/sh/web-03", "2/sh/db-01"),
  { type: "wave.started", at: at(0), wave: "1", canaries: ["web-01"] },
  hostStarted(1, "web-01", "1", "sh"),
  runStarted(1, "web-01"),
  stageStarted(2, "web-01", "assess"),
  stageFinished(4, "web-01", "assess", 2000),
  stageStarted(4, "web-01", "upload"),
  hostStarted(5, "web-02", "1", "bj"),
  runStarted(5, "web-02"),
  stageStarted(6, "web-02", "upload"),
];

const sending = [
  ...begun,
  uploadProgress(10, "web-01", [100, 400, 20]),
  uploadProgress(10, "web-02", [50, 250, 5]),
];

function hostOf(events: readonly FleetEvent[], name: string) {
  const host = foldFleet(events).hosts.find((one) => one.host === name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return host;
}

describe("a fleet's fold", () => {
  it("knows each host with its stages, bytes, rate and last change", () => {
    const host = hostOf(sending, "web-01");
    expect(host).toMatchObject({
      wave: "1",
      site: "sh",
      state: "running",
      runId: "run-web-01",
      canary: true,
      rehearsal: true,
      doneBytes: 100 * MiB,
      totalBytes: 400 * MiB,
      sentBytes: 100 * MiB,
      ratePerSecond: 20 * MiB,
      lastAt: at(10),
    });
    expect(host.stages.map(({ key, state }) => `${key} ${state}`)).toEqual([
      "assess finished",
      "upload running",
      "import waiting",
      "copy:cn-shanghai waiting",
    ]);
    expect(foldFleet(sending).hosts.map(({ host: name, state }) => `${name} ${state}`)).toEqual([
      "web-01 running",
      "web-02 running",
      "web-03 waiting",
      "db-01 waiting",
    ]);
  });

  it("counts an upload's bytes alone as sent, not those that an import works on", () => {
    const importing = runEvent(20, "web-01", {
      type: "stage.progress",
      stage: "import",
      doneBytes: 900 * MiB,
      totalBytes: 1000 * MiB,
      ratePerSecond: 50 * MiB,
      note: null,
    });
    expect(hostOf([...sending, importing], "web-01")).toMatchObject({
      doneBytes: 100 * MiB,
      totalBytes: 400 * MiB,
      ratePerSecond: 20 * MiB,
    });
  });

  it("adds up what all attempts sent, and keeps finished stages over a resume", () => {
    const resumed = [
      ...sending,
      runStarted(30, "web-01", 2),
      stageStarted(31, "web-01", "upload", 2),
      uploadProgress(35, "web-01", [180, 400, 20], 80),
    ];
    const host = hostOf(resumed, "web-01");
    expect(host.sentBytes).toBe(180 * MiB);
    expect(host.doneBytes).toBe(180 * MiB);
    expect(host.stages[0]).toMatchObject({ key: "assess", state: "finished", tookMs: 2000 });
    expect(host.stages[1]).toMatchObject({ key: "upload", state: "running", attempt: 2 });
  });

  it("sums throughput by site and counts what waits and what is active", () => {
    const { sites, ratePerSecond } = foldFleet(sending);
    expect(
      sites.map(({ site, ratePerSecond: rate, waiting, running }) => ({ site, rate, waiting, running })),
    ).toEqual([
      { site: "bj", rate: 5 * MiB, waiting: 0, running: 1 },
      { site: "sh", rate: 20 * MiB, waiting: 2, running: 1 },
    ]);
    expect(ratePerSecond).toBe(25 * MiB);
  });

  it("lets the slowest site say when a wave ends, with the mean for hosts nobody knows", () => {
    const [first, second] = foldFleet(sending).waves;
    // sh: 300 MiB of web-01 and 325 (the mean) of web-03 at 20 a second; bj: 200 MiB at 5 a second.
    expect(first).toMatchObject({
      wave: "1",
      state: "running",
      doneBytes: 150 * MiB,
      totalBytes: (400 + 250 + 325) * MiB,
      guessedHosts: 1,
      leftMs: 40_000,
    });
    expect(second).toMatchObject({ wave: "2", state: "waiting", leftMs: null, guessedHosts: 1 });
  });

  it("takes the bytes of an inventory for hosts that have told none", () => {
    const [first] = foldFleet(sending, { "web-03": 1700 * MiB }).waves;
    expect(first).toMatchObject({ guessedHosts: 0, totalBytes: 2350 * MiB, leftMs: 100_000 });
  });

  it("cannot tell when a wave ends before anything was sent", () => {
    expect(foldFleet(begun).waves[0]).toMatchObject({ totalBytes: null, guessedHosts: 0, leftMs: null });
  });

  it("waits for what a stage says of itself when nothing is left to send", () => {
    const imports = [
      fleetStarted("1/sh/web-01"),
      { type: "wave.started", at: at(0), wave: "1", canaries: [] } as const,
      hostStarted(1, "web-01", "1", "sh"),
      uploadProgress(10, "web-01", [100, 100, 10]),
      stageFinished(10, "web-01", "upload"),
      runEvent(12, "web-01", {
        type: "stage.progress",
        stage: "import",
        doneBytes: 0,
        totalBytes: 5,
        ratePerSecond: null,
        note: "queued",
        etaMs: 90_000,
        etaRuns: 3,
      }),
    ];
    expect(foldFleet(imports).waves[0]?.leftMs).toBe(90_000);
  });

  it("goes on by the mean since the wave began while a site sends nothing", () => {
    const between = [...sending, stageFinished(20, "web-02", "upload")];
    // bj has 250 − 50 MiB that were never told as done; 50 MiB in 20 s.
    expect(foldFleet(between).waves[0]?.leftMs).toBe(80_000);
  });

  it("tells nothing by the mean of a site that has hardly begun to send", () => {
    const begins = [
      ...begun,
      uploadProgress(10, "web-01", [100, 400, 20]),
      uploadProgress(10, "web-02", [1, 250, 0]),
    ];
    expect(foldFleet(begins).waves[0]?.leftMs).toBe(null);
  });

  it("takes a rate that has not been heard of for a minute for none", () => {
    const fold = createFleetFold();
    for (const event of sending) fold.add(event);
    expect(fold.view(fleetStartMs + 65_000).ratePerSecond).toBe(25 * MiB);
    expect(fold.view(fleetStartMs + 71_000).ratePerSecond).toBe(0);
  });

  it("takes neither rate nor time left of a dead worker's stage, in the stage itself as little as in the sums", () => {
    const told = uploadProgress(10, "web-01", [100, 400, 20]) as Extract<FleetEvent, { type: "host.run" }>;
    const withTime = { ...told, event: { ...told.event, etaMs: 15_000 } } as FleetEvent;
    const fold = createFleetFold();
    for (const event of [...begun, withTime]) fold.add(event);
    // Something else of the host is heard of: its upload is not.
    fold.add(runEvent(69, "web-01", { type: "stage.stalled", stage: "import", sinceMs: 1, note: "waiting" }));
    const stageAt = (second: number) => fold.view(fleetStartMs + second * 1000).hosts[0]?.stages[1];
    expect(stageAt(70)).toMatchObject({ key: "upload", ratePerSecond: 20 * MiB, leftMs: 15_000 });
    expect(stageAt(71)).toMatchObject({ key: "upload", ratePerSecond: null, leftMs: null });
    const silent = fold.view(fleetStartMs + 71_000);
    expect(silent.hosts[0]?.ratePerSecond).toBe(0);
    expect(silent.sites.map(({ ratePerSecond }) => ratePerSecond)).toEqual([0, 0]);
  });

  it("shows retries and stalls by the stage, in its own words, without a rate", () => {
    const retried = [
      ...sending,
      runEvent(11, "web-01", {
        type: "stage.retrying",
        stage: "upload",
        attempt: 2,
        waitMs: 4000,
        error: unreachable,
      }),
      runEvent(70, "web-02", { type: "stage.stalled", stage: "upload", sinceMs: 60_000, note: "no byte" }),
    ];
    expect(hostOf(retried, "web-01")).toMatchObject({ retries: 1, ratePerSecond: 0 });
    expect(hostOf(retried, "web-01").stages[1]).toMatchObject({
      state: "retrying",
      note: unreachable.message,
    });
    expect(hostOf(retried, "web-02").stages[1]).toMatchObject({ state: "stalled", note: "no byte" });
  });

  it("tells outcomes, failures and why a wave was stopped", () => {
    const ended = [
      ...sending,
      runEvent(19, "web-01", { type: "stage.failed", stage: "upload", error: unreachable }),
      hostFinished(20, "web-01", "failed", unreachable),
      hostFinished(30, "web-02", "warnings"),
      { type: "wave.stopped", at: at(31), wave: "1", failed: 1, ended: 2, reason: "1 of 2 failed" } as const,
      hostFinished(31, "web-03", "skipped", null, "wave 1 was stopped"),
    ];
    const view = foldFleet(ended);
    expect(view.counts).toEqual({
      hosts: 4,
      waiting: 1,
      running: 0,
      ended: 3,
      done: 0,
      warnings: 1,
      failed: 1,
      cancelled: 0,
      skipped: 1,
    });
    expect(view.waves[0]).toMatchObject({
      state: "stopped",
      stopped: "1 of 2 failed",
      failures: [{ host: "web-01", code: "CLOUD_UNREACHABLE", message: unreachable.message }],
      ratePerSecond: 0,
      leftMs: null,
    });
    expect(hostOf(ended, "web-03")).toMatchObject({ outcome: "skipped", because: "wave 1 was stopped" });
    expect(hostOf(ended, "web-01").stages[1]?.state).toBe("failed");
  });

  it("begins a host anew that had ended, and keeps what is known of it", () => {
    const again = [
      ...sending,
      hostFinished(20, "web-01", "failed", unreachable),
      hostStarted(40, "web-01", "1", "sh"),
    ];
    expect(hostOf(again, "web-01")).toMatchObject({
      state: "running",
      outcome: null,
      error: null,
      endedAt: null,
    });
    expect(hostOf(again, "web-01").stages[0]?.state).toBe("finished");
  });

  it("collects images by region, from what was made and from the result, and forgets those that were removed", () => {
    const image = (id: string, region: string) =>
      runEvent(40, "web-01", {
        type: "resource.created",
        stage: "import",
        resource: { kind: "image", id, name: "web-01", region, billed: true },
      });
    const made = [
      ...sending,
      image("m-1", "cn-hangzhou"),
      image("m-2", "cn-shanghai"),
      runEvent(41, "web-01", { type: "resource.removed", stage: "import", id: "m-2" }),
      runEvent(42, "web-01", {
        type: "run.finished",
        result: {
          images: [{ region: "cn-hangzhou", imageId: "m-1" }, { region: "cn-beijing", imageId: "m-3" }, 7],
        },
        warnings: 0,
      }),
    ];
    expect(hostOf(made, "web-01").images).toEqual([
      { region: "cn-hangzhou", imageId: "m-1" },
      { region: "cn-beijing", imageId: "m-3" },
    ]);
  });

  it("tells a finding once, however often it was found", () => {
    const found = (accepted: string | null) =>
      runEvent(3, "web-01", {
        type: "finding",
        stage: "assess",
        finding: {
          rule: "GUESTOS.Selinux",
          severity: "warning",
          message: "SELinux is enforcing.",
          hint: "Disable it.",
          evidence: [],
          fixup: null,
          source: { title: "a page", url: null, date: "2026-11-01" },
          accepted,
        },
      });
    expect(hostOf([...begun, found(null), found("tested")], "web-01").findings).toEqual([
      {
        rule: "GUESTOS.Selinux",
        severity: "warning",
        message: "SELinux is enforcing.",
        hint: "Disable it.",
        accepted: "tested",
      },
    ]);
  });

  it("knows which sites are paused, and until when", () => {
    const until = at(3600);
    const paused = [...begun, { type: "site.paused", at: at(7), site: "sh", until } as const];
    expect(foldFleet(paused).sites.find(({ site }) => site === "sh")?.pausedUntil).toBe(until);
    const resumed = [...paused, { type: "site.resumed", at: until, site: "sh" } as const];
    expect(foldFleet(resumed).sites.find(({ site }) => site === "sh")?.pausedUntil).toBe(null);
  });

  it("gives views that later events do not change, and that are plain JSON", () => {
    const fold = createFleetFold();
    for (const event of begun) fold.add(event);
    const before = fold.view();
    const kept = JSON.stringify(before);
    fold.add(uploadProgress(10, "web-01", [100, 400, 20]));
    expect(JSON.stringify(before)).toBe(kept);
    expect(JSON.parse(JSON.stringify(fold.view()))).toEqual(fold.view());
  });

  it("looks at no other host than that of the event", () => {
    const many = Array.from({ length: 2000 }, (_, number) => `1/sh/host-${number}`);
    const fold = createFleetFold();
    fold.add(fleetStarted(...many));
    const before = fold.view();
    fold.add(hostStarted(1, "host-7", "1", "sh"));
    const after = fold.view();
    expect(after.hosts.filter((host, index) => host !== before.hosts[index]).map(({ host }) => host)).toEqual(
      ["host-7"],
    );
  });

  it("takes events of hosts it was not told of", () => {
    const view = foldFleet([uploadProgress(1, "stray", [1, 2, 3])]);
    expect(view.hosts).toHaveLength(1);
    expect(view.waves).toEqual([]);
  });
});
