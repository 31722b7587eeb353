import { describe, expect, it } from "vitest";
import { emptyRecord, type RunRecord } from "./fold-run.ts";
import { readTogether } from "./run-status.ts";

const recordOf = (end: RunRecord["end"]): RunRecord => ({ ...emptyRecord(), end });

describe("where a run stands", () => {
  it("is never interrupted for one that wrote its end and let go while it was looked at", () => {
    let isHeld = true;
    let end: RunRecord["end"] = null;
    const told = readTogether(
      () => {
        const record = recordOf(end);
        end = "cancelled";
        isHeld = false;
        return record;
      },
      () => isHeld,
    );
    expect(told).toMatchObject({ isWorkedOn: true, record: { end: null } });
  });

  it("is that of one that is taken up while it is looked at", () => {
    let asked = 0;
    const told = readTogether(
      () => recordOf(null),
      () => asked++ > 0,
    );
    expect(told.isWorkedOn).toBe(true);
  });

  it.each([
    [null, false],
    ["failed", false],
    ["finished", true],
  ] as const)("is what the record says of one that ended as %s, worked on: %s", (end, isHeld) => {
    expect(
      readTogether(
        () => recordOf(end),
        () => isHeld,
      ),
    ).toMatchObject({ record: { end }, isWorkedOn: isHeld });
  });
});
