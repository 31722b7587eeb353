import { type ErrorCode, SampanError } from "@sampan/core";
import { plainText } from "../plain-text.ts";

interface Reason {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** What was found; the last line that ssh said when absent. */
  readonly found?: string;
  readonly hint?: string;
  /** True when the same may work a moment later even the first time. */
  readonly passes?: true;
}

/*
 * What OpenSSH says in English (it does not translate), in the order in which a line counts: a changed key is told in many lines,
 * the last of which are those of an unknown one. Texts of OpenSSH 4.3 to 10.
 */
const reasons: readonly Reason[] = [
  {
    pattern:
      /REMOTE HOST IDENTIFICATION HAS CHANGED|differs from the key for the IP address|REVOKED HOST KEY/,
    code: "HOST_KEY_UNKNOWN",
    found: "its host key is another one than the one that is known: it may be another machine",
    hint: "Find out why the key changed. When it was for a good reason, forget the old one with `ssh-keygen -R HOST`.",
  },
  {
    pattern: /No (?:\S{1,40} )?host key is known for|Host key verification failed|authenticity of host/,
    code: "HOST_KEY_UNKNOWN",
    found: "its host key is not known",
  },
  {
    pattern:
      /Bad configuration option|bad configuration options|Can't open user config file|Bad owner or permissions on/i,
    code: "HOST_SOURCE_INVALID",
    hint: "Mend the configuration of ssh: `ssh -G HOST` reads it and connects nowhere.",
  },
  {
    pattern: /Could not resolve hostname .{0,300}Temporary failure/,
    code: "HOST_UNREACHABLE",
    passes: true,
  },
  { pattern: /Could not resolve hostname|Name or service not known/, code: "HOST_UNREACHABLE" },
  {
    pattern: /no matching (?:host key type|key exchange method|cipher|MAC|mac) found|Unable to negotiate/i,
    code: "HOST_UNREACHABLE",
    hint: "The host is older or newer than what ssh takes here. For a host you trust, allow its ways in ~/.ssh/config, for example `HostKeyAlgorithms +ssh-rsa` and `KexAlgorithms +diffie-hellman-group14-sha1`.",
  },
  {
    pattern:
      /Permission denied|Too many authentication failures|maximum authentication attempts|No more authentication methods|Authentication failed|account .{0,80}(?:expired|locked|not available)|bad permissions|UNPROTECTED PRIVATE KEY/i,
    code: "HOST_LOGIN_REFUSED",
  },
];

/** An error for a master that did not come about, from what ssh said. */
export function connectFailure(title: string, said: string, again: boolean): SampanError {
  const text = plainText(said);
  const reason = reasons.find(({ pattern }) => pattern.test(text));
  const code = reason?.code ?? "HOST_UNREACHABLE";
  const found = reason?.found ?? lastLine(text, reason?.pattern);
  return new SampanError(code, `connecting to ${title}: ${found}`, {
    ...(reason?.hint === undefined ? {} : { hint: reason.hint }),
    // A host that was there a moment ago may be restarting.
    retryable: code === "HOST_UNREACHABLE" && (again || reason?.passes === true),
    details: { host: title, said: text.slice(-1000) },
  });
}

/** An error for a connection that ended while it was used. */
export function lostFailure(title: string, doing: string, said: string): SampanError {
  const text = plainText(said);
  return new SampanError("HOST_CONNECTION_LOST", `${doing} on ${title}: the connection ended${why(text)}`, {
    retryable: true,
    details: { host: title, said: text.slice(-1000) },
  });
}

/** True when ssh says that the host opens no further channel on this connection. */
export function isChannelRefusal(said: string): boolean {
  return /Session open refused|session request failed|open failed/i.test(said);
}

/** True when ssh says that the master was gone before it opened a channel. */
export function isDeadMaster(said: string): boolean {
  return /Control socket connect|mux_client_(?:hello_exchange|request_session): |muxclient: /.test(said);
}

function why(text: string): string {
  const line = text.split("\n").findLast((candidate) => candidate.trim() !== "");
  return line === undefined ? "" : `: ${line.trim().slice(0, 300)}`;
}

function lastLine(text: string, pattern?: RegExp): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const telling = pattern && lines.findLast((line) => pattern.test(line));
  return (telling ?? lines.at(-1) ?? "ssh ended without saying why").slice(0, 300);
}
