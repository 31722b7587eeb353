import { describe, expect, it } from "vitest";
import { outlinePlan } from "../plans/outline.ts";
import { planArgument, samePlan } from "../runs/plan-place.ts";
import { planItems } from "../testing/plan-items.ts";
import { ChainIds, namedPlans } from "./chain-ids.ts";

const uri = "file:///ws/a.migration.ts";
const text = `export const one = Migration.from("a.vmdk");
const spare = Migration.from("b.vmdk");
export default hosts.map((host) => Migration.from(host).assess());`;
const chains = outlinePlan(text);
const starts = text
  .split("\n")
  .map((_line, index, lines) => lines.slice(0, index).join("\n").length + (index && 1));
const offsetOf = ({ line, character }: { readonly line: number; readonly character: number }) =>
  (starts[line] ?? 0) + character;
const told = (id: string, line: number, plan: string | null, source: string | null = null) => ({
  id,
  title: id,
  source,
  plan,
  start: { line, character: (text.split("\n")[line] ?? "").indexOf("Migration") },
});
const answer = {
  plans: [
    told("default[0]", 2, "1", "ssh://c"),
    told("default[1]", 2, "2"),
    told("one", 0, "one", "a.vmdk"),
    told("spare", 1, null, "b.vmdk"),
  ],
};
const plans = namedPlans(answer, chains, offsetOf);

describe("the server's names of plans", () => {
  it("stand beside the chains of the outline, several beside one", () => {
    expect(plans.map(({ id, chain, plan }) => [id, chain, plan])).toEqual([
      ["default[0]", 2, "1"],
      ["default[1]", 2, "2"],
      ["one", 0, "one"],
      ["spare", 1, null],
    ]);
  });

  it("are left out where they are malformed or have no place", () => {
    for (const wrong of [null, {}, { plans: 3 }, { plans: [null, { id: 1 }, { id: "x" }] }]) {
      expect(namedPlans(wrong, chains, offsetOf)).toEqual([]);
    }
    expect(namedPlans(answer, [], offsetOf)).toEqual([]);
  });

  it("are kept by file, and are part of a place only where its chain makes several plans", () => {
    const ids = new ChainIds();
    expect(ids.take(uri, plans)).toBe(true);
    expect(ids.take(uri, [...plans])).toBe(false);
    expect(ids.placeOf({ uri, chain: 2, id: "default[1]" })).toEqual({ uri, chain: 2, id: "default[1]" });
    expect(ids.placeOf({ uri, chain: 0, id: "one" })).toEqual({ uri, chain: 0 });
    expect(ids.placeOf({ uri: "file:///other", chain: 2, id: "x" })).toEqual({
      uri: "file:///other",
      chain: 2,
    });
  });
});

describe("what a place is run by", () => {
  it("is the plan that is named, and where one is meant by its chain that one", () => {
    expect(planArgument({ uri, chain: 2, id: "default[1]" }, plans, 3)).toEqual({ plan: "2" });
    expect(planArgument({ uri, chain: 0 }, plans, 3)).toEqual({ plan: "one" });
  });

  it("is asked for where one text makes several and none is named", () => {
    expect(planArgument({ uri, chain: 2 }, plans, 3)).toMatchObject({
      several: [{ id: "default[0]" }, { id: "default[1]" }],
    });
  });

  it("is nothing for a plan that nothing exports, never the file with the others", () => {
    expect(planArgument({ uri, chain: 1 }, plans, 3)).toEqual({ several: [] });
    // Nothing of the file is known to be exported: the program says what it finds.
    const unknown = plans.map((one) => ({ ...one, plan: null }));
    expect(planArgument({ uri, chain: 1 }, unknown, 3)).toEqual({ plan: null });
  });

  it("is told by its text where its name was of before an edit", () => {
    expect(planArgument({ uri, chain: 0, id: "two" }, plans, 3)).toEqual({ plan: "one" });
    expect(planArgument({ uri, chain: 2, id: "default[7]" }, plans, 3)).toMatchObject({
      several: [{ id: "default[0]" }, { id: "default[1]" }],
    });
  });

  it("is the file where it holds no other plan, and its number before the server has told", () => {
    const [first] = plans;
    expect(planArgument({ uri, chain: 2 }, first ? [first] : [], 1)).toEqual({ plan: null });
    expect(planArgument({ uri, chain: 0 }, [], 1)).toEqual({ plan: null });
    expect(planArgument({ uri, chain: 1 }, [], 3)).toEqual({ plan: "2" });
  });
});

describe("rows of the Testing view", () => {
  it("are one for each plan, before the server has told one for each text", () => {
    const rows = planItems(uri, chains, plans);
    expect(rows.map(({ id, source }) => [id, source])).toEqual([
      [`${uri}#0`, "a.vmdk"],
      [`${uri}#1`, "b.vmdk"],
      [`${uri}#2:default[0]`, "ssh://c"],
      [`${uri}#2:default[1]`, "default[1]"],
    ]);
    expect(planItems(uri, chains, []).map(({ id }) => id)).toEqual(
      [0, 1, 2].map((index) => `${uri}#${index}`),
    );
  });

  it("tell runs of two plans of one text apart, and give those of the text alone to each", () => {
    const [, , first, second] = planItems(uri, chains, plans).map(({ place }) => place);
    if (first === undefined || second === undefined) throw new Error("two rows are missing");
    expect(samePlan(first, second)).toBe(false);
    expect(samePlan(first, first)).toBe(true);
    expect(samePlan({ uri, chain: 2 }, second)).toBe(true);
  });
});
