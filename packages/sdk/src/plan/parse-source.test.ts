import { isSampanError } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { Migration } from "../fluent/migration.ts";
import { parseSource } from "./parse-source.ts";
import { planFingerprint, resolvePlan } from "./plan.ts";
import { resolveSource } from "./resolve-source.ts";
import { hostIdentity, type SourceSpec, sourceTitle } from "./sources.ts";

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isSampanError(error)) return `${error.code}: ${error.message} ${error.hint}`;
    throw error;
  }
  return "not refused";
}

describe("a source as people write it", () => {
  it.each<[string, SourceSpec]>([
    ["./web-01.vmdk", { kind: "image-file", path: "./web-01.vmdk" }],
    ["file:///exports/a%20b.raw", { kind: "image-file", path: "/exports/a b.raw" }],
    ["ssh://web-01", { kind: "ssh", host: "web-01" }],
    ["ssh://root@web-01:2222", { kind: "ssh", host: "web-01", user: "root", port: 2222 }],
    ["ssh://root@[2001:db8::7]:22/", { kind: "ssh", host: "2001:db8::7", user: "root", port: 22 }],
    ["SSH://10.0.0.7", { kind: "ssh", host: "10.0.0.7" }],
    ["local://", { kind: "local" }],
    ["winrm://CORP%5Cadmin@files-01", { kind: "winrm", host: "files-01", user: "CORP\\admin" }],
    [
      "winrms://admin@files-01:5986",
      { kind: "winrm", host: "files-01", user: "admin", port: 5986, tls: true },
    ],
    ["esxi://root@esx-1/web%2001", { kind: "esxi", host: "esx-1", user: "root", vm: "web 01" }],
    ["https://files.example.com/web.vmdk", { kind: "image-url", url: "https://files.example.com/web.vmdk" }],
  ])("%s is read, and comes back from its title", (text, source) => {
    expect(parseSource(text)).toEqual(source);
    if (source.kind !== "image-file") expect(parseSource(sourceTitle(source))).toEqual(source);
  });

  it.each([
    ["", "HOST_SOURCE_INVALID"],
    ["a\0b", "HOST_SOURCE_INVALID"],
    ["gopher://x", "HOST_SOURCE_INVALID: Migration.from(): gopher:// names no kind of host"],
    ["ssh://", "Write ssh://"],
    ["ssh://root@", "Write ssh://"],
    ["ssh://web-01/etc", "Write ssh://"],
    ["ssh://web-01:port", "Write ssh://"],
    ["ssh://web-01:99999", "PLAN_INVALID"],
    ["ssh://-oProxyCommand=id", "PLAN_INVALID"],
    ["ssh://-l@web-01", "PLAN_INVALID"],
    ["ssh://web 01", "PLAN_INVALID"],
    ["ssh://$(id)@web-01", "PLAN_INVALID"],
    ["ssh://web%2", "HOST_SOURCE_INVALID"],
    ["winrm://files-01", "Write winrm://USER@"],
    ["esxi://esx-1", "/VM"],
    ["local://web-01", "Write local://"],
    ["https://user:secret-word@files.example.com/a.vmdk", "plans hold no secrets"],
    ["https://files.example.com/a.vmdk?Expires=1&Signature=secret-word", "queryFrom"],
    ["https://files.example.com/a.vmdk?X-Amz-Signature=secret-word", "queryFrom"],
    [`ssh://${"a".repeat(9000)}`, "too long"],
  ])("%j is refused", (text, saying) => {
    const said = refusal(() => parseSource(text));
    expect(said).toContain(saying);
    expect(said).not.toContain("secret-word");
  });

  it("never repeats a password", () => {
    const said = refusal(() => parseSource("ssh://root:secret-word@web-01"));
    expect(said).toContain("passwordFrom");
    expect(said).not.toContain("secret-word");
  });

  it("never repeats one of an address that is wrong in another way", () => {
    for (const rest of ["web:99999999", "[fe80", "web/path", "%zz"]) {
      const said = refusal(() => Migration.from(`ssh://root:hunter2@${rest}`));
      expect(said).toContain("holds a password");
      expect(said).not.toContain("hunter2");
    }
  });
});

describe("a typed source", () => {
  it("says where its password is found, and holds none", () => {
    const source = {
      kind: "ssh",
      host: "web-01",
      user: "deploy",
      passwordFrom: { env: "SUDO_PASSWORD" },
    } as const;
    expect(Migration.from(source).plan().source).toEqual(source);
    expect(refusal(() => Migration.from({ ...source, password: "x" } as never))).toContain("PLAN_INVALID");
    expect(refusal(() => Migration.from({ ...source, passwordFrom: { env: "A B" } }))).toContain(
      "passwordFrom",
    );
  });

  it("has its files made absolute, but for those of the user's home", () => {
    const source = resolveSource(
      {
        kind: "ssh",
        host: "web-01",
        identityFile: "~/.ssh/id",
        configFile: "ssh.conf",
        passwordFrom: { file: "p" },
      },
      "/plans",
    );
    expect(source).toMatchObject({
      identityFile: "~/.ssh/id",
      configFile: "/plans/ssh.conf",
      passwordFrom: { file: "/plans/p" },
    });
  });

  it("is one host whoever logs in and however fast it is read", () => {
    const one = hostIdentity(parseSource("ssh://root@Web-01"));
    expect(hostIdentity({ kind: "ssh", host: "web-01", user: "deploy", bytesPerSecond: 100_000 })).toBe(one);
    expect(hostIdentity(parseSource("ssh://web-01:2222"))).not.toBe(one);
  });

  it("leaves plans of earlier versions the fingerprint and the lock they had", () => {
    const { source } = resolvePlan(Migration.from("a.raw").plan(), "/plans");
    expect(source).toEqual({ kind: "image-file", path: "/plans/a.raw" });
    expect(hostIdentity(source)).toBe('{"kind":"image-file","path":"/plans/a.raw"}');
    expect(planFingerprint(Migration.from("a.raw").assess().plan())).toBe(
      "21850f9dd63dc1c63f859398aa9cd94216ae16d70448d64cc2c7afe146ca407b",
    );
  });
});
