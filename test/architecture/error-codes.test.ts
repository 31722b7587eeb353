import { type ErrorCode, errorCodeEntry, errorCodes } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { readSourceFiles } from "./source-files.ts";

const codes = Object.keys(errorCodes) as ErrorCode[];
const sources = readSourceFiles().filter((file) => !file.isTest && !file.path.includes("/src/testing/"));

describe("the table of error codes", () => {
  it.each(codes)("%s has a meaning and a cure, each in whole sentences", (code) => {
    const entry = errorCodeEntry(code);
    expect(code).toMatch(/^[A-Z]+(_[A-Z0-9]+)+$/);
    expect(entry?.meaning).toMatch(/^[A-Z`].{10,}\.$/s);
    expect(entry?.cure).toMatch(/^[A-Z`].{10,}[.)`]$/s);
  });

  it("holds no code that nothing throws", () => {
    const using = sources.filter((file) => !file.path.startsWith("packages/core/src/error-codes/"));
    const unused = codes.filter((code) => !using.some((file) => file.text.includes(`"${code}"`)));
    expect(unused).toEqual([]);
  });
});
