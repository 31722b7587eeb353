import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseWinrmTarget, splitUser } from "./winrm-target.ts";

describe("the address of a Windows host", () => {
  it("names a host, a user, and a port where that is not the usual one", () => {
    const user = "Administrator";
    expect(parseWinrmTarget("winrm://Administrator@web-01")).toEqual({
      host: "web-01",
      port: 5985,
      tls: false,
      user,
    });
    expect(parseWinrmTarget("winrms://Administrator@web-01/")).toEqual({
      host: "web-01",
      port: 5986,
      tls: true,
      user,
    });
    expect(parseWinrmTarget("winrm://Administrator@[fe80::1]:80")).toEqual({
      host: "fe80::1",
      port: 80,
      tls: false,
      user,
    });
  });

  it("takes a domain before the user, or after it", () => {
    expect(splitUser(parseWinrmTarget("winrm://CORP%5Cj%C3%BCrgen@h").user)).toEqual({
      domain: "CORP",
      user: "jürgen",
    });
    expect(splitUser(parseWinrmTarget("winrm://a%40corp.example@h").user)).toEqual({
      domain: "",
      user: "a@corp.example",
    });
    expect(splitUser(".\\admin")).toEqual({ domain: "", user: "admin" });
  });

  it("is refused with a password, which would be printed", () => {
    expect(() => parseWinrmTarget("winrm://a:secret@h")).toThrow(/password/);
    expect(() => parseWinrmTarget("winrm://a:secret@h")).not.toThrow(/secret/);
  });

  it("is refused where it says anything else", () => {
    const wrong = [
      "",
      "web-01",
      "ssh://a@h",
      "winrm://h",
      "winrm://a@",
      "winrm://a@h/x",
      "winrm://a@h?x=1",
      "winrm://a%0Ab@h",
    ];
    for (const address of wrong) {
      expect(() => parseWinrmTarget(address)).toThrow(
        expect.objectContaining({ code: "HOST_SOURCE_INVALID" }),
      );
    }
  });

  it("throws nothing else, whatever is given", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `winrm://${text}`),
        ),
        (address) => {
          try {
            const { host, user } = parseWinrmTarget(address);
            expect(host).not.toBe("");
            expect(user).not.toBe("");
          } catch (error) {
            expect(error).toMatchObject({ code: "HOST_SOURCE_INVALID" });
          }
        },
      ),
    );
  });
});
