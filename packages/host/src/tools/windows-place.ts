import { PassThrough } from "node:stream";
import type { RunningCommand } from "../connection/shell.ts";
import type { WindowsShell } from "../connection/windows/windows-shell.ts";
import type { ToolPlace } from "./tool-place.ts";

/** A tool may work for days on a large disk. */
const longestMs = 7 * 24 * 3_600_000;

const findScript = `$found = Get-Command -Name $p.program -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
if ($found) { $found.Definition } else { $null }`;
const sizeScript = `if ([System.IO.File]::Exists($p.path)) { (New-Object System.IO.FileInfo $p.path).Length } else { $null }`;
const removeScript = `[System.IO.File]::Delete($p.path)
$null`;

/**
 * Programs run on a Windows host, over its connection. What a program says is heard when it has ended; how far it is, is told by the size
 * of its file.
 *
 * A share is reached as the user of the connection. Over WinRM with NTLM that user's name goes no further than the host, so a share
 * that asks for one must know the host's own account, or be written to over OpenSSH with a password.
 */
export function windowsPlace(shell: WindowsShell): ToolPlace {
  const asked = (signal: AbortSignal | undefined) => (signal ? { signal } : {});
  return {
    title: shell.title,
    system: "windows",
    async find(program, signal) {
      const found = await shell.powershell(findScript, { program }, asked(signal));
      return typeof found === "string" && /^[A-Za-z]:\\/.test(found) ? found : undefined;
    },
    run: (argv, options) => {
      const { asRoot: _, ...rest } = options ?? {};
      return shell.run(argv, rest);
    },
    async start(argv, options = {}): Promise<RunningCommand> {
      const stop = new AbortController();
      const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
      const stdout = new PassThrough();
      const ended = shell.run(argv, { timeoutMs: longestMs, signal }).then(
        (result) => {
          stdout.end(result.stdout);
          return { exitCode: result.exitCode, stderr: result.stderr };
        },
        (error: unknown) => {
          stdout.end();
          throw error;
        },
      );
      ended.catch(() => undefined);
      return { stdin: new PassThrough().resume(), stdout, ended, kill: () => stop.abort() };
    },
    async sizeOf(path, signal) {
      const size = await shell.powershell(sizeScript, { path }, asked(signal));
      return typeof size === "number" && size >= 0 ? size : undefined;
    },
    async remove(path) {
      await shell.powershell(removeScript, { path });
    },
  };
}
