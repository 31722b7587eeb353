import { SampanError, type Secret } from "@sampan/core";

/** A host behind SSH and how to log in to it. What is not said comes from the user's own SSH configuration. */
export interface SshTarget {
  /** Name or address, or a `Host` of the user's configuration. IPv6 without brackets. */
  readonly host: string;
  readonly user?: string;
  /** 1 to 65535. */
  readonly port?: number;
  /** File with the private key to offer, besides those of the configuration and the agent. */
  readonly identityFile?: string;
  /** Configuration read instead of `~/.ssh/config` and the system's. */
  readonly configFile?: string;
  /** What `sudo` is answered if it asks. Sent on its standard input only, and only when asked. */
  readonly sudoPassword?: Secret;
}

// Letters and digits of any language, for `Host` names; nothing that a shell of a ProxyCommand could take for syntax.
const hostPattern = /^[\p{L}\p{N}_:][\p{L}\p{N}_.:%-]{0,254}$/u;
const userPattern = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.@\\+-]{0,253}[\p{L}\p{N}_.@$+-])?$/u;
const urlPattern = /^ssh:\/\/(?:([^@/]*)@)?(\[[^\]/@]*\]|[^:/@[\]]*)(?::([0-9]{1,5}))?\/?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Reads `ssh://[user@]host[:port]` into a target; IPv6 stands in brackets, other characters of a user as `%XX`.
 *
 * @throws `HOST_SOURCE_INVALID` for anything else: a password, a path, or names that could be taken for options or syntax.
 * @example
 * ```ts
 * parseSshTarget("ssh://root@[2001:db8::7]:2222"); // { host: "2001:db8::7", user: "root", port: 2222 }
 * ```
 */
export function parseSshTarget(text: string): SshTarget {
  const match = urlPattern.exec(text);
  if (match === null) throw invalid(text, "it is not ssh://[user@]host[:port]");
  const [, rawUser, rawHost = "", rawPort] = match;
  // The text is not repeated: what follows the colon is a secret.
  if (rawUser?.includes(":")) {
    throw new SampanError(
      "HOST_SOURCE_INVALID",
      "reading an ssh:// address: it holds a password, which would be seen by others",
      {
        hint: "Add your key to the host with `ssh-copy-id USER@HOST`, and leave the password out of the address.",
      },
    );
  }
  const host = decoded(text, rawHost.replace(/^\[|\]$/g, ""));
  return checkedSshTarget({
    host,
    ...(rawUser === undefined ? {} : { user: decoded(text, rawUser) }),
    ...(rawPort === undefined ? {} : { port: Number(rawPort) }),
  });
}

/**
 * Returns a target as it is when nothing in it can be taken for an option or for syntax, by `ssh` or by a command of its
 * configuration that its names are put into.
 *
 * @throws `HOST_SOURCE_INVALID` otherwise.
 */
export function checkedSshTarget(target: SshTarget): SshTarget {
  const { host, user, port, identityFile, configFile } = target;
  if (!hostPattern.test(host)) throw invalid(host, "this is no name of a host");
  if (user !== undefined && !userPattern.test(user)) throw invalid(user, "this is no name of a user");
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw invalid(String(port), "a port is a number from 1 to 65535");
  }
  for (const file of [identityFile, configFile]) {
    if (file !== undefined && (file === "" || controlCharacters.test(file) || file.includes("%"))) {
      throw invalid(file, "this is no path that ssh takes");
    }
  }
  return target;
}

/** What people call a target: `ssh://root@web-01:2222`. */
export function sshTitle({ host, user, port }: SshTarget): string {
  const name = host.includes(":") ? `[${host.replaceAll("%", "%25")}]` : host;
  return `ssh://${user === undefined ? "" : `${encodeUser(user)}@`}${name}${port === undefined ? "" : `:${port}`}`;
}

function encodeUser(user: string): string {
  return user.replace(/[\\@%]/g, (character) => encodeURIComponent(character));
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw invalid(text, "a % in it stands before no two hexadecimal digits", cause);
  }
}

function invalid(text: string, why: string, cause?: unknown): SampanError {
  return new SampanError(
    "HOST_SOURCE_INVALID",
    `reading the address of a host, ${JSON.stringify(text.slice(0, 120))}: ${why}`,
    {
      hint: "Write ssh://USER@HOST or ssh://USER@HOST:PORT; everything else goes into ~/.ssh/config.",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
