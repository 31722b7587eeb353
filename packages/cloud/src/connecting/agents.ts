import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { ConnectionOptions } from "../connection-options.ts";
import { type NoProxyRule, noProxyRule } from "./no-proxy.ts";
import { openTunnel, type ProxyTarget, proxyAuthorization } from "./tunnel.ts";

/** The two agents through which a client of Node's own HTTP reaches the cloud. */
export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
  /** Closes every connection; calls going on break off. */
  destroy(): void;
}

/**
 * Makes agents that keep connections open and honour the proxy and certificates of `options`.
 *
 * They belong to their maker, who destroys them; two clients share none, so one that ends takes no other's connections.
 */
export function makeAgents(options: ConnectionOptions = {}): Agents {
  const trusted = trustedContext(options);
  const pool = { keepAlive: true, scheduling: "lifo" as const };
  const secure = { ...pool, ...(trusted === undefined ? {} : { secureContext: trusted }) };
  const target = proxyTarget(options, trusted);
  const agents =
    target === undefined
      ? { http: new http.Agent(pool), https: new https.Agent(secure) }
      : {
          http: new ProxiedHttpAgent(pool, target, noProxyRule(options.noProxy)),
          https: new ProxiedHttpsAgent(secure, target, noProxyRule(options.noProxy)),
        };
  return {
    ...agents,
    destroy() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function proxyTarget(
  { proxy, proxyCredentials }: ConnectionOptions,
  trusted: tls.SecureContext | undefined,
): ProxyTarget | undefined {
  if (proxy === undefined) return undefined;
  return {
    secure: proxy.protocol === "https:",
    hostname: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: Number(proxy.port || (proxy.protocol === "https:" ? 443 : 80)),
    secureContext: trusted,
    ...(proxyCredentials === undefined ? {} : { credentials: proxyCredentials }),
  };
}

/** What connections trust besides what Node.js does by itself; `undefined` for nothing. */
export function trustedContext({ ca }: ConnectionOptions): tls.SecureContext | undefined {
  return ca === undefined ? undefined : secureContextWith(ca);
}

function secureContextWith(ca: NonNullable<ConnectionOptions["ca"]>): tls.SecureContext {
  const own = typeof ca === "string" || Buffer.isBuffer(ca) ? [ca] : ca;
  return tls.createSecureContext({ ca: [...usualCertificates(), ...own] });
}

/** What Node.js trusts by itself; `ca` replaces it, so it is named again. Newer versions count NODE_EXTRA_CA_CERTS in. */
function usualCertificates(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: "default") => string[] };
  return getCACertificates?.("default") ?? tls.rootCertificates;
}

type Connected = (error: Error | null, socket: Duplex) => void;
type SocketOptions = http.ClientRequestArgs & tls.ConnectionOptions;

/** HTTPS through a tunnel of the proxy. */
class ProxiedHttpsAgent extends https.Agent {
  readonly #proxy: ProxyTarget;
  readonly #isDirect: NoProxyRule;

  constructor(options: https.AgentOptions, proxy: ProxyTarget, isDirect: NoProxyRule) {
    super(options);
    this.#proxy = proxy;
    this.#isDirect = isDirect;
  }

  override createConnection(options: SocketOptions, connected?: Connected): Duplex | null | undefined {
    const host = String(options.host ?? options.hostname ?? "localhost");
    const port = Number(options.port ?? 443);
    if (connected === undefined || this.#isDirect(host, port)) {
      return super.createConnection(options, connected);
    }
    openTunnel(this.#proxy, host, port).then(
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

/** What Node's agents do with a request before it has a socket; undocumented, unchanged since Node 0.12. */
interface AddsRequests {
  addRequest(request: http.ClientRequest, options: SocketOptions): void;
}

/** Plain HTTP through the proxy: it is asked for whole URLs. */
class ProxiedHttpAgent extends http.Agent implements AddsRequests {
  readonly #proxy: ProxyTarget;
  readonly #isDirect: NoProxyRule;

  constructor(options: http.AgentOptions, proxy: ProxyTarget, isDirect: NoProxyRule) {
    super(options);
    this.#proxy = proxy;
    this.#isDirect = isDirect;
  }

  addRequest(request: http.ClientRequest, options: SocketOptions): void {
    const host = String(options.host ?? options.hostname ?? "localhost");
    const port = Number(options.port ?? 80);
    if (!this.#isDirect(host, port) && request.path.startsWith("/")) {
      const authority = host.includes(":") ? `[${host}]` : host;
      request.path = `http://${authority}${port === 80 ? "" : `:${port}`}${request.path}`;
      const authorization = proxyAuthorization(this.#proxy);
      if (authorization !== undefined) request.setHeader("Proxy-Authorization", authorization);
    }
    (http.Agent.prototype as unknown as AddsRequests).addRequest.call(this, request, options);
  }

  override createConnection(options: SocketOptions, connected?: Connected): Duplex | null | undefined {
    const host = String(options.host ?? options.hostname ?? "localhost");
    if (this.#isDirect(host, Number(options.port ?? 80))) return super.createConnection(options, connected);
    const { hostname, port, secure, secureContext } = this.#proxy;
    if (!secure) return super.createConnection({ ...options, host: hostname, port }, connected);
    const servername = isIP(hostname) === 0 ? { servername: hostname } : {};
    return tls.connect({ host: hostname, port, ...servername, secureContext });
  }
}
