import { describe, expect, it } from "vitest";
import { parseLeftovers } from "./leftovers.ts";
import { idOfTags, mapperName, snapshotPrefix } from "./moment-names.ts";

describe("what is left on a host", () => {
  it("is what bears our tag and our name and is a snapshot, of moments whose lease is over", () => {
    const found = parseLeftovers([
      "lv vg0|root|owi-aos---|",
      "lv vg0|sampan-0123456789ab-0|sri-a-s---|sampan,sampan.id.run-1",
      "lv vg0|sampan-0123456789ab-1|sri-a-s---|sampan.id.run-1,sampan",
      "lv vg0|sampan-ba9876543210-0|sri-a-s---|sampan,sampan.id.run-2",
      "lv vg0|nightly|sri-a-s---|sampan,sampan.id.run-3",
      "lv vg0|sampan-0123456789ab-2|-wi-a-----|sampan,sampan.id.run-4",
      "lv vg0|sampan-0123456789ab-3|sri-a-s---|other",
      "lv vg0|sampan-0123456789ab-4|sri-a-s---|sampan,sampan.id.$(id)",
      "moment run-2 held",
      "moment run-5 over",
      "moment ../x over",
    ]);
    expect(found).toEqual([
      { id: "run-1", snapshots: ["vg0/sampan-0123456789ab-0", "vg0/sampan-0123456789ab-1"] },
      { id: "run-5", snapshots: [] },
    ]);
  });

  it("is known by names that fit LVM and device-mapper, however long the id", () => {
    const prefix = snapshotPrefix("-".repeat(64));
    expect(prefix).toMatch(/^sampan-[0-9a-f]{12}-$/);
    expect(mapperName("my-vg", `${prefix}0`)).toBe(`my--vg-${prefix.replaceAll("-", "--")}0`);
    expect(idOfTags(["sampan.id.run-1"])).toBeUndefined();
  });
});
