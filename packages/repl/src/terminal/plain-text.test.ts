import { describe, expect, it } from "vitest";
import { oneLine, plainText, safeJson } from "./plain-text.ts";

describe("foreign text", () => {
  it("loses escape sequences, bells, C1 controls and marks that turn its direction", () => {
    expect(oneLine("a\u001b[31mb\u0007c\u009b2Jd\u202ee")).toBe("a\uFFFD[31mb\uFFFDc\uFFFD2Jd\uFFFDe");
  });

  it("becomes one line where one line is meant", () => {
    expect(oneLine("first\nsecond\tthird\r")).toBe("first second third ");
  });

  it("keeps line feeds and tabs where several lines are meant", () => {
    expect(plainText("a\r\nb\tc\u001b[0m")).toBe("a\nb\tc\uFFFD[0m");
  });

  it("is escaped in JSON even where JSON allows it raw, and reads back the same", () => {
    const value = { name: "x\u009b31m\u007f\u2028" };
    const text = safeJson(value);
    expect(text).toBe('{"name":"x\\u009b31m\\u007f\\u2028"}');
    expect(JSON.parse(text)).toEqual(value);
  });
});
