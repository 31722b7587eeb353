import { describe, expect, it } from "vitest";
import { errorCodeEntry, errorCodes } from "./error-codes/index.ts";
import { asSampanError, fromErrorRecord, isSampanError, SampanError, toErrorRecord } from "./errors.ts";

describe("a SampanError", () => {
  it("brings the cure of its code as its hint unless it has a better one", () => {
    expect(new SampanError("IMAGE_RANGE", "x").hint).toBe(errorCodes.IMAGE_RANGE.cure);
    expect(new SampanError("IMAGE_RANGE", "x", { hint: "y" }).hint).toBe("y");
  });

  it("is recognised across two copies of the class, and by code", () => {
    const copy = Object.create({ [Symbol.for("sampan.error")]: true }, { code: { value: "IMAGE_RANGE" } });
    expect(isSampanError(copy)).toBe(true);
    expect(isSampanError(copy, "IMAGE_RANGE")).toBe(true);
    expect(isSampanError(copy, "IMAGE_CORRUPT")).toBe(false);
    expect(isSampanError(new Error("x"))).toBe(false);
    expect(isSampanError(undefined)).toBe(false);
  });

  it("survives the way through a record, with the messages of its causes", () => {
    const cause = new Error("outer", { cause: new Error("inner") });
    const error = new SampanError("CLOUD_UNREACHABLE", "sending part 3", {
      cause,
      retryable: true,
      details: { part: 3 },
    });
    const record = JSON.parse(JSON.stringify(toErrorRecord(error)));
    expect(record.causes).toEqual(["outer", "inner"]);
    const back = fromErrorRecord(record);
    expect(back).toMatchObject({
      code: "CLOUD_UNREACHABLE",
      message: "sending part 3",
      retryable: true,
      details: { part: 3 },
    });
  });

  it("is what anything else thrown becomes, as CORE_INTERNAL with the thing itself as its cause", () => {
    const thrown = new TypeError("x is not a function");
    const error = asSampanError(thrown);
    expect(error).toMatchObject({ code: "CORE_INTERNAL", cause: thrown });
    expect(asSampanError(error)).toBe(error);
    expect(asSampanError("text").message).toContain("text");
  });
});

describe("the table of codes", () => {
  it.each(Object.entries(errorCodes))("explains %s in whole sentences", (code, entry) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
    expect(entry.meaning).toMatch(/^[A-Z].*\.$/);
    expect(entry.cure).toMatch(/^[A-Z`].*\.$/);
  });

  it("knows only its own codes", () => {
    expect(errorCodeEntry("toString")).toBeUndefined();
    expect(errorCodeEntry("IMAGE_RANGE")?.meaning).toBe(errorCodes.IMAGE_RANGE.meaning);
  });
});
