import { SampanError, type Secret } from "@sampan/core";
import { shellOverPowershell } from "../windows/shell-over-powershell.ts";
import type { WindowsShell } from "../windows/windows-shell.ts";
import { ConnectionPool } from "./connection-pool.ts";
import type { WinrmLogin } from "./http-connection.ts";
import { runRemote } from "./run-remote.ts";
import type { WinrmTarget } from "./winrm-target.ts";

/** Options of {@link openWinrmShell}. */
export interface WinrmOptions {
  readonly password: Secret;
  /** `basic` sends the password itself, and is refused without TLS. Default: `negotiate`, which is NTLM. Kerberos is not spoken. */
  readonly login?: WinrmLogin;
  /** Authorities to trust in the place of the system's, as PEM; for hosts with a certificate of their own. */
  readonly ca?: string;
}

const keptErrorBytes = 64 * 1024;

/**
 * Opens a shell on a Windows host over WinRM (MS-WSMV). Without TLS, what is said is sealed by NTLM; with TLS, the host's
 * certificate must be trusted, and the login is tied to it.
 *
 * No connection is made before something is run, but for what is wrong with the options.
 *
 * @throws `CORE_ARGUMENT` for `basic` without TLS.
 * @example
 * ```ts
 * const shell = openWinrmShell(parseWinrmTarget("winrm://Administrator@web-01"), { password });
 * console.log(await shell.powershell("@{ name = $env:COMPUTERNAME }"));
 * await shell.close();
 * ```
 */
export function openWinrmShell(target: WinrmTarget, options: WinrmOptions): WindowsShell {
  const { password, login = "negotiate", ca } = options;
  const title = titleOf(target);
  if (login === "basic" && !target.tls) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `opening ${title}: Basic sends the password itself and needs winrms://`,
    );
  }
  const pool = new ConnectionPool({ ...target, title, password, login, ca });
  return shellOverPowershell({
    title,
    async run([program, ...args], { title: what, input, ...limits }) {
      const command = { program, args, title: what, input };
      const result = await runRemote(pool, command, { ...limits, maxErrorBytes: keptErrorBytes });
      return { ...result, stderr: result.stderr.toString("utf8") };
    },
    async close() {
      pool.close();
    },
  });
}

/** An address as people write it, without its port where that is the usual one. */
function titleOf({ host, port, tls, user }: WinrmTarget): string {
  const name = host.includes(":") ? `[${host}]` : host;
  const usual = port === (tls ? 5986 : 5985);
  return `${tls ? "winrms" : "winrm"}://${encodeURIComponent(user)}@${name}${usual ? "" : `:${port}`}`;
}
