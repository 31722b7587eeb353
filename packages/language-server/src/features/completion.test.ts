import { describe, expect, it } from "vitest";
import { edited, markedPlan } from "../testing/marked-plan.ts";
import { cloudCatalogue } from "./cloud-catalogue.ts";
import { type CompletionContext, completions } from "./completion.ts";
import { type KnownNames, noNames } from "./known-names.ts";

const names: KnownNames = {
  facts: {
    buckets: {
      complete: true,
      askedAtMs: 0,
      items: [
        { name: "cold-images", region: "cn-hangzhou", storageClass: "Archive" },
        { name: "tokyo-images", region: "ap-northeast-1", storageClass: "Standard" },
        { name: "web-images", region: "cn-hangzhou", storageClass: "Standard" },
      ],
    },
    zones: {
      complete: true,
      askedAtMs: 0,
      items: [
        { region: "cn-hangzhou", zone: "cn-hangzhou-i", instanceTypes: ["ecs.g7.large", "ecs.c7.large"] },
        { region: "cn-hangzhou", zone: "cn-hangzhou-j", instanceTypes: ["ecs.g7.large"] },
        { region: "cn-shanghai", zone: "cn-shanghai-b", instanceTypes: ["ecs.r7.large"] },
      ],
    },
  },
  profiles: ["receiver", "default"],
};

const base: CompletionContext = {
  language: "en",
  catalogue: cloudCatalogue,
  extraRegions: [],
  names,
  typesKnown: true,
  files: [],
};

function offered(marked: string, context: Partial<CompletionContext> = {}) {
  const { document, place } = markedPlan(marked);
  if (place === undefined) return [];
  return [...completions(document, place, { ...base, ...context })].sort((one, other) =>
    (one.sortText ?? "") < (other.sortText ?? "") ? -1 : 1,
  );
}

const labels = (marked: string, context?: Partial<CompletionContext>) =>
  offered(marked, context).map(({ label }) => label);

const upTo = 'Migration.from("a.vmdk").assess().capture().toVhd()';
const imported = `${upTo}.upload("web-images").import()`;

describe("completion in strings of a plan", () => {
  it("offers regions with both names and the date of the catalogue", () => {
    const item = offered(`${upTo}.upload("web-images").import({ region: "cn-hang|" })`)[0];
    expect(item).toMatchObject({
      label: "cn-hangzhou",
      detail: "as of 2026-11",
      labelDetails: { description: "China (Hangzhou) 华东1（杭州）" },
    });
  });

  it("puts the region of the bucket first where an image is imported, and says why the others do not fit", () => {
    const [first, second] = offered(`${upTo}.upload("tokyo-images").import({ region: "|" })`);
    expect(first).toMatchObject({ label: "ap-northeast-1" });
    expect(first?.tags).toBeUndefined();
    expect(second?.tags).toEqual([1]);
    expect(second?.detail).toContain("must lie in the image's region");
  });

  it("leaves the image's own region out of the copies", () => {
    const regions = labels(`${imported}.copyTo("cn-shanghai", "|")`);
    expect(regions).toContain("ap-southeast-1");
    expect(regions).not.toContain("cn-hangzhou");
  });

  it("offers regions that the user's settings add", () => {
    expect(labels('Migration.with({ region: "|" })', { extraRegions: ["cn-nanjing"] })).toContain(
      "cn-nanjing",
    );
  });

  it("offers buckets, those that an import cannot read last and struck through", () => {
    const buckets = offered(
      `Migration.with({ region: "cn-hangzhou" }).from("a").assess().capture().toVhd().upload("|")`,
    );
    expect(buckets.map(({ label, tags }) => [label, tags !== undefined])).toEqual([
      ["web-images", false],
      ["cold-images", true],
      ["tokyo-images", true],
    ]);
    expect(buckets[1]?.detail).toBe("storage class Archive");
    expect(buckets[2]?.detail).toContain("in ap-northeast-1; the import is in cn-hangzhou");
  });

  it("offers zones and instance types of the region alone", () => {
    expect(labels(`${imported}.launch({ zone: "|" })`)).toEqual(["cn-hangzhou-i", "cn-hangzhou-j"]);
    const types = offered(`${imported}.launch({ instanceTypes: ["ecs.g7.large", "|"] })`);
    expect(types.map(({ label, labelDetails }) => [label, labelDetails?.description])).toEqual([
      ["ecs.c7.large", "cn-hangzhou-i"],
      ["ecs.g7.large", "cn-hangzhou-i, cn-hangzhou-j"],
    ]);
  });

  it("offers the zones of the region that a launch names", () => {
    expect(labels(`${imported}.copyTo("cn-shanghai").launch({ region: "cn-shanghai", zone: "|" })`)).toEqual([
      "cn-shanghai-b",
    ]);
  });

  it("offers profiles", () => {
    expect(labels('Migration.with({ profile: "|" })')).toEqual(["receiver", "default"]);
    expect(labels(`${imported}.launch({ profile: "re|" })`)).toEqual(["receiver", "default"]);
  });

  it("offers folders and disk images as paths, and the kinds of hosts while nothing says it is a path", () => {
    const files = ["disks/", ".git/", "notes.txt", "web-01.vmdk", "plan.migration.ts"];
    expect(labels('Migration.from("./|")', { files })).toEqual(["./disks/", "./web-01.vmdk"]);
    expect(labels('Migration.from("|")', { files }).slice(0, 2)).toEqual(["ssh://", "winrm://"]);
    expect(labels('Migration.from("disks/w|")', { files: ["web-02.qcow2"] })).toEqual(["disks/web-02.qcow2"]);
    expect(labels('Migration.from("ssh://root@|")', { files })).toEqual([]);
  });

  it("offers regions in the address of an instance", () => {
    expect(labels('Migration.from("ecs://cn-ha|")')).toContain("ecs://cn-hangzhou/");
  });

  it("writes into the quotes that are there, and brings its own where none are", () => {
    const put = (marked: string, label: string) => {
      const { document } = markedPlan(marked);
      const item = offered(marked).find((one) => one.label === label);
      return edited(document.text, [item?.textEdit as never]).split("\n")[1];
    };
    expect(put(`${upTo}.upload("tok|yo")`, "web-images")).toBe(`${upTo}.upload("web-images")`);
    expect(put(`${upTo}.upload("we|`, "web-images")).toBe(`${upTo}.upload("web-images`);
    expect(put(`${upTo}.upload(|)`, "web-images")).toBe(`${upTo}.upload("web-images")`);
  });

  it("leaves verbs, names of options and fixed values to TypeScript where it has the types", () => {
    for (const marked of [
      'Migration.from("a").|',
      `${upTo}.upload("web-images", { | })`,
      'Migration.from("a").assess().capture({ consistency: "|" })',
    ]) {
      expect(labels(marked)).toEqual([]);
    }
  });

  it("offers them itself where TypeScript has no types", () => {
    const context = { typesKnown: false };
    expect(labels('Migration.from("a").assess().capture({ consistency: "|" })', context)).toEqual([
      "snapshot",
      "freeze",
      "none",
    ]);
    expect(labels(`${upTo}.upload("b", { key: "k", | })`, context)).toEqual([
      "region",
      "createBucket",
      "overwrite",
      "parallel",
      "partBytes",
      "bytesPerSecond",
      "abortOnCancel",
    ]);
    expect(labels(`${upTo}.upload("b").import({ platform: "|" })`, context)).toContain("Debian");
  });

  it("works, if less, with nothing known of the account", () => {
    expect(labels(`${upTo}.upload("|")`, { names: noNames })).toEqual([]);
    expect(labels(`${imported}.copyTo("|")`, { names: noNames }).length).toBe(cloudCatalogue.regions.length);
  });

  it("offers nothing in strings of no plan", () => {
    expect(labels('console.log("cn-|")')).toEqual([]);
  });
});
