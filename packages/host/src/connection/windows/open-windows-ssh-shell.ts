import { SampanError } from "@sampan/core";
import { plainText } from "../plain-text.ts";
import { collectOutput, startProgram } from "../run-program.ts";
import type { CommandOptions, CommandResult, RunningCommand } from "../shell.ts";
import { channelArguments } from "../ssh/ssh-arguments.ts";
import { SshConnection, type SshConnectionOptions } from "../ssh/ssh-connection.ts";
import { lostFailure } from "../ssh/ssh-failures.ts";
import type { SshTarget } from "../ssh/ssh-target.ts";
import { powershellCommand, powershellLine } from "./powershell-script.ts";
import { shellOverPowershell } from "./shell-over-powershell.ts";
import type { WindowsShell } from "./windows-shell.ts";

/** A line that each shell says something else to: `cmd.exe` repeats it, PowerShell tells its version, `sh` finds no such variable. */
const probeLine = "echo $PSVersionTable.PSVersion.Major";

/** The shell that OpenSSH for Windows gives lines to: `cmd.exe` unless `DefaultShell` in its registry says otherwise. */
type WindowsLoginShell = "cmd" | "powershell" | "powershell-core";

/** The line that starts our PowerShell, as each shell must be told. Constant: nothing foreign is in it. */
function lineFor(shell: WindowsLoginShell): string {
  // PowerShell takes the input of the channel itself, as `$input`: the script is read right there, or handed on to the older one.
  if (shell === "powershell") return powershellCommand;
  const words = powershellLine.join(" ");
  return shell === "cmd" ? words : `$input|${words}`;
}

/** Which shell answered the probe so; `undefined` for one of another system. */
function loginShellOf(answer: string): WindowsLoginShell | undefined {
  const last = answer.trim().split(/\r?\n/).at(-1)?.trim() ?? "";
  if (last === "$PSVersionTable.PSVersion.Major") return "cmd";
  if (!/^\d{1,2}$/.test(last)) return undefined;
  return Number(last) >= 6 ? "powershell-core" : "powershell";
}

/**
 * Opens a shell on a Windows host over OpenSSH for Windows and the system's own OpenSSH client, as {@link openSshShell} does for hosts
 * with a POSIX shell. Connects at once and finds out which shell the host gives lines to.
 *
 * A command that is cancelled loses its channel; what it started there may run on until it writes or reads.
 *
 * @throws `HOST_KIND_UNSUPPORTED` when the host's shell is neither `cmd.exe` nor PowerShell, and what the connection throws.
 */
export async function openWindowsSshShell(
  target: SshTarget,
  options: SshConnectionOptions = {},
): Promise<WindowsShell> {
  const connection = new SshConnection(target, options);
  const { title } = connection;
  const runLine = (line: string, what: string, limits: CommandOptions): Promise<CommandResult> =>
    collectOutput((signal) => startLine(connection, line, what, signal), `${what} on ${title}`, limits);
  try {
    const limits = { maxOutputBytes: 64 * 1024, ...(options.signal && { signal: options.signal }) };
    const { stdout } = await runLine(probeLine, "a look at its shell", limits);
    const shell = loginShellOf(Buffer.from(stdout).toString("latin1"));
    if (shell === undefined) {
      throw new SampanError(
        "HOST_KIND_UNSUPPORTED",
        `looking at ${title}: what it gives lines to is neither cmd.exe nor PowerShell`,
        { hint: "Give ssh:// hosts with Linux as such; on Windows, set DefaultShell back to cmd.exe." },
      );
    }
    const line = lineFor(shell);
    return shellOverPowershell({
      title,
      async run(_, { title: what, signal, ...limits }) {
        return runLine(line, what, { ...limits, ...(signal && { signal }) });
      },
      close: () => connection.close(),
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Starts a line in a channel of its own. The channel is free again when it has ended. */
async function startLine(
  connection: SshConnection,
  line: string,
  what: string,
  signal: AbortSignal,
): Promise<RunningCommand> {
  const place = await connection.place(signal);
  const title = `${plainText(what)} on ${connection.title}`;
  const started = startProgram(
    { file: connection.program, args: channelArguments(place.master.socket, line), title },
    signal,
  );
  const ended = started.ended
    .then(async (result) => {
      // ssh says 255 for itself, and passes on a program's own 255.
      if (result.exitCode === 255 && !(await place.master.answers())) {
        throw lostFailure(connection.title, `running ${plainText(what)}`, await place.master.said());
      }
      return result;
    })
    .finally(() => place.giveBack());
  ended.catch(() => undefined);
  return { ...started, ended };
}
