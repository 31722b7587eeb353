import { describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import { planChanges } from "./plan-changes.ts";

const uploaded = (options: { partBytes?: number; parallel?: number } = {}) =>
  Migration.from("/disks/web-01.raw").assess().capture().toVhd().upload("images", options);
const base = uploaded().import({ name: "web-01" });

describe("what changed of a plan", () => {
  it("is nothing between equal plans", () => {
    expect(planChanges(base.plan(), base.plan())).toEqual([]);
  });

  it("is told option by option, with both values", () => {
    const after = uploaded({ partBytes: 1048576, parallel: 2 }).import({ name: "web-02" }).plan();
    expect(planChanges(base.plan(), after)).toEqual([
      "upload parallel not given → 2",
      "upload partBytes not given → 1048576",
      'import name "web-01" → "web-02"',
    ]);
  });

  it("names steps that are new or gone, and each call of one verb", () => {
    const copied = base.copyTo("cn-shanghai").copyTo("cn-beijing");
    expect(planChanges(base.plan(), copied.plan())).toEqual(["copyTo is new", "copyTo 2 is new"]);
    expect(planChanges(copied.plan(), base.copyTo("cn-shanghai").plan())).toEqual(["copyTo 2 is gone"]);
  });

  it("tells another order, another source, and long values only in part", () => {
    const shared = (first: "copy" | "share") =>
      first === "copy"
        ? base.copyTo("cn-shanghai").shareWith("1234567890123456")
        : base.shareWith("1234567890123456").copyTo("cn-shanghai");
    expect(planChanges(shared("copy").plan(), shared("share").plan())).toEqual([
      "the steps stand in another order",
    ]);
    const other = Migration.from("/disks/web-02.raw").assess();
    const moved = Migration.from("/disks/web-01.raw").assess({
      accept: { "GUESTOS.SystemImage": "x".repeat(500) },
    });
    const [source, option] = planChanges(other.plan(), moved.plan());
    expect(source).toBe("from /disks/web-02.raw → /disks/web-01.raw");
    expect(option).toMatch(/^assess accept not given → .{120}…$/);
  });
});
