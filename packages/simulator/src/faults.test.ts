import { expect, it } from "vitest";
import { type Fault, FaultTable } from "./faults.ts";

const part = { service: "oss", operation: "UploadPart", bucket: "b", key: "k", partNumber: 3 };

it("strikes the nth matching request, as often as told", () => {
  const faults = new FaultTable();
  faults.add({ match: { operation: "UploadPart" }, nth: 2, times: 2, effect: { kind: "dropCrc" } });
  const struck = Array.from({ length: 5 }, () => faults.strike(part)?.kind);
  expect(struck).toEqual([undefined, "dropCrc", "dropCrc", undefined, undefined]);
  expect(faults.list()[0]).toMatchObject({ seen: 5, struck: 2 });
});

it("strikes only what it matches, and the first added wins", () => {
  const faults = new FaultTable();
  faults.add({ match: { partNumber: 4 }, effect: { kind: "dropCrc" } });
  const id = faults.add({ match: { partNumber: 3 }, times: null, effect: { kind: "loseAnswer" } });
  faults.add({ effect: { kind: "changeEtag" } });
  expect(faults.strike(part)?.kind).toBe("loseAnswer");
  faults.remove(id);
  expect(faults.strike(part)?.kind).toBe("changeEtag");
  faults.clear();
  expect(faults.strike(part)).toBeUndefined();
});

it("refuses a fault that makes no sense", () => {
  const faults = new FaultTable();
  const wrong = [
    { effect: { kind: "explode" } },
    { nth: 0, effect: { kind: "dropCrc" } },
    { times: 0, effect: { kind: "dropCrc" } },
    {},
  ];
  for (const fault of wrong) expect(() => faults.add(fault as unknown as Fault)).toThrow(RangeError);
});
