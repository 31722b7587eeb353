import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { HttpOptions, HttpProxy } from "./http-target.ts";

type Connected = (error: Error | null, socket: Duplex) => void;
type SocketOptions = http.ClientRequestArgs & tls.ConnectionOptions;

/** How one request is to be made: directly, through a tunnel, or by asking a proxy for the whole address. */
export type Route = Pick<http.RequestOptions, "agent" | "host" | "port" | "path" | "headers"> & {
  readonly secure: boolean;
};

/** Connections to servers, kept open between requests. They belong to their maker, who destroys them. */
export class HttpAgents {
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;
  readonly #toProxy: https.Agent;
  readonly #proxyFor: (url: URL) => HttpProxy | undefined;

  constructor(options: Pick<HttpOptions, "ca" | "proxyFor" | "connections">, timeoutMs: number) {
    const { ca, connections = 8, proxyFor = () => undefined } = options;
    const pool = { keepAlive: true, maxSockets: connections, scheduling: "lifo" as const };
    const trusted = ca === undefined ? {} : { secureContext: secureContextWith(ca) };
    this.#proxyFor = proxyFor;
    this.#plain = new http.Agent(pool);
    this.#toProxy = new https.Agent({ ...pool, ...trusted });
    this.#secure = new TunnelAgent({ ...pool, ...trusted }, proxyFor, timeoutMs);
  }

  /** The way to an address. */
  routeTo(url: URL): Route {
    const secure = url.protocol === "https:";
    const direct = {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port || (secure ? 443 : 80),
      path: `${url.pathname}${url.search}`,
    };
    if (secure) return { ...direct, secure, agent: this.#secure };
    const proxy = this.#proxyFor(url);
    if (proxy === undefined) return { ...direct, secure, agent: this.#plain };
    const bySecure = proxy.url.protocol === "https:";
    return {
      ...placeOf(proxy),
      secure: bySecure,
      path: url.href,
      headers: { Host: url.host, ...authorizationOf(proxy) },
      // A connection to the proxy itself, never a tunnel through it.
      agent: bySecure ? this.#toProxy : this.#plain,
    };
  }

  /** Closes every connection; requests going on break off. */
  destroy(): void {
    this.#plain.destroy();
    this.#secure.destroy();
    this.#toProxy.destroy();
  }
}

/** HTTPS, through a tunnel where a proxy stands between. */
class TunnelAgent extends https.Agent {
  readonly #proxyFor: (url: URL) => HttpProxy | undefined;
  readonly #timeoutMs: number;

  constructor(options: https.AgentOptions, proxyFor: (url: URL) => HttpProxy | undefined, timeoutMs: number) {
    super(options);
    this.#proxyFor = proxyFor;
    this.#timeoutMs = timeoutMs;
  }

  override createConnection(options: SocketOptions, connected?: Connected): Duplex | null | undefined {
    const host = String(options.host ?? "localhost");
    const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${Number(options.port ?? 443)}`;
    const proxy = this.#proxyFor(new URL(`https://${authority}`));
    if (proxy === undefined || connected === undefined) return super.createConnection(options, connected);
    openTunnel(proxy, authority, this.#timeoutMs).then(
      (tunnel) => {
        const socket = tls.connect({ ...options, socket: tunnel, host });
        const failed = (error: Error) => connected(error, socket);
        socket.once("error", failed);
        // Given out only once the other end is known: what waits for a connection waits for all of it.
        socket.once("secureConnect", () => {
          socket.off("error", failed);
          connected(null, socket);
        });
      },
      (error: Error) => connected(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}

/** Has a proxy connect to a server, and gives the bare connection; rejects with a code `ERR_PROXY_…`. */
function openTunnel(proxy: HttpProxy, authority: string, timeoutMs: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const secure = proxy.url.protocol === "https:";
    const asking = (secure ? https : http).request({
      ...placeOf(proxy),
      method: "CONNECT",
      path: authority,
      agent: false,
      headers: { Host: authority, ...authorizationOf(proxy) },
    });
    const timer = setTimeout(() => asking.destroy(failure("UNREACHABLE", "no answer")), timeoutMs);
    const settle = (then: () => void) => {
      clearTimeout(timer);
      then();
    };
    asking.once("connect", (answer, socket) =>
      settle(() => {
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status < 300) return resolve(socket);
        socket.destroy();
        reject(refused(status));
      }),
    );
    // A proxy that does not know CONNECT answers like a server.
    asking.once("response", (answer) =>
      settle(() => {
        asking.destroy();
        reject(refused(answer.statusCode ?? 0));
      }),
    );
    asking.on("error", (error: NodeJS.ErrnoException) =>
      settle(() =>
        reject(/^E[A-Z]+$/.test(error.code ?? "") ? failure("UNREACHABLE", error.code ?? "") : error),
      ),
    );
    asking.end();
  });
}

function placeOf({ url }: HttpProxy): { readonly host: string; readonly port: number } {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port };
}

function authorizationOf({ credentials }: HttpProxy): Record<string, string> {
  if (credentials === undefined) return {};
  return { "Proxy-Authorization": basic(credentials.username, credentials.password.reveal()) };
}

/** The value of an authorization header (RFC 7617). */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

function refused(status: number): Error {
  return status === 407
    ? failure("LOGIN", "it asks for a user and password")
    : failure("REFUSED", `it opens no tunnel: status ${status}`);
}

function failure(kind: "UNREACHABLE" | "LOGIN" | "REFUSED", message: string): Error {
  return Object.assign(new Error(message), { code: `ERR_PROXY_${kind}` });
}

function secureContextWith(ca: NonNullable<HttpOptions["ca"]>): tls.SecureContext {
  const own = typeof ca === "string" || Buffer.isBuffer(ca) ? [ca] : ca;
  // `ca` replaces what Node.js trusts by itself, so that is named again. Newer versions count NODE_EXTRA_CA_CERTS in.
  const { getCACertificates } = tls as { getCACertificates?: (type: "default") => string[] };
  return tls.createSecureContext({
    ca: [...(getCACertificates?.("default") ?? tls.rootCertificates), ...own],
  });
}
