import { isSampanError, type SampanError } from "@sampan/core";
import { Migration, type Plan, type Stage } from "@sampan/sdk";
import { describe, expect, it } from "vitest";
import type { FleetHost } from "../fleet-host.ts";
import { planFleet } from "./plan-fleet.ts";
import { readInventory } from "./read-inventory.ts";
import { usualPlan } from "./usual-plan.ts";

const row = { site: "sh", bucket: "web-images", region: "cn-hangzhou" };
const inventoryOf = (...hosts: readonly Readonly<Record<string, unknown>>[]) =>
  readInventory({ value: { defaults: row, hosts }, name: "fleet.json" });

async function planned(...hosts: readonly Readonly<Record<string, unknown>>[]): Promise<readonly Plan[]> {
  return planFleet(await inventoryOf(...hosts)).map(({ plan }) => plan);
}

async function problemsOf(
  planOf: (host: FleetHost) => unknown,
  ...hosts: readonly Readonly<Record<string, unknown>>[]
): Promise<readonly string[]> {
  const inventory = await inventoryOf(...hosts);
  let error: SampanError | undefined;
  try {
    planFleet(inventory, planOf as (host: FleetHost) => Stage<unknown>);
  } catch (thrown) {
    if (isSampanError(thrown, "FLEET_PLAN_INVALID")) error = thrown;
    else throw thrown;
  }
  const { problems = [] } = (error?.details ?? {}) as {
    problems?: { where: string; field: string; message: string }[];
  };
  return problems.map(({ where, field, message }) => `${where} ${field}: ${message}`);
}

const web = { source: "ssh://root@web-01", targets: ["cn-shanghai"], disks: ["/dev/sda", "/dev/sdb"] };
const db = { source: "ssh://root@db-01" };

describe("the plans of a fleet", () => {
  it("judge, mend, capture, send, import and copy each host as its row says", async () => {
    const [first, second] = await planned(web, db);
    expect(first?.steps).toEqual([
      { verb: "assess", options: {} },
      { verb: "prepare", options: {} },
      { verb: "capture", options: { disks: ["/dev/sda", "/dev/sdb"] } },
      { verb: "toVhd", options: {} },
      { verb: "upload", options: { bucket: "web-images", region: "cn-hangzhou" } },
      { verb: "import", options: { name: "web-01" } },
      { verb: "copyTo", options: { regions: ["cn-shanghai"] } },
    ]);
    expect(second?.steps.map(({ verb }) => verb)).not.toContain("copyTo");
    expect(second?.source).toEqual({ kind: "ssh", host: "db-01", user: "root" });
  });

  it("make an image of an instance where it is", async () => {
    const [plan] = await planned({
      source: "ecs://cn-hangzhou/i-bp1",
      name: "web-01",
      targets: ["cn-beijing"],
    });
    expect(plan?.steps.map(({ verb }) => verb)).toEqual(["assess", "snapshot", "createImage", "copyTo"]);
    await expect(inventoryOf({ source: "ecs://cn-beijing/i-bp1" })).rejects.toMatchObject({
      message: expect.stringContaining("the instance is in cn-beijing"),
    });
  });

  it("name images as ECS takes names", async () => {
    const plans = await planned(
      { source: "ssh://10.0.0.5" },
      { source: "ssh://x" },
      { source: "ssh://aliyun-1" },
    );
    const names = plans.map(({ steps }) => steps.find((step) => step.verb === "import")?.options);
    expect(names).toEqual([{ name: "host-10.0.0.5" }, { name: "host-x" }, { name: "host-aliyun-1" }]);
  });

  it("leave paths as they are written, or make them absolute from a folder", async () => {
    const inventory = await inventoryOf({ source: "exports/web-01.vmdk" });
    expect(planFleet(inventory)[0]?.plan.source).toEqual({ kind: "image-file", path: "exports/web-01.vmdk" });
    const [absolute] = planFleet(inventory, usualPlan, { baseFolder: "/plans" });
    expect(absolute?.plan.source).toEqual({ kind: "image-file", path: "/plans/exports/web-01.vmdk" });
  });

  it("come from a function of the user's, which has the row and cannot change it", async () => {
    const planOf = (host: FleetHost) => {
      expect(() => {
        (host.targets as string[]).push("cn-beijing");
      }).toThrow(TypeError);
      return Migration.from(host.source).assess({
        profile: host.more.rack === "B7" ? "current" : "whitepaper-2017",
      });
    };
    const inventory = await inventoryOf({ ...web, rack: "B7" }, db);
    expect(planFleet(inventory, planOf).map(({ plan }) => plan.steps)).toEqual([
      [{ verb: "assess", options: { profile: "current" } }],
      [{ verb: "assess", options: { profile: "whitepaper-2017" } }],
    ]);
  });

  it.each<readonly [string, unknown, string]>([
    ["nothing", () => undefined, "its plan is nothing, no chain of Migration"],
    ["a promise", () => Promise.resolve(1), "its plan is a promise, no chain of Migration"],
    ["a list", () => [Migration.from("a").assess()], "its plan is a list, no chain of Migration"],
    ["a function", () => () => 1, "its plan is a function, no chain of Migration"],
    [
      "no step",
      (host: FleetHost) => Migration.from(host.source),
      "its plan has no step: nothing would be done",
    ],
    [
      "an error of its own",
      () => {
        throw new TypeError("x is\nundefined");
      },
      "its plan ended in unexpected x is undefined",
    ],
  ])("are refused for a function that gives %s, for every host", async (_, planOf, message) => {
    expect(await problemsOf(planOf as () => unknown, web, db)).toEqual([
      `fleet.json hosts[0] web-01: ${message}`,
      `fleet.json hosts[1] db-01: ${message}`,
    ]);
  });

  it("say what the usual plan cannot do", async () => {
    const [problem] = await problemsOf(usualPlan, { source: "winrm://admin@win-01" });
    expect(problem).toMatch(
      /^fleet\.json hosts\[0\] win-01: .*no fix-up writes into a copy of Windows.*Mend the host itself/,
    );
  });
});

describe("two plans of a fleet", () => {
  const upTo = (name: string, key?: string) => (host: FleetHost) =>
    Migration.from(host.source)
      .assess()
      .capture({ disks: ["sda", "sdb"] })
      .toVhd()
      .upload("web-images", key === undefined ? {} : { key })
      .import({ name: name === "" ? host.name : name });

  it("may not make one image, nor write one object", async () => {
    expect(await problemsOf(upTo("golden"), web, db)).toEqual([
      "fleet.json hosts[1] db-01: makes the image golden in cn-hangzhou, as web-01 does",
    ]);
    expect(await problemsOf(upTo("", "disk.vhd"), web, db)).toEqual([
      "fleet.json hosts[1] db-01: makes the object oss://web-images/disk.vhd, as web-01 does",
      "fleet.json hosts[1] db-01: makes the object oss://web-images/disk-disk1.vhd, as web-01 does",
    ]);
    expect(await problemsOf(upTo(""), web, db)).toEqual([]);
  });

  it("may not copy an image to where another is made or copied under its name", async () => {
    const planOf = (host: FleetHost) => {
      const image = Migration.from(host.source)
        .assess()
        .capture()
        .toVhd()
        .upload(host.bucket)
        .import({ name: "golden" });
      return host.targets.length === 0 ? image : image.copyTo(...host.targets, { name: "golden" });
    };
    const elsewhere = { ...db, bucket: "sh-images", region: "cn-shanghai" };
    expect(await problemsOf(planOf, web, elsewhere)).toEqual([
      "fleet.json hosts[1] db-01: makes the image golden in cn-shanghai, as web-01 does",
    ]);
    expect(await problemsOf(planOf, { ...web, targets: [] }, elsewhere)).toEqual([]);
  });

  it("may not read one host, unless the inventory has it twice", async () => {
    const mixedUp = () => Migration.from("ssh://root@web-01").assess();
    expect(await problemsOf(mixedUp, web, db)).toEqual([
      "fleet.json hosts[1] db-01: reads ssh://root@web-01, as the plan of web-01 does",
    ]);
    const halves = [
      { ...web, name: "a", disks: ["sda"] },
      { ...web, name: "b", disks: ["sdb"] },
    ];
    expect(await problemsOf(usualPlan, ...halves)).toEqual([]);
  });
});
