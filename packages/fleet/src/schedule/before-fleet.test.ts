import { Migration, planFingerprint, type RunStatus } from "@sampan/sdk";
import { expect, it } from "vitest";
import type { FleetMigration } from "../fleet-host.ts";
import { earlierRuns } from "./earlier-runs.ts";
import { siteBudgets } from "./site-budgets.ts";

const migration = (name: string): FleetMigration =>
  ({ host: { name }, plan: Migration.from(`ssh://root@${name}`).assess().plan() }) as FleetMigration;

function status(
  name: string,
  state: RunStatus["state"],
  stages: readonly string[] = ["finished"],
): RunStatus {
  return {
    plan: planFingerprint(migration(name).plan),
    state,
    stages: stages.map((one, at) => ({ stage: `${at}`, state: one, tookMs: null })),
  } as unknown as RunStatus;
}

it("finds what is left of a fleet by the newest run of each plan", () => {
  const earlier = earlierRuns([
    status("a", "running", ["finished", "running"]),
    status("a", "failed"),
    status("b", "finished"),
    status("c", "finished", ["finished", "waiting"]),
    status("d", "interrupted"),
    status("d", "finished"),
  ]);
  expect(["a", "b", "c", "d", "e"].map((name) => earlier(migration(name)))).toEqual([
    "running",
    "finished",
    undefined,
    undefined,
    undefined,
  ]);
});

it("gives each site whose bandwidth is said a budget for as many as may run there", () => {
  const budgets = siteBudgets({
    bandwidth: { shanghai: 1e6, beijing: 5e6 },
    hostsPerSite: 4,
    hostsAtOnce: 2,
  });
  expect([...budgets].map(([site, budget]) => [site, budget.shareBytesPerSecond])).toEqual([
    ["shanghai", 5e5],
    ["beijing", 2.5e6],
  ]);
  expect(siteBudgets({}).size).toBe(0);
  expect(() => siteBudgets({ bandwidth: { shanghai: 100_000 } })).toThrow(
    expect.objectContaining({
      code: "FLEET_POLICY_INVALID",
      message: expect.stringContaining("bandwidth.shanghai: sharing 100000 bytes a second among 10 uploads"),
    }),
  );
});
