import { simulatorRegions } from "@sampan/simulator";
import { expect, it } from "vitest";
import { regionId } from "./option-parts.ts";
import { knownRegions } from "./regions.ts";

it("knows the regions of a rehearsal under the same names, and marks those that take nothing new", () => {
  const open = knownRegions.filter(({ closed }) => !closed).map(({ id, name }) => ({ id, name }));
  expect(open).toEqual(simulatorRegions);
  for (const { id } of knownRegions) expect(regionId.safeParse(id).success, id).toBe(true);
});
