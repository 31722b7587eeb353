import { describe, expect, it } from "vitest";
import { chooseCiphers, fasterCiphers } from "./ssh-ciphers.ts";

const builtIn =
  "chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com";

describe("the order of ciphers", () => {
  it("has those first that processors have instructions for, and none is lost", () => {
    expect(fasterCiphers(builtIn, builtIn)).toBe(
      "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr",
    );
  });

  it("is left alone where somebody chose it, or where there is nothing to gain", () => {
    expect(fasterCiphers("aes256-ctr", builtIn)).toBeUndefined();
    expect(fasterCiphers("aes128-ctr,aes256-ctr", "aes128-ctr,aes256-ctr")).toBeUndefined();
  });

  it("is left to ssh when ssh does not tell its own, or is not there", async () => {
    expect(await chooseCiphers("false", ["--", "host"])).toBeUndefined();
    expect(await chooseCiphers("no-such-ssh", ["--", "host"])).toBeUndefined();
  });
});
