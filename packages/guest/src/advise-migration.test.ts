import { GiB } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AdviceInput, adviseMigration } from "./advise-migration.ts";

const system = { system: true, sizeBytes: 40 * GiB, usedBytes: 10 * GiB };
const data = { system: false, sizeBytes: 1000 * GiB, usedBytes: 800 * GiB };
const line = (mbit: number): AdviceInput["bandwidth"] => ({ bitsPerSecond: mbit * 1e6, kind: "measured" });

describe("the advice on a migration", () => {
  it("sends images where a night and a week are enough, and says how it came to that", () => {
    const advice = adviseMigration({ hosts: 10, disks: [system], bandwidth: line(100) });
    expect(advice).toMatchObject({ approach: "image", dataDisks: null });
    // 10 GiB at 12.5 MB/s are 859 s, at 30 MB/s 358 s.
    expect(advice.estimate).toEqual({
      bytesPerHost: 10 * GiB,
      bytesToSend: 100 * GiB,
      bytesPerSecond: 12.5e6,
      hoursPerHost: 0.34,
      sendingHours: 2.39,
      importingHours: 0.1,
      hoursInAll: 2.49,
      dominatedBy: "sending",
    });
    expect(advice.reasons[0]).toContain("100 GiB from 10 hosts");
  });

  it("advises against images for many hosts behind a poor network", () => {
    const advice = adviseMigration({ hosts: 500, disks: [system], bandwidth: line(20) });
    expect(advice.approach).toBe("redeploy-or-file-sync");
    expect(advice.reasons.join(" ")).toMatch(/All hosts would take [\d.]+ h, more than 168 h/);
  });

  it("advises against an image that keeps one host at rest for too long", () => {
    const advice = adviseMigration({
      hosts: 1,
      disks: [{ ...system, usedBytes: 400 * GiB }],
      bandwidth: line(50),
    });
    expect(advice.approach).toBe("redeploy-or-file-sync");
    expect(advice.reasons.join(" ")).toMatch(/One host would be at rest for [\d.]+ h, more than 8 h/);
  });

  it("sends the system disk and lets the data follow where only that fits", () => {
    const advice = adviseMigration({ hosts: 1, disks: [system, data], bandwidth: line(100) });
    expect(advice).toMatchObject({ approach: "image", dataDisks: "file-sync" });
    expect(advice.estimate.bytesToSend).toBe(10 * GiB);
    expect(adviseMigration({ hosts: 1, disks: [system, data], bandwidth: line(1000) }).approach).toBe(
      "image",
    );
  });

  it("counts a whole disk whose use is unknown, 80 % of a stated line, and names an import that takes longest", () => {
    const unknown = { ...system, usedBytes: null };
    const stated = adviseMigration({
      hosts: 1,
      disks: [unknown],
      bandwidth: { bitsPerSecond: 8e9, kind: "stated" },
    });
    expect(stated.estimate).toMatchObject({
      bytesToSend: 40 * GiB,
      bytesPerSecond: 8e8,
      dominatedBy: "importing",
    });
    expect(stated.reasons.join(" ")).toContain("all of it counts");
  });

  it("takes limits of one's own", () => {
    const input = { hosts: 1, disks: [system], bandwidth: line(100) };
    expect(adviseMigration({ ...input, maxHoursPerHost: 0.1 }).approach).toBe("redeploy-or-file-sync");
  });

  it("never turns to images when the line becomes slower or the hosts more", () => {
    const mbit = fc.integer({ min: 1, max: 10_000 });
    const hosts = fc.integer({ min: 1, max: 2000 });
    fc.assert(
      fc.property(mbit, hosts, fc.nat(2000), (speed, count, gib) => {
        const disks = [{ ...system, usedBytes: gib * GiB }];
        const now = adviseMigration({ hosts: count, disks, bandwidth: line(speed) });
        const worse = adviseMigration({ hosts: count + 1, disks, bandwidth: line(speed / 2) });
        expect(now.approach === "redeploy-or-file-sync" && worse.approach === "image").toBe(false);
        expect(worse.estimate.hoursInAll).toBeGreaterThanOrEqual(now.estimate.hoursInAll);
      }),
    );
  });

  it.each([{ hosts: 0 }, { bandwidth: line(0) }, { disks: [{ ...system, sizeBytes: Number.NaN }] }])(
    "refuses what cannot be: %j",
    (change) => {
      const input = { hosts: 1, disks: [system], bandwidth: line(10), ...change };
      expect(() => adviseMigration(input)).toThrow(expect.objectContaining({ code: "CORE_ARGUMENT" }));
    },
  );
});
