import { resolve } from "node:path";
import type { SshTarget } from "./ssh-target.ts";

/** How long the master stays once nothing of ours holds on to it, in seconds: what a crash leaves behind is gone after that. */
const persistSeconds = 10;

/** What connecting may take, and when a silent host counts as gone. */
export interface SshLimits {
  /** Whole seconds for the connection to come about, log-in excluded. */
  readonly connectTimeoutSeconds: number;
  /** A host that says nothing for so many whole seconds is lost. */
  readonly silenceSeconds: number;
}

/**
 * Arguments of `ssh` for the master of a connection: it logs in, goes into the background, and listens on a socket.
 *
 * Only what must hold is set; everything else, host keys and their checking among it, is as the user configured it.
 */
export function masterArguments(
  target: SshTarget,
  socket: string,
  log: string,
  limits: SshLimits & { readonly asksOnTerminal: boolean; readonly ciphers?: string | undefined },
): string[] {
  const options = [
    // Clients too old for an option of this list read on.
    "IgnoreUnknown=RemoteCommand",
    "RemoteCommand=none",
    "ControlMaster=yes",
    `ControlPersist=${persistSeconds}`,
    `BatchMode=${limits.asksOnTerminal ? "no" : "yes"}`,
    `ConnectTimeout=${limits.connectTimeoutSeconds}`,
    `ServerAliveInterval=${Math.max(1, Math.ceil(limits.silenceSeconds / 4))}`,
    "ServerAliveCountMax=4",
    "Compression=no",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "ForwardX11=no",
    "Tunnel=no",
    "PermitLocalCommand=no",
    "RequestTTY=no",
    // Reasons for a failure are read from what ssh says at this level.
    "LogLevel=INFO",
    ...(limits.ciphers === undefined ? [] : [`Ciphers=${limits.ciphers}`]),
  ];
  return [
    ...options.flatMap((option) => ["-o", option]),
    "-N",
    "-E",
    log,
    "-S",
    socket.replaceAll("%", "%%"),
    ...targetArguments(target),
  ];
}

/** Arguments of `ssh` that name a host, its user, and the configuration that it is looked up in. They are the last. */
export function targetArguments({ host, user, port, identityFile, configFile }: SshTarget): string[] {
  return [
    ...(configFile === undefined ? [] : ["-F", resolve(configFile)]),
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(identityFile === undefined ? [] : ["-i", resolve(identityFile)]),
    "--",
    host,
  ];
}

/**
 * Arguments of `ssh` for one channel of a connection whose master listens on `socket`. No name of the target is in them, and a
 * channel that the master cannot open fails instead of becoming a connection of its own.
 */
export function channelArguments(socket: string, line: string): string[] {
  return [...clientArguments(socket), "-T", "-e", "none", "--", "channel", line];
}

/** Arguments of `ssh` that tell the master to end at once. */
export function exitArguments(socket: string): string[] {
  return [...clientArguments(socket), "-O", "exit", "--", "channel"];
}

function clientArguments(socket: string): string[] {
  const options = ["ControlMaster=no", "ProxyCommand=false", "LogLevel=ERROR", "BatchMode=yes"];
  return [
    "-F",
    "/dev/null",
    ...options.flatMap((option) => ["-o", option]),
    "-S",
    socket.replaceAll("%", "%%"),
  ];
}
