import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdsPassword } from "./holds-password.ts";

describe("a password in an address", () => {
  it.each([
    ["ssh://root:secret@web-01", true],
    ["see winrm://admin:p@ss@win.example.com for it", true],
    ["ssh://:x@", true],
    ["a://b:c/d@e", true],
    ["ssh://root@web-01:22", false],
    ["https://files.example.com:8443/a@b", true],
    ["ssh://root@[fe80::1]", false],
    ["root:secret@web-01", false],
    ["ssh://root: secret@web-01", false],
    ["", false],
  ])("in %j is %j", (text, holds) => {
    expect(holdsPassword(text)).toBe(holds);
  });

  it("is found as a search that tries every place finds it", () => {
    const letters = fc.constantFrom(":", "/", "//", "://", "@", "?", "#", " ", "\n", "\u2003", "a");
    const text = fc.array(letters, { maxLength: 14 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (given) => {
        expect(holdsPassword(given)).toBe(/:\/\/[^\s/?#]*:[^\s]*@/.test(given));
      }),
      { numRuns: 3000 },
    );
  });
});
