import { Secret } from "@sampan/core";
import { openWinrmShell, parseWinrmTarget, type WindowsShell, type WinrmOptions } from "@sampan/host";
import { afterEach, describe, expect, it } from "vitest";
import { webServerCertificate } from "../helpers/winrm-server/certificate.ts";
import {
  account,
  startWinrmServer,
  type WinrmServer,
  type WinrmServerOptions,
} from "../helpers/winrm-server/winrm-server.ts";

const password = new Secret("Password");
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function host(
  options: WinrmServerOptions = {},
  {
    scheme = "winrm",
    user = "Administrator",
    ...own
  }: Partial<WinrmOptions> & { scheme?: string; user?: string } = {},
): Promise<{ server: WinrmServer; shell: WindowsShell }> {
  const server = await startWinrmServer(options);
  open.push(() => server.close());
  const target = parseWinrmTarget(`${scheme}://${encodeURIComponent(user)}@127.0.0.1:${server.port}`);
  const shell = openWinrmShell(target, { password, ...own });
  open.push(() => shell.close());
  return { server, shell };
}

const echo = { scripts: [{ has: "$p.echo", answer: (given: object) => ({ given }) as never }] };
const ask = (shell: WindowsShell, value: object) => shell.powershell("@{given=$p.echo}", value as never);
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("WinRM over HTTP with NTLM", () => {
  it("runs a script with parameters of any kind, and says nothing in the clear", async () => {
    const { server, shell } = await host({ windows: echo });
    const value = {
      text: `'; Remove-Item C:\\ -Recurse #"$(x)\`n`,
      wide: "Größe 漢字 😀",
      list: [1, -2, 1.5, true, false, null, "", []],
      deep: { a: { b: [{}] } },
    };
    expect(await ask(shell, value)).toEqual({ given: value });
    expect(server.served).toEqual(["Create", "Command", "Send", "Receive", "Delete"]);
    expect(server.shells.size).toBe(0);
    const wire = server.wire().toString("latin1");
    expect(wire).toContain("Encrypted Boundary");
    for (const clear of ["Envelope", "EncodedCommand", "rsp:", "Password"]) expect(wire).not.toContain(clear);
  });

  it("runs programs, each argument as it is, and gives their bytes", async () => {
    const seen: unknown[] = [];
    const { shell } = await host({
      windows: {
        programs: {
          "C:\\Program Files\\x.exe": (args, input) => {
            seen.push(args, input.toString());
            return { exitCode: 3, stdout: "out", stderr: "bad \u001b[31mthing\r\n" };
          },
        },
      },
    });
    const args = ["plain", "two words", 'a"b', "C:\\dir\\", "%PATH%", "& calc", "", "^|<>"];
    const ended = await shell.run(["C:\\Program Files\\x.exe", ...args], { input: "in" });
    expect(ended).toEqual({ exitCode: 3, stdout: Buffer.from("out"), stderr: "bad thing" });
    expect(seen).toEqual([args, "in"]);
  });

  it("sends long input in several envelopes, and takes long output in several answers", async () => {
    const { server, shell } = await host({ windows: echo, chunkBytes: 50_000 });
    const long = "ü".repeat(200_000);
    expect(await ask(shell, { long })).toEqual({ given: { long } });
    expect(server.served.filter((one) => one === "Send").length).toBeGreaterThan(3);
    expect(server.served.filter((one) => one === "Receive").length).toBeGreaterThan(20);
  });

  it("runs scripts at the same time, over at most five connections, and uses them again", async () => {
    const { server, shell } = await host({ windows: echo });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => ask(shell, { index })));
    expect(answers).toEqual(Array.from({ length: 12 }, (_, index) => ({ given: { index } })));
    await ask(shell, {});
    expect(server.connections()).toBeLessThanOrEqual(5);
    expect(server.shells.size).toBe(0);
  });

  it("logs in again after the host has closed its connections", async () => {
    const { server, shell } = await host({ windows: echo });
    await ask(shell, {});
    server.dropConnections();
    expect(await ask(shell, { again: 1 })).toEqual({ given: { again: 1 } });
  });

  it("asks again when the host says that there is no output yet", async () => {
    const { server, shell } = await host({
      windows: echo,
      before: (action, count) =>
        action === "Receive" && count < 3 ? { fault: 2_150_858_793, reason: "timed out" } : undefined,
    });
    expect(await ask(shell, { x: 1 })).toEqual({ given: { x: 1 } });
    expect(server.served.filter((one) => one === "Receive")).toHaveLength(3);
  });

  it("takes a challenge without a time, a domain before the user, and a name in another case", async () => {
    const accounts = [{ ...account, user: "admin", domain: "CORP" }];
    const { shell } = await host({ windows: echo, timestamp: false, accounts }, { user: "CORP\\ADMIN" });
    expect(await ask(shell, {})).toEqual({ given: {} });
  });

  it("tells a wrong password, an unknown user, and one without rights", async () => {
    const wrong = await host({}, { password: new Secret("other") });
    expect(await caught(ask(wrong.shell, {}))).toMatchObject({
      code: "HOST_LOGIN_REFUSED",
      message: expect.not.stringContaining("other"),
    });
    const nobody = await host({}, { user: "nobody" });
    expect(await caught(ask(nobody.shell, {}))).toMatchObject({ code: "HOST_LOGIN_REFUSED" });
    const denied = await host({ before: () => ({ fault: 5, reason: "Access is denied. " }) });
    expect(await caught(ask(denied.shell, {}))).toMatchObject({
      code: "HOST_LOGIN_REFUSED",
      message: expect.stringContaining("Access is denied"),
    });
  });

  it("refuses hosts that offer no NTLM, or would not seal", async () => {
    const kerberos = await host({ offers: "Kerberos, Basic realm=x" });
    expect(await caught(ask(kerberos.shell, {}))).toMatchObject({
      code: "HOST_ENCRYPTION_REFUSED",
      message: expect.stringContaining("Kerberos, Basic"),
    });
    const weak = await host({ flags: 0xe28a_8235 - 0x20 });
    expect(await caught(ask(weak.shell, {}))).toMatchObject({ code: "HOST_ENCRYPTION_REFUSED" });
  });

  it("notices answers that were changed, come twice, or are not sealed", async () => {
    for (const odd of ["tampered", "replayed", "unsealed"] as const) {
      const { shell } = await host({
        windows: echo,
        before: (action) => (action === "Receive" ? odd : undefined),
      });
      expect(await caught(ask(shell, {}))).toMatchObject({ code: "HOST_ANSWER_INVALID" });
    }
  });

  it("tells what the host says of a fault, with its number", async () => {
    const { server, shell } = await host({
      before: (action) =>
        action === "Command"
          ? { fault: 2_150_859_174, reason: "The maximum number of \u001b[1mshells" }
          : undefined,
    });
    const error = await caught(ask(shell, {}));
    expect(error).toMatchObject({
      code: "HOST_COMMAND_FAILED",
      retryable: true,
      details: { fault: 2_150_859_174 },
    });
    expect(String(error)).not.toContain("\u001b");
    expect(server.shells.size).toBe(0);
  });

  it("tells that the connection was lost, and leaves no shell where the host still answers", async () => {
    const { server, shell } = await host({
      windows: echo,
      before: (action) => (action === "Receive" ? "drop" : undefined),
    });
    expect(await caught(ask(shell, {}))).toMatchObject({ code: "HOST_CONNECTION_LOST", retryable: true });
    expect(server.shells.size).toBe(0);
    expect(server.served.slice(-2)).toEqual(["Signal", "Delete"]);
  });

  it("ends what takes too long, or is cancelled, on the host as well", async () => {
    const { server, shell } = await host({ hangs: true });
    expect(await caught(shell.powershell("1", {}, { timeoutMs: 200 }))).toMatchObject({
      code: "HOST_TIMEOUT",
    });
    const controller = new AbortController();
    const running = shell.powershell("1", {}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    expect(await caught(running)).toMatchObject({ code: "CORE_CANCELLED" });
    expect(server.shells.size).toBe(0);
  });

  it("ends in time also where all connections are taken", async () => {
    const { server, shell } = await host({ hangs: true });
    const commands = Array.from({ length: 9 }, () => caught(shell.powershell("1", {}, { timeoutMs: 300 })));
    for (const error of await Promise.all(commands)) expect(error).toMatchObject({ code: "HOST_TIMEOUT" });
    expect(server.shells.size).toBe(0);
  });

  it("ends what says too much", async () => {
    const { server, shell } = await host({ windows: echo, chunkBytes: 10_000 });
    const error = await caught(
      shell.powershell("@{given=$p.echo}", { long: "x".repeat(100_000) }, { maxOutputBytes: 20_000 }),
    );
    expect(error).toMatchObject({ code: "HOST_ANSWER_TOO_LONG" });
    expect(server.shells.size).toBe(0);
  });

  it("tells what a script threw, without control characters", async () => {
    const { shell } = await host({
      windows: {
        scripts: [
          {
            has: "boom",
            answer: () => {
              throw new Error("Zugriff verweigert \u001b[31m: C:\\x\r\n  nächste Zeile");
            },
          },
        ],
      },
    });
    expect(await caught(shell.powershell("boom"))).toMatchObject({
      code: "HOST_POWERSHELL_FAILED",
      message: expect.stringContaining("Zugriff verweigert : C:\\x nächste Zeile"),
      details: { line: 7 },
    });
  });

  it("tells that a program is missing, and starts no batch file", async () => {
    const { shell } = await host();
    expect(await caught(shell.run(["none.exe"]))).toMatchObject({ code: "HOST_TOOL_MISSING" });
    for (const name of ["x.bat", "C:\\x.CMD", "x.cmd. ", "x.bat."]) {
      expect(await caught(shell.run([name, "&calc"]))).toMatchObject({ code: "CORE_ARGUMENT" });
    }
  });

  it("says that nothing listens", async () => {
    const { server, shell } = await host();
    await server.close();
    expect(await caught(ask(shell, {}))).toMatchObject({ code: "HOST_UNREACHABLE", retryable: true });
  });
});

describe("WinRM over HTTPS", () => {
  it("ties the login to the certificate, whatever hash signed it", async () => {
    for (const hash of ["sha256", "sha384", "sha512", "pss"] as const) {
      const tls = webServerCertificate(hash);
      const { server, shell } = await host({ windows: echo, tls }, { scheme: "winrms", ca: tls.cert });
      expect(await ask(shell, { hash })).toEqual({ given: { hash } });
      expect(server.refusals).toEqual([]);
    }
  });

  it("is refused where somebody stands between, with a certificate that is trusted as well", async () => {
    const [shown, own] = [webServerCertificate("sha256"), webServerCertificate("sha384")];
    const tls = { ...shown, der: own.der };
    const { server, shell } = await host({ windows: echo, tls }, { scheme: "winrms", ca: shown.cert });
    expect(await caught(ask(shell, {}))).toMatchObject({ code: "HOST_LOGIN_REFUSED" });
    expect(server.refusals).toEqual(["channel binding"]);
  });

  it("trusts no certificate it does not know", async () => {
    const { server, shell } = await host({ tls: webServerCertificate("sha256") }, { scheme: "winrms" });
    expect(await caught(ask(shell, {}))).toMatchObject({
      code: "HOST_CERTIFICATE_REFUSED",
      retryable: false,
    });
    expect(server.wire()).toHaveLength(0);
  });

  it("takes a password as it is by Basic, over TLS only", async () => {
    const tls = webServerCertificate("sha256");
    const { shell } = await host(
      { windows: echo, tls, basicPassword: "Password" },
      { scheme: "winrms", ca: tls.cert, login: "basic" },
    );
    expect(await ask(shell, { x: 1 })).toEqual({ given: { x: 1 } });
    expect(() => openWinrmShell(parseWinrmTarget("winrm://a@h"), { password, login: "basic" })).toThrow(
      /winrms/,
    );
  });
});
