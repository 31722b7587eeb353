import { eventVersion, type RunEvent } from "@sampan/core";
import type { FleetEvent } from "@sampan/fleet";
import type { StoredRunStatus } from "@sampan/fleet/engine";
import { expect, it } from "vitest";
import { watchRuns } from "./watch-runs.ts";

type Shown = Pick<StoredRunStatus, "runId" | "startedAt" | "title" | "site" | "host">;

const run = (
  runId: string,
  minute: number,
  title: string,
  host: StoredRunStatus["host"],
  site: string | null = null,
): StoredRunStatus => {
  const shown: Shown = { runId, startedAt: `2026-03-02T00:0${minute}:00.000Z`, title, host, site };
  return shown as StoredRunStatus;
};

/** A runner whose runs have ended so. */
const runner = (ends: Readonly<Record<string, RunEvent["type"]>>) => ({
  async *events(runId: string): AsyncGenerator<RunEvent> {
    const body = { v: eventVersion, runId, seq: 1, at: "2026-03-02T01:00:00.000Z", type: ends[runId] };
    yield { ...body, warnings: 0, error: { code: "X" } } as unknown as RunEvent;
  },
});

async function told(
  runs: readonly StoredRunStatus[],
  ends: Parameters<typeof runner>[0],
): Promise<readonly FleetEvent[]> {
  const events: FleetEvent[] = [];
  await new Promise<void>((resolve, reject) => {
    watchRuns(runner(ends), runs).subscribe({
      next: (event) => events.push(event),
      complete: resolve,
      error: reject,
    });
  });
  return events;
}

const wavesIn = ([first]: readonly FleetEvent[]) =>
  first?.type === "fleet.started"
    ? first.waves.map(({ wave, hosts }) => [wave, hosts.map(({ host }) => host)])
    : [];

it("tells runs in the waves they were started in, the first begun in front, by the names of the inventory", async () => {
  const of = (wave: string, name: string) => ({ fleet: "fleet.ts", wave, name });
  const events = await told(
    [
      run("r3", 3, "ssh://c", of("2", "c"), "beijing"),
      run("r2", 2, "ssh://b", of("1", "b")),
      run("r1", 1, "ssh://a", of("1", "a")),
      run("r4", 4, "ssh://d", null),
    ],
    { r1: "run.finished", r2: "run.failed", r3: "run.cancelled", r4: "run.finished" },
  );
  expect(wavesIn(events)).toEqual([
    ["1", ["a", "b"]],
    ["2", ["c"]],
    ["store", ["ssh://d"]],
  ]);
  const ends = events.flatMap((event) =>
    event.type === "wave.finished"
      ? [[event.wave, event.outcomes.done, event.outcomes.failed, event.outcomes.cancelled]]
      : [],
  );
  expect(ends.sort()).toEqual([
    ["1", 1, 1, 0],
    ["2", 0, 0, 1],
    ["store", 1, 0, 0],
  ]);
  expect(events.at(-1)).toMatchObject({ type: "fleet.finished", outcomes: { done: 2, failed: 1 } });
});

it("tells waves of two fleets apart, and hosts of one name by their runs", async () => {
  const events = await told(
    [
      run("r1", 1, "ssh://a", { fleet: "east.ts", wave: "1", name: "a" }),
      run("r2", 2, "ssh://x", { fleet: "west.ts", wave: "1", name: "a" }),
    ],
    { r1: "run.finished", r2: "run.finished" },
  );
  expect(wavesIn(events)).toEqual([
    ["east.ts 1", ["a r1"]],
    ["west.ts 1", ["a r2"]],
  ]);
});

it("tells waves of fleets whose files are called the same apart by as much of their folders as it takes", async () => {
  const of = (folder: string | undefined, name: string) => ({ fleet: "fleet.csv", folder, wave: "1", name });
  const runs = [
    run("r1", 1, "ssh://a", of("/srv/east/now", "a")),
    run("r2", 2, "ssh://b", of("/srv/west/now", "b")),
    run("r3", 3, "ssh://c", of("/srv/east/now", "c")),
    run("r4", 4, "ssh://d", of(undefined, "d")),
    run("r5", 5, "ssh://e", { ...of("/srv/east/now", "e"), fleet: "other.csv" }),
    run("r6", 6, "ssh://f", of("C:\\fleets\\later", "f")),
  ];
  const ends = Object.fromEntries(runs.map(({ runId }) => [runId, "run.finished" as const]));
  expect(wavesIn(await told(runs, ends))).toEqual([
    ["east/now/fleet.csv 1", ["a", "c"]],
    ["west/now/fleet.csv 1", ["b"]],
    ["fleet.csv 1", ["d"]],
    ["other.csv 1", ["e"]],
    ["fleets/later/fleet.csv 1", ["f"]],
  ]);
  // Of one fleet alone nothing has to be said.
  expect(wavesIn(await told(runs.slice(0, 1), ends))).toEqual([["1", ["a"]]]);
});
