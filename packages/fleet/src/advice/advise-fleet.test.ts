import { GiB, MiB, TiB } from "@sampan/core";
import { Migration } from "@sampan/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FleetHost, FleetMigration } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import { usualPlan } from "../inventory/usual-plan.ts";
import { adviseFleet } from "./advise-fleet.ts";
import { rateText } from "./advise-sites.ts";
import { assuming, usualAssumptions } from "./assumptions.ts";

function hostOf(name: string, change: Partial<FleetHost> = {}): FleetMigration {
  const host: FleetHost = {
    name,
    source: `ssh://root@${name}`,
    site: "sh",
    disks: [],
    bucket: "web-images",
    region: "cn-hangzhou",
    targets: [],
    wave: "1",
    owner: null,
    after: [],
    sizeBytes: 40 * GiB,
    usedBytes: 10 * GiB,
    more: {},
    ...change,
  };
  return { host, plan: usualPlan(host).plan() };
}

const many = (count: number, change: Partial<FleetHost> = {}, prefix = "h") =>
  Array.from({ length: count }, (_, index) => hostOf(`${prefix}${index}`, change));

const fast: FleetPolicy = { bandwidth: { sh: 1e9 }, hostsPerSite: 1000, hostsAtOnce: 1000 };

describe("the dry run of a fleet", () => {
  it("sums bytes by wave and site, and says honestly what is known of them", () => {
    const advice = adviseFleet([
      hostOf("a"),
      hostOf("b", { usedBytes: null, wave: "2" }),
      hostOf("c", { sizeBytes: null, usedBytes: null, site: "bj" }),
      hostOf("d", { sizeBytes: null, usedBytes: 5 * GiB, site: "bj" }),
    ]);
    expect(advice.bytes).toEqual({
      hosts: 4,
      sentBytes: 95 * GiB,
      assumedBytes: 40 * GiB,
      sizeUnknown: 2,
      usedUnknown: 1,
    });
    expect(advice.waves.map(({ wave, bytes, sites }) => [wave, bytes.sentBytes / GiB, sites])).toEqual([
      ["1", 55, ["sh", "bj"]],
      ["2", 40, ["sh"]],
    ]);
    expect(advice.sites.map(({ site, bytes }) => [site, bytes.hosts, bytes.sentBytes / GiB])).toEqual([
      ["sh", 2, 50],
      ["bj", 2, 45],
    ]);
    expect(JSON.parse(JSON.stringify(advice))).toEqual(advice);
  });

  it("tells what is sent whole of a disk whose size nobody gave as assumed, and asks for no use of it", () => {
    const whole = ({ host }: FleetMigration): FleetMigration => ({
      host,
      plan: Migration.from(host.source).assess().capture().toRaw().upload("web-images").import().plan(),
    });
    const { bytes } = adviseFleet([
      whole(hostOf("a", { sizeBytes: null, usedBytes: 5 * GiB })),
      whole(hostOf("b", { usedBytes: null })),
    ]);
    expect(bytes).toEqual({
      hosts: 2,
      sentBytes: 80 * GiB,
      assumedBytes: 40 * GiB,
      sizeUnknown: 1,
      usedUnknown: 0,
    });
  });

  it("finds hosts of a site that wait for each other, in whatever order the inventory names them", () => {
    const chain = Array.from({ length: 20 }, (_, index) =>
      hostOf(`h${index}`, index === 0 ? {} : { after: [`h${index - 1}`] }),
    );
    const bottleneckOf = (hosts: readonly FleetMigration[]) => adviseFleet(hosts, fast).sites[0]?.bottleneck;
    expect(bottleneckOf(chain)).toMatchObject({ kind: "order", name: "h19" });
    expect(bottleneckOf([...chain].reverse())).toEqual(bottleneckOf(chain));
  });

  it("takes waves one after the other, in the policy's order", () => {
    const hosts = [...many(2, { wave: "1" }, "a"), ...many(2, { wave: "pilot" }, "b")];
    const advice = adviseFleet(hosts, { waves: ["pilot"] });
    expect(advice.waves.map(({ wave }) => wave)).toEqual(["pilot", "1"]);
    expect(advice.hours).toBeCloseTo(
      advice.waves.reduce((sum, wave) => sum + wave.hours, 0),
      5,
    );
  });

  it.each<readonly [string, readonly FleetMigration[], FleetPolicy, string, string]>([
    ["the line of a site", many(100), { ...fast, bandwidth: { sh: 1e6 } }, "line", "sh"],
    ["hosts of a site at once", many(100), { ...fast, hostsPerSite: 1 }, "hosts-per-site", "sh"],
    ["hosts of the fleet at once", many(100), { ...fast, hostsAtOnce: 1 }, "hosts-at-once", ""],
    ["imports", many(100), fast, "imports", "cn-hangzhou"],
    ["copies", many(100, { targets: ["ap-southeast-1"] }), fast, "copies", "ap-southeast-1"],
    [
      "hosts that wait for each other",
      Array.from({ length: 20 }, (_, index) =>
        hostOf(`h${index}`, index === 0 ? {} : { after: [`h${index - 1}`] }),
      ).reverse(),
      fast,
      "order",
      "h19",
    ],
    [
      "one large host",
      [hostOf("small"), hostOf("large", { sizeBytes: TiB, usedBytes: TiB })],
      fast,
      "one-host",
      "large",
    ],
    [
      "blackouts",
      many(300),
      {
        ...fast,
        bandwidth: { sh: 1e6 },
        blackouts: [{ from: "08:00", to: "06:00", timeZone: "Asia/Shanghai" }],
      },
      "blackouts",
      "sh",
    ],
  ])("finds the bottleneck in %s", (_, hosts, policy, kind, name) => {
    expect(adviseFleet(hosts, policy).waves[0]?.bottleneck).toMatchObject({ kind, name });
  });

  it("counts the time of a line exactly, with what comes before and after the uploads", () => {
    const [wave] = adviseFleet(many(10), { ...fast, bandwidth: { sh: 10e6 } }).waves;
    const { assessSeconds, callSeconds, momentSeconds, prepareSeconds, layoutSeconds } = usualAssumptions;
    const before =
      3 * callSeconds.value +
      assessSeconds.value +
      momentSeconds.value +
      prepareSeconds.value +
      layoutSeconds.value;
    const after = momentSeconds.value + (40 * GiB) / usualAssumptions.importBytesPerSecond.value;
    const seconds = (100 * GiB) / 10e6 + before + after;
    expect(wave?.hours).toBeCloseTo(seconds / 3600, 1);
    expect(wave?.bottleneck.kind).toBe("line");
  });

  it("lets canaries end before the others begin", () => {
    const without = adviseFleet(many(20), fast).waves[0];
    const [wave] = adviseFleet(many(20), { ...fast, canaries: 2 }).waves;
    expect(wave?.canaries).toEqual(["h0", "h1"]);
    expect(wave?.hours).toBeGreaterThan((without?.hours ?? 0) * 1.1);
    expect(adviseFleet(many(1), { ...fast, canaries: 5 }).waves[0]?.canaries).toEqual(["h0"]);
  });

  it("goes on over the weeks where work does not fit into the open hours, and not where it does", () => {
    const nights = [{ site: "sh", from: "06:00", to: "22:00", timeZone: "Asia/Shanghai" }];
    const slow = { ...fast, bandwidth: { sh: 2e6 } };
    const long = adviseFleet(many(100), { ...slow, blackouts: nights });
    const open = adviseFleet(many(100), slow);
    expect(long.hours / open.hours).toBeCloseTo(3, 1);
    expect(long.waves[0]?.blackoutHours).toBeCloseTo(long.hours * (2 / 3), 0);
    expect(long.sites[0]?.blackoutShare).toBeCloseTo(2 / 3, 2);
    const short = adviseFleet(many(2), { ...fast, blackouts: nights });
    expect(short.waves[0]).toMatchObject({ blackoutHours: 0 });
    const elsewhere = adviseFleet(many(100), { ...slow, blackouts: [{ ...nights[0], site: "bj" } as never] });
    expect(elsewhere.hours).toBe(open.hours);
  });

  it("knows a weekend that a week's end cuts through", () => {
    const blackouts = [{ days: ["mon"] as const, from: "12:00", to: "12:00", timeZone: "UTC" }];
    const advice = adviseFleet(many(1), { ...fast, blackouts });
    expect(advice.sites[0]?.blackoutShare).toBeCloseTo(1 / 7, 2);
    // Six days in one stretch, over the end of the week.
    const long = adviseFleet(many(1, { sizeBytes: TiB, usedBytes: 0.85 * TiB }), {
      bandwidth: { sh: 2e6 },
      blackouts,
    });
    expect(long.waves[0]?.hours).toBeGreaterThan(130);
    expect(long.waves[0]?.blackoutHours).toBe(0);
  });

  it("tells what is billed, by bucket, region and pair of regions", () => {
    const { costs } = adviseFleet([
      ...many(2, { targets: ["cn-shanghai"] }, "a"),
      hostOf("b", { region: "cn-beijing", bucket: "bj-images", targets: ["cn-shanghai"] }),
    ]);
    expect(costs.map(({ kind, region, amount }) => [kind, region, amount])).toEqual([
      ["storage", "cn-hangzhou", 20 * GiB],
      ["requests", "cn-hangzhou", 2 * (1280 + 2)],
      ["storage", "cn-beijing", 10 * GiB],
      ["requests", "cn-beijing", 1282],
      ["snapshots", "cn-hangzhou", 80 * GiB],
      ["snapshots", "cn-shanghai", 120 * GiB],
      ["snapshots", "cn-beijing", 40 * GiB],
      ["traffic", "cn-shanghai", 80 * GiB],
      ["traffic", "cn-shanghai", 40 * GiB],
    ]);
    const launched = Migration.from("a.qcow2")
      .assess()
      .capture()
      .toVhd()
      .upload("web")
      .import({ strategy: "image-builder" })
      .launch()
      .plan();
    const texts = adviseFleet([{ ...hostOf("a"), plan: launched }]).costs.map(({ text }) => text);
    expect(texts).toContain("1 instance that Image Builder works on, while it does");
    expect(texts).toContain("1 instance with their disks, until they are deleted");
  });

  it("bills an object for each disk, in parts of the size that the plan says", () => {
    const host = hostOf("a", { disks: ["/dev/sda", "/dev/sdb"], usedBytes: 10 * GiB });
    const plan = Migration.from(host.host.source)
      .assess()
      .capture({ disks: ["/dev/sda", "/dev/sdb"] })
      .toVhd()
      .upload("web-images", { partBytes: 64 * MiB })
      .import()
      .plan();
    const { costs } = adviseFleet([host, { ...host, host: { ...host.host, name: "b" }, plan }]);
    expect(costs.slice(0, 2)).toMatchObject([
      { kind: "storage", text: expect.stringMatching(/^4 objects in bucket web-images/) },
      { kind: "requests", amount: 2 * (640 + 2) + 2 * (80 + 2) },
    ]);
  });

  it("names every assumption it took and none that it did not need", () => {
    const names = (...args: Parameters<typeof adviseFleet>) =>
      adviseFleet(...args).assumptions.map(({ name }) => name);
    expect(names(many(1), fast)).not.toContain("siteBytesPerSecond");
    expect(names(many(1), fast)).not.toContain("diskBytes");
    expect(names(many(1))).toContain("siteBytesPerSecond");
    expect(names(many(1, { sizeBytes: null }), fast)).toContain("diskBytes");
    expect(names(many(1, { targets: ["cn-beijing"] }), fast)).toContain("copyBytesPerSecond");
    const order = names(many(1, { sizeBytes: null, targets: ["cn-beijing", "ap-southeast-1"] }));
    expect(order).toEqual(Object.keys(usualAssumptions).filter((name) => order.includes(name as never)));
    expect(names(many(1, { targets: ["cn-beijing"] }), fast)).not.toContain("farCopyBytesPerSecond");
    const own = assuming({ importsAtOnce: 3 }, "told by the vendor");
    expect(adviseFleet(many(1), fast, own).assumptions).toContainEqual({
      name: "importsAtOnce",
      value: 3,
      unit: "at once",
      basis: { key: "own-words", facts: { words: "told by the vendor" }, text: "told by the vendor" },
    });
  });

  it("says what an empty fleet needs: nothing", () => {
    expect(adviseFleet([])).toMatchObject({ hours: 0, waves: [], sites: [], costs: [], bytes: { hosts: 0 } });
  });

  it("refuses assumptions and limits that cannot be", () => {
    expect(() => adviseFleet([], {}, assuming({ importsAtOnce: 0 }, "x"))).toThrow(
      expect.objectContaining({ code: "CORE_ARGUMENT" }),
    );
    expect(() =>
      adviseFleet([], {}, usualAssumptions, { hoursPerHost: Number.NaN, hoursPerSite: 1 }),
    ).toThrow("hoursPerHost is NaN");
    expect(() => adviseFleet([], { canaries: -1 })).toThrow(
      expect.objectContaining({ code: "FLEET_POLICY_INVALID" }),
    );
  });

  it("is never slower over a faster line, nor with more at once", () => {
    const host = fc.record({
      sizeBytes: fc.option(fc.integer({ min: GiB, max: 2 * TiB })),
      site: fc.constantFrom("a", "b"),
      wave: fc.constantFrom("1", "2"),
      targets: fc.subarray(["cn-shanghai", "ap-southeast-1"]),
    });
    fc.assert(
      fc.property(fc.array(host, { maxLength: 12 }), fc.integer({ min: 1e5, max: 1e9 }), (rows, rate) => {
        const hosts = rows.map((row, index) => hostOf(`h${index}`, { ...row, usedBytes: null }));
        const at = (factor: number, atOnce: number) =>
          adviseFleet(hosts, { bandwidth: { a: rate * factor }, hostsPerSite: atOnce }).hours;
        expect(at(2, 3)).toBeLessThanOrEqual(at(1, 3) + 1e-6);
        expect(at(1, 6)).toBeLessThanOrEqual(at(1, 3) + 1e-6);
        for (const { hours, bottleneck } of adviseFleet(hosts).waves) {
          expect(Number.isFinite(hours)).toBe(true);
          expect(bottleneck.hours).toBeLessThanOrEqual(hours + 0.02);
        }
      }),
    );
  });
});

describe("the whitepaper's advice for a site", () => {
  const kinds = (hosts: readonly FleetMigration[], policy: FleetPolicy) =>
    adviseFleet(hosts, policy).sites[0]?.advice.map(({ kind }) => kind);

  it("is images where a night and a week are enough", () => {
    expect(kinds(many(50), { bandwidth: { sh: 12.5e6 } })).toEqual(["images"]);
  });

  it("is to set up anew or synchronise files for many hosts behind a poor network, and says what line would do", () => {
    const advice = adviseFleet(many(500), { bandwidth: { sh: 2.5e6 } });
    const items = advice.sites[0]?.advice ?? [];
    expect(items.map(({ kind, basis }) => [kind, basis.text])).toEqual([
      ["redeploy-or-file-sync", "whitepaper, 5.1"],
      ["faster-line", "Sampan; the whitepaper names no other way"],
    ]);
    // 5,000 GiB in 168 hours.
    expect(items[1]?.text).toContain(rateText((5000 * GiB) / (168 * 3600)));
  });

  it("tells of devices that travel from ten TiB on, which the whitepaper does not know", () => {
    const advice = adviseFleet(many(2000), { bandwidth: { sh: 2.5e6 } });
    expect(advice.sites[0]?.advice.at(-1)).toMatchObject({
      kind: "offline",
      basis: { key: "whose.own" },
    });
  });

  it("is to let data follow by file synchronisation for hosts at rest too long, naming them", () => {
    const large = many(7, { sizeBytes: TiB, usedBytes: TiB }, "db");
    const [site] = adviseFleet([...large, hostOf("web")], { bandwidth: { sh: 20e6 } }).sites;
    expect(site).toMatchObject({ slowHosts: 7, slowestHost: "db0" });
    const item = site?.advice.find(({ kind }) => kind === "file-sync");
    expect(item?.text).toMatch(/^db0, db1, db2, db3, db4 and 2 more would be at rest for more than 8 h/);
  });
});

describe("a rate", () => {
  it.each([
    [12.5e6, "100 Mbit/s"],
    [125e6, "1 Gbit/s"],
    [130e6, "1.1 Gbit/s"],
    [1e5, "0.8 Mbit/s"],
  ])("writes %d bytes a second as %s", (rate, text) => {
    expect(rateText(rate)).toBe(text);
  });
});
