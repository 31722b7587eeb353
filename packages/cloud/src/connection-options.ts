import { SampanError, Secret } from "@sampan/core";

/** How connections to the cloud are made: through which proxy, and whom they trust. The same for OSS, ECS, RAM and STS. */
export interface ConnectionOptions {
  /**
   * Proxy for every host that `noProxy` does not name: `http://` or `https://`, without user and password. HTTPS goes
   * through it in a tunnel (CONNECT), so it sees host names only. A loopback address is never reached through a proxy.
   */
  readonly proxy?: URL;
  /** What the proxy asks for (Basic). */
  readonly proxyCredentials?: { readonly username: string; readonly password: Secret };
  /**
   * Hosts reached without the proxy, separated by commas or spaces, as in the variable `NO_PROXY`: `example.com` (and
   * everything under it), `.example.com`, `host:port`, an address, a network such as `10.0.0.0/8`, `*` for all.
   */
  readonly noProxy?: string;
  /** Certificates (PEM) trusted besides those Node.js trusts, as a company's proxy that opens TLS needs. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const proxyNames = {
  https: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
  http: ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
} as const;
const exceptionNames = ["NO_PROXY", "no_proxy"];

/**
 * Reads the proxy out of `HTTPS_PROXY` or `ALL_PROXY` and its exceptions out of `NO_PROXY`, in upper or lower case; an
 * empty variable counts as unset. A proxy without a scheme is an `http://` one. For addresses with plain `http://` it is `HTTP_PROXY`.
 *
 * @throws `CORE_ARGUMENT` naming the variable, never its value, when it is no address of a proxy.
 * @example
 * ```ts
 * connectAlibabaCloud({ credentials, connection: proxyFromEnvironment(process.env) });
 * ```
 */
export function proxyFromEnvironment(
  env: Environment,
  scheme: "https" | "http" = "https",
): ConnectionOptions {
  const name = proxyVariable(env, scheme);
  const text = name === undefined ? undefined : present(env, name);
  if (name === undefined || text === undefined) return {};
  const noProxy = exceptionNames.map((candidate) => present(env, candidate)).find((value) => value);
  return { ...proxyOf(text, `the variable ${name}`), ...(noProxy === undefined ? {} : { noProxy }) };
}

/** Name of the variable whose proxy is used for addresses of a scheme; `undefined` where none is set. */
export function proxyVariable(env: Environment, scheme: "https" | "http" = "https"): string | undefined {
  return proxyNames[scheme].find((candidate) => present(env, candidate) !== undefined);
}

/**
 * Takes a proxy apart into its address and its credentials, which are a secret from then on.
 *
 * @throws `CORE_ARGUMENT` saying `where` it was found, never what.
 */
export function proxyOf(text: string, where: string): Pick<ConnectionOptions, "proxy" | "proxyCredentials"> {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw new SampanError("CORE_ARGUMENT", `reading the proxy from ${where}: it is no http(s) address`, {
      hint: "Use for example http://proxy.example.com:3128.",
    });
  }
  const proxy = new URL(`${url.protocol}//${url.host}`);
  if (url.username === "") return { proxy };
  const username = decoded(url.username);
  return { proxy, proxyCredentials: { username, password: new Secret(decoded(url.password)) } };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function present(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === "" ? undefined : value;
}
