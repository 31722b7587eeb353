import { isSampanError } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { masterArguments } from "./ssh-arguments.ts";
import { checkedSshTarget, parseSshTarget, sshTitle } from "./ssh-target.ts";

const caught = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe("the address of a host behind SSH", () => {
  it.each([
    ["ssh://web-01", { host: "web-01" }],
    ["SSH://root@web-01", { host: "web-01", user: "root" }],
    ["ssh://root@10.0.0.7:2222/", { host: "10.0.0.7", user: "root", port: 2222 }],
    ["ssh://admin@[2001:db8::7]:22", { host: "2001:db8::7", user: "admin", port: 22 }],
    ["ssh://[fe80::1%25eth0]", { host: "fe80::1%eth0" }],
    ["ssh://CORP%5Cann@win-7", { host: "win-7", user: "CORP\\ann" }],
    ["ssh://ann%40corp.example@jump_host", { host: "jump_host", user: "ann@corp.example" }],
    ["ssh://服务器", { host: "服务器" }],
  ])("reads %s, and writes it so that it is read the same", (text, target) => {
    expect(parseSshTarget(text)).toEqual(target);
    expect(parseSshTarget(sshTitle(parseSshTarget(text)))).toEqual(target);
  });

  it.each([
    "",
    "web-01",
    "ssh://",
    "ssh://@web",
    "ssh://root@",
    "ssh://-oProxyCommand=id",
    "ssh://-x@web",
    "ssh://root@web/etc",
    "ssh://root@web?x",
    "ssh://a b",
    "ssh://web:0",
    "ssh://web:65536",
    "ssh://web:22x",
    "ssh://web%0a",
    "ssh://web%zz",
    "ssh://$(id)@web",
    "ssh://web;id",
    "ssh://`id`",
    "ssh://a@b@c",
    "ssh://2001:db8::7",
    "ssh://[web",
    "http://web",
    "ssh://we\u202eb",
  ])("refuses %j", (text) => {
    expect(
      isSampanError(
        caught(() => parseSshTarget(text)),
        "HOST_SOURCE_INVALID",
      ),
    ).toBe(true);
  });

  it("does not repeat a password that stands in it", () => {
    const error = caught(() => parseSshTarget("ssh://root:hunter2@web"));
    expect(isSampanError(error, "HOST_SOURCE_INVALID")).toBe(true);
    expect(JSON.stringify([error, String(error)])).not.toContain("hunter2");
  });

  it("lets no name become an option or syntax, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (host, user) => {
        const target = caught(() => checkedSshTarget({ host, user }));
        if (isSampanError(target)) return;
        for (const name of [host, user])
          expect(name).toMatch(/^[^-\s'"`$\\;&<>|(){}[\]*?!~#=,/][^\s'"`;&<>|(){}[\]*?!~#=,/]*$/u);
        const argv = masterArguments({ host, user }, "/tmp/c", "/tmp/l", {
          connectTimeoutSeconds: 1,
          silenceSeconds: 1,
          asksOnTerminal: false,
        });
        expect(argv.slice(-2)).toEqual(["--", host]);
      }),
      { numRuns: 500 },
    );
  });

  it("refuses files and ports that ssh would read as something else", () => {
    for (const part of [
      { port: 1.5 },
      { identityFile: "a\nb" },
      { configFile: "" },
      { identityFile: "%d/key" },
    ]) {
      expect(
        isSampanError(
          caught(() => checkedSshTarget({ host: "web", ...part })),
          "HOST_SOURCE_INVALID",
        ),
      ).toBe(true);
    }
  });
});
