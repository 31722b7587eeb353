import { Migration } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import { assertPolicyFits, defineFleet, readFleet } from "./fleet-file.ts";
import { readInventory } from "./read-inventory.ts";
import { usualPlan } from "./usual-plan.ts";

describe("the definition of a fleet", () => {
  it("is what defineFleet was given, checked, with the path of its inventory made absolute", () => {
    const definition = defineFleet({
      inventory: "./inventory.csv",
      policy: { waves: ["1"], hostsPerSite: 5 },
    });
    expect(readFleet(definition, "/plans")).toEqual({
      inventory: "/plans/inventory.csv",
      planOf: usualPlan,
      policy: { waves: ["1"], hostsPerSite: 5 },
    });
  });

  it("may hold its hosts itself, and a plan for them", async () => {
    const plan = ({ source }: { readonly source: string }) => Migration.from(source).assess();
    const definition = defineFleet({
      inventory: {
        defaults: { site: "sh", bucket: "web", region: "cn-beijing" },
        hosts: [{ source: "ssh://a", size: 1024, rack: "B7", targets: ["cn-shanghai"] }],
      },
      plan,
    });
    const fleet = readFleet(definition, "/plans", "fleet.ts");
    expect(fleet.planOf).toBe(plan);
    const { hosts, name } = await readInventory(fleet.inventory);
    expect(name).toBe("fleet.ts");
    expect(hosts[0]).toMatchObject({ name: "a", sizeBytes: 1024, more: { rack: "B7" } });
  });

  it.each<readonly [unknown, string, string]>([
    [undefined, "FLEET_FILE_INVALID", "of type undefined"],
    [null, "FLEET_FILE_INVALID", "null"],
    [[], "FLEET_FILE_INVALID", "a list"],
    [{}, "FLEET_FILE_INVALID", "inventory is neither"],
    [{ inventory: "" }, "FLEET_FILE_INVALID", "inventory is neither"],
    [{ inventory: "a.csv", plans: 1 }, "FLEET_FILE_INVALID", '"plans" is none of its fields'],
    [{ inventory: "a.csv", plan: Migration.from("a") }, "FLEET_FILE_INVALID", "plan is of type object"],
    [{ inventory: "a.csv", policy: { canaries: -1 } }, "FLEET_POLICY_INVALID", "canaries"],
    [{ inventory: "a.csv", policy: { wave: ["1"] } }, "FLEET_POLICY_INVALID", "wave"],
    [
      {
        inventory: "a.csv",
        policy: { blackouts: [{ from: "25:00", to: "07:00", timeZone: "Asia/Shanghai" }] },
      },
      "FLEET_POLICY_INVALID",
      "blackouts.0.from",
    ],
    [
      {
        inventory: "a.csv",
        policy: { blackouts: [{ from: "22:00", to: "07:00", timeZone: "Asia/Peking" }] },
      },
      "FLEET_POLICY_INVALID",
      "blackouts.0.timeZone",
    ],
  ])("is refused for %j", (value, code, message) => {
    expect(() => readFleet(value, "/plans")).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

describe("a policy", () => {
  it("speaks of waves and sites of the inventory, and all that it does not have are named", async () => {
    const inventory = await readInventory({
      value: [{ source: "ssh://a", site: "sh", bucket: "web", region: "cn-beijing", wave: "pilot" }],
      name: "f.json",
    });
    const hours = { from: "22:00", to: "07:00", timeZone: "Asia/Shanghai" };
    expect(() =>
      assertPolicyFits({ waves: ["pilot"], bandwidth: { sh: 1e6 }, blackouts: [hours] }, inventory),
    ).not.toThrow();
    const wrong = {
      waves: ["pilots"],
      bandwidth: { shh: 1e6 },
      blackouts: [hours, { ...hours, site: "bj" }],
    };
    expect(() => assertPolicyFits(wrong, inventory)).toThrow(
      expect.objectContaining({
        code: "FLEET_POLICY_INVALID",
        details: {
          count: 3,
          problems: [
            {
              where: "policy",
              field: "waves",
              message: 'no host of f.json is of wave "pilots"; there are pilot',
            },
            {
              where: "policy",
              field: "bandwidth",
              message: 'no host of f.json is of site "shh"; there are sh',
            },
            {
              where: "policy",
              field: "blackouts[1]",
              message: 'no host of f.json is of site "bj"; there are sh',
            },
          ],
        },
      }),
    );
  });
});
