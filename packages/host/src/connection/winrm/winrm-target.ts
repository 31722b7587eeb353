import { SampanError } from "@sampan/core";

/** A Windows that listens for WinRM, as its address says. */
export interface WinrmTarget {
  /** Name or address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Over TLS: `winrms://`. */
  readonly tls: boolean;
  /** Name as the address gives it: `Administrator`, `CORP\\Administrator` or `admin@corp.example`. */
  readonly user: string;
}

const ports = { "winrm:": 5985, "winrms:": 5986 } as const;

/**
 * Reads an address such as `winrm://Administrator@web-01`, `winrms://CORP%5Cadmin@web-01:5986`: a backslash in the user's name
 * is written `%5C`, an at sign `%40`.
 *
 * @throws `HOST_SOURCE_INVALID` for anything else. A password in an address is refused: addresses are printed.
 */
export function parseWinrmTarget(address: string): WinrmTarget {
  const invalid = (found: string) =>
    new SampanError("HOST_SOURCE_INVALID", `reading the address of a Windows host: ${found}`, {
      hint: "Write winrm://USER@HOST, or winrms://USER@HOST for TLS; a domain goes before the user: CORP%5CUSER.",
    });
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw invalid("it is no address");
  }
  const standard = Object.hasOwn(ports, url.protocol) ? ports[url.protocol as keyof typeof ports] : undefined;
  if (standard === undefined) throw invalid("it begins neither with winrm:// nor with winrms://");
  if (url.password !== "") throw invalid("it holds a password, which addresses may not");
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(host) || host.startsWith("-")) throw invalid("it names no host");
  if (!/^\/?$/.test(url.pathname) || url.search !== "" || url.hash !== "") {
    throw invalid("there is something after the host");
  }
  let user: string;
  try {
    user = decodeURIComponent(url.username);
  } catch {
    throw invalid("its user is not written as addresses write names");
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name of Windows has them.
  if (user === "" || user.length > 300 || /[\u0000-\u001f\u007f"/:;|=,+*?<>]/.test(user)) {
    throw invalid(user === "" ? "it names no user" : "its user is no name Windows knows");
  }
  return { host, port: url.port === "" ? standard : Number(url.port), tls: url.protocol === "winrms:", user };
}

/** Domain and name of a user: `CORP\\admin` has both; `admin@corp.example` is a name that holds its domain. */
export function splitUser(user: string): { readonly domain: string; readonly user: string } {
  const at = user.indexOf("\\");
  if (at < 0) return { domain: "", user };
  // `.\\admin` is a user of the host itself.
  const domain = user.slice(0, at);
  return { domain: domain === "." ? "" : domain, user: user.slice(at + 1) };
}
