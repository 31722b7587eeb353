import { fileURLToPath } from "node:url";
import { adviseFleet, assertPolicyFits, planFleet, readFleet, readInventory } from "@sampan/fleet";
import { expect, it } from "vitest";
import definition from "../../examples/fleet/fleet.ts";

const folder = fileURLToPath(new URL("../../examples/fleet", import.meta.url));

it("the example of a fleet has plans for its hosts, a policy that fits them, and an advice", async () => {
  const { inventory: from, planOf, policy } = readFleet(definition, folder, "fleet.ts");
  const inventory = await readInventory(from, { waves: policy.waves ?? [] });
  expect(inventory.warnings).toEqual([]);
  expect(() => assertPolicyFits(policy, inventory)).not.toThrow();
  const migrations = planFleet(inventory, planOf);
  expect(migrations.map(({ host }) => host.name)).toEqual([
    "intranet-01",
    "db-01",
    "web-01",
    "web-02",
    "mail-01",
    "files-01",
  ]);
  const captures = migrations.map(({ plan }) => plan.steps.find(({ verb }) => verb === "capture")?.options);
  expect(captures.filter((options) => "consistency" in (options ?? {}))).toHaveLength(6);
  expect(captures[1]).toEqual({ consistency: "freeze" });
  const advice = adviseFleet(migrations, policy);
  expect(advice.waves.map(({ wave, canaries }) => [wave, canaries])).toEqual([
    ["pilot", ["intranet-01"]],
    ["2", ["db-01"]],
  ]);
  expect(advice.bytes).toMatchObject({ hosts: 6, sizeUnknown: 1, usedUnknown: 1 });
  expect(advice.sites).toHaveLength(2);
});
