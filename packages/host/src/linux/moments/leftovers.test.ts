import { describe, expect, it } from "vitest";
import type { Shell } from "../../connection/shell.ts";
import { listMoments, parseLeftovers } from "./leftovers.ts";
import { idOfTags, mapperName, snapshotPrefix } from "./moment-names.ts";
import { recordOf, stateOf } from "./moment-record.ts";
import { leftoverScript, statusScript } from "./scripts.ts";

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
    expect(found.held).toEqual(["run-2"]);
    expect(found.left).toEqual([
      { id: "run-1", snapshots: ["vg0/sampan-0123456789ab-0", "vg0/sampan-0123456789ab-1"] },
      { id: "run-5", snapshots: [] },
    ]);
  });

  it("is listed as moments, beside those that are held", async () => {
    const held = {
      id: "run-2",
      disk: "/dev/sda",
      consistency: "freeze",
      leaseMs: 9000,
      made: ["freeze of /"],
      notes: [],
    };
    const kept = { ...held, state: stateOf({ kind: "freeze", sizeBytes: 5, stable: true }) };
    const answers = new Map([
      [leftoverScript, "lv vg0|sampan-0123456789ab-0|sri-a-s---|sampan,sampan.id.run-1\nmoment run-2 held\n"],
      [statusScript, `folder /run/sampan/run-2\nheld\nmoment\n${JSON.stringify(kept)}`],
    ]);
    const script = async (text: string, args: readonly string[]) => {
      // No lease is given: looking at a moment of somebody else must not keep it alive.
      if (text === statusScript) expect(args).toEqual(["run-2", ""]);
      return { exitCode: 0, stderr: "", stdout: new TextEncoder().encode(answers.get(text) ?? "") };
    };
    const found = await listMoments({ title: "web-01", script } as unknown as Shell);
    expect(found[1]).toEqual(kept);
    expect(found[0]).toMatchObject({
      id: "run-1",
      leaseMs: 0,
      made: ["LVM snapshot vg0/sampan-0123456789ab-0"],
    });
    expect(recordOf(found[0]?.state ?? {})).toMatchObject({
      snapshots: [{ group: "vg0", name: "sampan-0123456789ab-0" }],
    });
  });

  it("is known by names that fit LVM and device-mapper, however long the id", () => {
    const prefix = snapshotPrefix("-".repeat(64));
    expect(prefix).toMatch(/^sampan-[0-9a-f]{12}-$/);
    expect(mapperName("my-vg", `${prefix}0`)).toBe(`my--vg-${prefix.replaceAll("-", "--")}0`);
    expect(idOfTags(["sampan.id.run-1"])).toBeUndefined();
  });
});
