import { fileURLToPath } from "node:url";
import { openWindowsSshShell } from "@sampan/host";
import { openHost } from "@sampan/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import { sshdTools, startLoopbackSshd } from "../helpers/loopback-sshd.ts";
import { lacks } from "../helpers/requires.ts";

const loginShell = fileURLToPath(new URL("../helpers/windows-login-shell.mjs", import.meta.url));

/** An sshd that gives every line to a shell of Windows, or to this machine's. */
async function windowsSshd(kind?: string) {
  const config = kind === undefined ? "" : `ForceCommand ${process.execPath} ${loginShell} ${kind}`;
  const sshd = await startLoopbackSshd({ config });
  onTestFinished(() => sshd.close());
  return sshd;
}

describe.skipIf(lacks(...sshdTools))(
  "a shell over OpenSSH for Windows (a real sshd, a shell of the test's)",
  () => {
    for (const kind of ["cmd", "powershell", "pwsh"]) {
      it(`runs scripts and programs where lines go to ${kind}`, async () => {
        const sshd = await windowsSshd(kind);
        const shell = await openWindowsSshShell(sshd.target());
        onTestFinished(() => shell.close());
        const value = { text: `"; & calc | %PATH% $(x) 'Größe' 漢字`, list: [1, null, true, ["\n"]] };
        const answers = await Promise.all([
          shell.powershell("return $p", value),
          shell.powershell("return $p", { long: "x".repeat(300_000) }),
        ]);
        expect(answers).toEqual([value, { long: "x".repeat(300_000) }]);
        const ended = await shell.run(["C:\\a b.exe", "x y", "%PATH%", 'q"', "C:\\"]);
        expect(ended).toEqual({
          exitCode: 3,
          stdout: Buffer.from('"x y" "%PATH%" "q\\"" C:\\'),
          stderr: "said",
        });
      });
    }

    for (const kind of ["cmd", "powershell", "pwsh"]) {
      it(`is what an ssh:// host is opened by that turns out to be a Windows (${kind})`, async () => {
        const sshd = await windowsSshd(kind);
        const host = await openHost({ kind: "ssh", ...sshd.target() });
        onTestFinished(() => host.close());
        expect(host.name).toBe("web-01");
        expect(await host.disks()).toMatchObject([{ name: "\\\\.\\PHYSICALDRIVE0", system: false }]);
        expect(host.live?.exportDisk).toBeDefined();
        const options = { id: "x", consistency: "snapshot", leaseMs: 60_000 } as const;
        await expect(host.live?.hold("0", options)).rejects.toMatchObject({
          code: "HOST_KIND_UNSUPPORTED",
          hint: expect.stringContaining("disk2vhd"),
        });
      });
    }

    it("is refused where lines go to another shell", async () => {
      const sshd = await windowsSshd();
      await expect(openWindowsSshShell(sshd.target())).rejects.toMatchObject({
        code: "HOST_KIND_UNSUPPORTED",
      });
    });

    it("tells that the connection was lost", async () => {
      const sshd = await windowsSshd("cmd");
      const shell = await openWindowsSshShell(sshd.target());
      onTestFinished(() => shell.close());
      await sshd.stop();
      await expect(shell.powershell("return $p")).rejects.toMatchObject({
        code: expect.stringMatching(/^HOST_(UNREACHABLE|CONNECTION_LOST)$/),
      });
    });
  },
);
