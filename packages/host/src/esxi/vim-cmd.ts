import { isSampanError, SampanError } from "@sampan/core";
import { plainText } from "../connection/plain-text.ts";
import type { CommandOptions, Shell } from "../connection/shell.ts";

/**
 * Runs a command of ESXi's `vim-cmd` and gives what it says, without control characters.
 *
 * A fault it prints while it returns 0, as old versions do, is a failure too.
 *
 * @throws `HOST_COMMAND_FAILED`; `HOST_KIND_UNSUPPORTED` where there is no `vim-cmd`: not an ESXi.
 */
export async function vimCmd(
  shell: Shell,
  [command, ...args]: readonly [command: string, ...args: string[]],
  options: CommandOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await shell
    .run(["vim-cmd", command, ...args], options)
    .catch((error: unknown) => {
      throw isSampanError(error, "HOST_TOOL_MISSING") ? notEsxi(shell) : error;
    });
  if (exitCode === 127) throw notEsxi(shell);
  const said = plainText(new TextDecoder().decode(stdout));
  const fault = /^\((?:vim|vmodl)\.fault\.(\w{1,60})\)/m.exec(said)?.[1];
  if (exitCode === 0 && fault === undefined) return said;
  const why = fault ?? (stderr || said).split("\n")[0]?.slice(0, 300) ?? "";
  throw new SampanError("HOST_COMMAND_FAILED", `asking ${shell.title} for ${command}: ${why}`, {
    details: { command, exitCode, fault: fault ?? null },
  });
}

function notEsxi(shell: Shell): SampanError {
  return new SampanError("HOST_KIND_UNSUPPORTED", `looking at ${shell.title}, which has no vim-cmd`, {
    hint: "It is no ESXi. A Linux machine is given as `ssh://`.",
  });
}
