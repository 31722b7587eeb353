import { describe, expect, it } from "vitest";
import { inTurns } from "./in-turns.ts";

const turn = () => new Promise((done) => setImmediate(done));

describe("work in turns", () => {
  it("goes on for so many at once, and gives results in the order of the list", async () => {
    let [now, mostSeen] = [0, 0];
    const doubled = await inTurns([5, 1, 3, 2, 4], 2, async (number) => {
      mostSeen = Math.max(mostSeen, ++now);
      for (let round = 0; round < number; round++) await turn();
      now--;
      return number * 2;
    });
    expect(doubled).toEqual([10, 2, 6, 4, 8]);
    expect(mostSeen).toBe(2);
    expect(await inTurns([], 2, turn)).toEqual([]);
  });

  it("begins nothing after a failure, and waits for what goes on", async () => {
    const begun: string[] = [];
    const done: string[] = [];
    const work = inTurns(["slow", "fails", "never"], 2, async (name) => {
      begun.push(name);
      await turn();
      if (name === "fails") throw new Error("it failed");
      await turn();
      done.push(name);
    });
    await expect(work).rejects.toThrow("it failed");
    expect([begun, done]).toEqual([["slow", "fails"], ["slow"]]);
  });
});
