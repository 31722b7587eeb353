import { isSampanError, SampanError, type Secret } from "@sampan/core";
import {
  findEsxiLeftovers,
  findLeftovers,
  type Host,
  openEsxiHost,
  openLinuxHost,
  openLocalShell,
  openRemoteDisk,
  openSshShell,
  openWindowsHost,
  openWindowsSshShell,
  openWinrmShell,
  removeLeftover,
  type Shell,
  type SshTarget,
} from "@sampan/host";
import { type SourceOf, sourceTitle } from "../plan/sources.ts";
import { trustedAuthorities } from "./trusted-authorities.ts";
import { withoutSudo } from "./without-sudo.ts";

/** How a live host is reached, besides what its source says. */
export interface LiveAccess {
  /** Of `sudo` or WinRM; absent when the source names none. */
  readonly password: Secret | undefined;
  /** Whether SSH may ask somebody at the terminal about keys. */
  readonly atTerminal: boolean;
  readonly signal: AbortSignal | undefined;
}

type SshLogin = SourceOf<"ssh"> | SourceOf<"esxi">;

/** Opens a host over SSH: Linux, or Windows where it turns out to be one. */
export async function openSshHost(source: SourceOf<"ssh">, access: LiveAccess): Promise<Host> {
  try {
    return await openLinux(await openShell(source, access), source, access);
  } catch (error) {
    // What a log-in to Windows says to a line of sh, or a sh of its own to `uname`.
    if (!isSampanError(error, "HOST_ANSWER_INVALID") && !isSampanError(error, "HOST_KIND_UNSUPPORTED"))
      throw error;
    const shell = await openWindowsSshShell(targetOf(source, access), optionsOf(access)).catch(
      (second: unknown) => {
        throw isSampanError(second, "HOST_KIND_UNSUPPORTED") ? error : second;
      },
    );
    return openWindowsHost(shell, access.signal);
  }
}

/** Opens the machine this program runs on. */
export function openThisMachine(source: SourceOf<"local">, access: LiveAccess): Promise<Host> {
  // There is no way that bytes could be packed for.
  return openLinux(openLocalShell(), { ...source, compression: "none" }, access);
}

/** Opens a shell on a host over SSH, whatever runs there. */
export function openShell(source: SshLogin, access: LiveAccess): Promise<Shell> {
  return openSshShell(targetOf(source, access), optionsOf(access));
}

function optionsOf({ atTerminal, signal }: LiveAccess) {
  return { asksOnTerminal: atTerminal, ...(signal === undefined ? {} : { signal }) };
}

function targetOf(source: SshLogin, { password }: LiveAccess): SshTarget {
  const { host, user, port, identityFile, configFile } = source;
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(identityFile === undefined ? {} : { identityFile }),
    ...(configFile === undefined ? {} : { configFile }),
    ...(password === undefined ? {} : { sudoPassword: password }),
  };
}

/** How a Linux host is read. */
type Reading = Pick<SourceOf<"ssh">, "sudo" | "compression" | "bytesPerSecond" | "channels">;

async function openLinux(given: Shell, reading: Reading, { signal }: LiveAccess): Promise<Host> {
  const { sudo, compression, bytesPerSecond, channels } = reading;
  const shell = sudo === "never" ? withoutSudo(given) : given;
  const how = {
    ...(compression === undefined ? {} : { compression }),
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
    ...(channels === undefined ? {} : { channels }),
  };
  const host = await openLinuxHost(
    shell,
    { openDevice: (on, device, asked) => openRemoteDisk(on, { ...device, ...how }, asked) },
    signal,
  );
  return {
    ...host,
    findLeftovers: async (asked) =>
      (await findLeftovers(shell, asked)).map(({ id, snapshots }) => ({
        id,
        made: snapshots.map((name) => `LVM snapshot ${name}`),
      })),
    async removeLeftover({ id }, asked) {
      // Looked for again: what is removed is what the host itself names.
      const found = (await findLeftovers(shell, asked)).find((one) => one.id === id);
      if (found !== undefined) await removeLeftover(shell, found, asked);
    },
  };
}

/** Opens a virtual machine of an ESXi, over SSH. */
export async function openEsxiMachine(source: SourceOf<"esxi">, access: LiveAccess): Promise<Host> {
  const shell = await openShell({ ...source, user: source.user ?? "root" }, access);
  try {
    const host = await openEsxiHost(
      { shell, vm: source.vm },
      access.signal === undefined ? {} : { signal: access.signal },
    );
    const find = (asked?: AbortSignal) =>
      findEsxiLeftovers(shell, asked === undefined ? {} : { signal: asked });
    return {
      ...host,
      // Also of a machine that is switched off by now, and of others of that ESXi.
      findLeftovers: async (asked) =>
        (await find(asked)).map(({ machine, snapshot }) => ({
          id: `${machine}/${snapshot}`,
          made: [`snapshot ${snapshot} of ${machine}`],
        })),
      async removeLeftover({ id }, asked) {
        const all = await find(asked);
        await all.find(({ machine, snapshot }) => `${machine}/${snapshot}` === id)?.remove(asked);
      },
    };
  } catch (error) {
    await shell.close();
    throw error;
  }
}

const winrmPorts = { plain: 5985, tls: 5986 } as const;

/** Opens a Windows host over WinRM, which wants a password. */
export async function openWinrmHost(source: SourceOf<"winrm">, access: LiveAccess): Promise<Host> {
  const { host, user, tls = false, port = tls ? winrmPorts.tls : winrmPorts.plain } = source;
  const { password, signal } = access;
  if (password === undefined) {
    throw new SampanError("HOST_PASSWORD_MISSING", `opening ${sourceTitle(source)}, which wants a password`, {
      hint: 'Say where it is found: `passwordFrom: { env: "NAME" }` in a plan, `--password-from env:NAME` for a command.',
    });
  }
  const { caFile } = source;
  const ca = caFile === undefined ? {} : { ca: await trustedAuthorities(caFile, sourceTitle(source)) };
  return openWindowsHost(openWinrmShell({ host, port, tls, user }, { password, ...ca }), signal);
}
