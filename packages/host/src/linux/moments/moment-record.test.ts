import { randomBytes } from "node:crypto";
import { isSampanError, MiB } from "@sampan/core";
import { memorySource, readAll } from "@sampan/image/testing";
import { describe, expect, it } from "vitest";
import type { HeldMoment } from "../../host.ts";
import { diskWithParts } from "./disk-with-parts.ts";
import {
  type MomentRecord,
  packRecords,
  readKeptMoment,
  recordOf,
  recordParts,
  stateOf,
} from "./moment-record.ts";

const record: MomentRecord = {
  kind: "snapshot",
  sizeBytes: 100,
  stable: true,
  snapshots: [{ group: "vg0", volume: "root", uuid: "u-1", name: "sampan-0123456789ab-0", sizeBytes: 10 }],
  lvm: packRecords("/dev/sda", []),
};
const moment: HeldMoment = {
  ...{ id: "run-1", disk: "/dev/sda", consistency: "snapshot", leaseMs: 60_000 },
  ...{ made: ["LVM snapshot"], notes: ["a note"], state: stateOf(record) },
};

describe("the record of a moment", () => {
  it("comes back from its state as it was", () => {
    const kinds: MomentRecord[] = [
      record,
      { kind: "none", sizeBytes: 5 },
      { kind: "freeze", sizeBytes: 5, stable: false },
    ];
    for (const one of kinds) expect(recordOf(JSON.parse(JSON.stringify(stateOf(one))))).toEqual(one);
  });

  it("is refused when it is none, or names what could be an option", () => {
    const bad = [
      {},
      { ...stateOf(record), version: 2 },
      { ...stateOf(record), sizeBytes: -1 },
      { ...stateOf(record), snapshots: [{ group: "-rf", volume: "v", uuid: "u", name: "n", sizeBytes: 1 }] },
      { ...stateOf(record), snapshots: [{ group: "a/b", volume: "v", uuid: "u", name: "n", sizeBytes: 1 }] },
      { ...stateOf(record), kind: "freeze", stable: "yes" },
    ];
    for (const state of bad) {
      let thrown: unknown;
      try {
        recordOf(state as never);
      } catch (error) {
        thrown = error;
      }
      expect(isSampanError(thrown, "HOST_MOMENT_LOST")).toBe(true);
    }
  });

  it("shows packed records in their places, and zeros in the rest of their areas", async () => {
    const pieces = [
      { offset: 100, bytes: Uint8Array.of(1, 2, 3) },
      { offset: 110, bytes: Uint8Array.of(4) },
    ];
    const packed = packRecords("/dev/sda", [{ areas: [{ offset: 90, length: 40 }], pieces }]);
    const disk = memorySource(new Uint8Array(200).fill(9));
    const shown = await readAll(diskWithParts(disk, recordParts(packed), true));
    const expected = new Uint8Array(200).fill(9);
    expected.fill(0, 90, 130);
    expected.set([1, 2, 3], 100);
    expected[110] = 4;
    expect([...shown]).toEqual([...expected]);
  });

  it("carries no more of LVM's records than a journal bears", () => {
    const random = randomBytes(MiB / 2);
    const pieces = [{ offset: 0, bytes: random }];
    expect(() => packRecords("/dev/sda", [{ areas: [], pieces }])).toThrow(/too long to be carried along/);
  });

  it("is read again from the host only as what was asked for", () => {
    const text = JSON.stringify(moment);
    expect(readKeptMoment(text, "run-1", "/dev/sda")).toEqual(moment);
    expect(readKeptMoment(text, "run-2", "/dev/sda")).toBeUndefined();
    expect(readKeptMoment(text, "run-1", "/dev/sdb")).toBeUndefined();
    expect(readKeptMoment(text.slice(1), "run-1", "/dev/sda")).toBeUndefined();
    expect(readKeptMoment(JSON.stringify({ ...moment, notes: [1] }), "run-1", "/dev/sda")).toBeUndefined();
  });
});
