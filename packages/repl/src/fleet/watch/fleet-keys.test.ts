import { describe, expect, it } from "vitest";
import { keysIn, pressed } from "./fleet-keys.ts";
import { firstPlace } from "./fleet-style.ts";

const extent = { hosts: 100, page: 10 };

describe("the keys of a dashboard", () => {
  it.each([
    ["\u001b[B", 6],
    ["j", 6],
    ["\u001b[A", 4],
    ["\u001b[6~", 15],
    ["\u001b[5~", 0],
    ["g", 0],
    ["G", 90],
  ])("scroll by %j", (key, first) => {
    expect(pressed({ first: 5, only: "all" }, key, extent)).toEqual({
      kind: "place",
      place: { first, only: "all" },
    });
  });

  it("scroll at once from the end, also where there are fewer hosts than before", () => {
    expect(pressed({ first: 500, only: "all" }, "k", extent)).toEqual({
      kind: "place",
      place: { first: 89, only: "all" },
    });
    expect(pressed(firstPlace, "j", { hosts: 3, page: 10 })).toEqual({ kind: "place", place: firstPlace });
  });

  it("choose which hosts are shown, from the first on", () => {
    expect(pressed({ first: 5, only: "all" }, "f", extent)).toEqual({
      kind: "place",
      place: { first: 0, only: "failed" },
    });
  });

  it("are told apart where several come at once", () => {
    expect(keysIn("a\u001b[6~j\u001bOA\u001b[1;5B\u0003")).toEqual([
      "a",
      "\u001b[6~",
      "j",
      "\u001bOA",
      "\u001b[1;5B",
      "\u0003",
    ]);
  });

  it("leave, interrupt, or do nothing", () => {
    expect(pressed(firstPlace, "q", extent)).toEqual({ kind: "leave" });
    expect(pressed(firstPlace, "\u0003", extent)).toEqual({ kind: "interrupt" });
    for (const key of ["x", "\u001b", "toString", "constructor", ""])
      expect(pressed(firstPlace, key, extent)).toBe(null);
  });
});
