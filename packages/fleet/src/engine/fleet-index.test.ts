import { describe, expect, it } from "vitest";
import { FleetIndex } from "./fleet-index.ts";
import type { FleetStore } from "./store/store.ts";

/** An index whose rows lie in memory; `between` happens after a row was added and before it is read again. */
function indexOf(between: (index: FleetIndex) => Promise<void> = async () => undefined): FleetIndex {
  const rows = new Map<string, string[]>();
  let isBetween = false;
  const queue = {
    add: async () => undefined,
    getJobLogs: async (id: string) => ({ logs: [...(rows.get(id) ?? [])] }),
    addJobLog: async (id: string, row: string) => {
      rows.set(id, [...(rows.get(id) ?? []), row]);
      if (isBetween) return;
      isBetween = true;
      await between(index);
      isBetween = false;
    },
  };
  const index = new FleetIndex({ queue: () => queue } as unknown as FleetStore);
  return index;
}

const claimOf = (runId: string, epoch = 1) => ({ runId, plan: "p", epoch });

describe("who has a host", () => {
  it("is the first that claimed it, until it lets go", async () => {
    const index = indexOf();
    expect(await index.claim("h", claimOf("a"))).toMatchObject({ runId: "a" });
    expect(await index.claim("h", claimOf("b"))).toMatchObject({ runId: "a" });
    await index.release("h", claimOf("a"));
    expect(await index.holder("h")).toBeUndefined();
    expect(await index.claim("h", claimOf("b"))).toMatchObject({ runId: "b" });
  });

  it("stays who claimed it anew since it was taken for gone", async () => {
    const index = indexOf();
    const seen = await index.claim("h", claimOf("a"));
    await index.claim("h", claimOf("a"));
    await index.release("h", seen);
    expect(await index.holder("h")).toMatchObject({ runId: "a" });
  });

  it("is held for the latest start of a run, whatever an earlier one says late", async () => {
    const index = indexOf();
    await index.claim("h", claimOf("a", 2));
    await index.claim("h", claimOf("a", 1));
    await index.release("h", claimOf("a", 1));
    expect(await index.holder("h")).toMatchObject({ runId: "a", epoch: 2 });
    await index.release("h", claimOf("a", 2));
    expect(await index.holder("h")).toBeUndefined();
  });

  it("is asked for again where it was let go of in the moment of the claim", async () => {
    let releases = 0;
    const index = indexOf(async (one) => {
      if (++releases === 1) await one.release("h", claimOf("a"));
    });
    expect(await index.claim("h", claimOf("a"))).toMatchObject({ runId: "a" });
    expect(await index.holder("h")).toMatchObject({ runId: "a" });
  });
});
