import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { sshdTools, startLoopbackSshd } from "../helpers/loopback-sshd.ts";
import { lacks } from "../helpers/requires.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** A program that has nothing to do but to open a shell, use it and close it: whatever keeps it alive is the shell's. */
const program = `
  import { openSshShell } from "@sampan/host";
  const shell = await openSshShell(JSON.parse(process.env.TARGET), { program: process.env.SSH });
  await shell.run(["true"]);
  await shell.close();
  process.stdout.write("closed");
`;

describe.skipIf(lacks(...sshdTools))("closing a connection", () => {
  it.each([
    ["ends at once", "exec ssh"],
    ["takes its time to end", "(sleep 1; exec ssh"],
    ["does not end", "(exit 0; exec ssh"],
  ])("keeps a program alive until it is closed, where ssh %s", async (_how, exits) => {
    const sshd = await startLoopbackSshd();
    onTestFinished(() => sshd.close());
    const folder = await temporaryFolder();
    const ssh = join(folder, "ssh");
    const later = exits.startsWith("(") ? `${exits} "$@") >/dev/null 2>&1 &` : `${exits} "$@"`;
    await writeFile(
      ssh,
      `#!/bin/sh\ncase " $* " in *" -O exit "*) ${later}\nexit 0 ;; esac\nexec ssh "$@"\n`,
    );
    await chmod(ssh, 0o755);
    const done = await execa(process.execPath, ["--input-type=module", "-e", program], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      env: { SSH: ssh, TARGET: JSON.stringify(sshd.target()) },
      reject: false,
    });
    expect([done.exitCode, done.stdout], done.stderr).toEqual([0, "closed"]);
  });
});
