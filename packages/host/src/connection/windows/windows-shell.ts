import type { Json, JsonObject } from "@sampan/core";
import type { Argv, CommandOptions, CommandResult } from "../shell.ts";

/** How something is run on a Windows host. */
export type WindowsCommandOptions = Omit<CommandOptions, "asRoot">;

/**
 * Runs programs and scripts of PowerShell on a Windows host.
 *
 * Both may run at the same time. A program that fails is no error of the shell: its exit code tells. Errors of the shell are
 * `HOST_UNREACHABLE`, `HOST_CERTIFICATE_REFUSED`, `HOST_LOGIN_REFUSED`, `HOST_CONNECTION_LOST`, `HOST_TIMEOUT`, `HOST_ANSWER_TOO_LONG` and
 * `HOST_ANSWER_INVALID`.
 *
 * @example
 * ```ts
 * const { exitCode } = await shell.run(["powercfg.exe", "-h", "off"]);
 * const { name } = await shell.powershell("@{ name = $env:COMPUTERNAME }");
 * ```
 */
export interface WindowsShell {
  /** What people call the host: `winrm://Administrator@web-01`. */
  readonly title: string;
  /**
   * Runs a program to its end. Each argument reaches it as it is, by the rules that programs of Microsoft's C read their line with;
   * no `cmd.exe` reads it. Batch files, which only `cmd.exe` can run, are refused with `CORE_INVALID_ARGUMENT`. Output is the bytes
   * the program wrote, in whatever code page it writes.
   */
  run(argv: Argv, options?: WindowsCommandOptions): Promise<CommandResult>;
  /**
   * Runs a script of PowerShell 2 or later and gives the one value it ends with: a hashtable, array, text, number, truth value or
   * nothing. The script is a constant of the program; everything foreign comes as a parameter, found as `$p.NAME`, and is never
   * read as script. The first error ends it.
   *
   * @throws `HOST_POWERSHELL_FAILED` with what Windows said.
   */
  powershell(
    script: string,
    parameters?: JsonObject,
    options?: Omit<WindowsCommandOptions, "input">,
  ): Promise<Json>;
  /** Ends what still runs, and the connection. Idempotent. */
  close(): Promise<void>;
}
