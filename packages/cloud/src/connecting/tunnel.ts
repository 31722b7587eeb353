import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import type { Secret } from "@sampan/core";

/** A proxy to go through. */
export interface ProxyTarget {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly secureContext: SecureContext | undefined;
  readonly credentials?: { readonly username: string; readonly password: Secret };
}

const tunnelMs = 10_000;

/** Value of `Proxy-Authorization`; `undefined` for a proxy without credentials. */
export function proxyAuthorization({ credentials }: ProxyTarget): string | undefined {
  if (credentials === undefined) return undefined;
  const pair = `${credentials.username}:${credentials.password.reveal()}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

/**
 * Has the proxy connect to a host, and gives the bare connection to it.
 *
 * Rejects with an error whose `code` says why: `ERR_PROXY_UNREACHABLE` when the network or 10 s ended it,
 * `ERR_PROXY_AUTHENTICATION` for status 407, `ERR_PROXY_REFUSED` for any other refusal, that of TLS when the proxy's certificate
 * is not trusted. The message names the proxy's status, no more of what it said.
 */
export function openTunnel(proxy: ProxyTarget, host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    const authorization = proxyAuthorization(proxy);
    const asking = (proxy.secure ? https : http).request({
      host: proxy.hostname,
      port: proxy.port,
      method: "CONNECT",
      path: authority,
      agent: false,
      headers: {
        Host: authority,
        ...(authorization === undefined ? {} : { "Proxy-Authorization": authorization }),
      },
      ...(proxy.secureContext === undefined ? {} : { secureContext: proxy.secureContext }),
    });
    const timer = setTimeout(
      () => asking.destroy(failure("ERR_PROXY_UNREACHABLE", "the proxy did not answer")),
      tunnelMs,
    );
    asking.once("connect", (answer, socket) => {
      clearTimeout(timer);
      if (answer.statusCode !== undefined && answer.statusCode >= 200 && answer.statusCode < 300) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(refused(answer.statusCode));
    });
    // A proxy that does not know CONNECT answers like a server.
    asking.once("response", (answer) => {
      clearTimeout(timer);
      answer.resume();
      asking.destroy();
      reject(refused(answer.statusCode));
    });
    asking.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      // Codes of the network would be read as the endpoint's own.
      reject(/^E[A-Z0-9]+(_AGAIN)?$/.test(error.code ?? "") ? unreachable(error) : error);
    });
    asking.end();
  });
}

function refused(status: number | undefined): Error {
  return status === 407
    ? failure("ERR_PROXY_AUTHENTICATION", "the proxy asks for a user and password")
    : failure("ERR_PROXY_REFUSED", `the proxy opened no tunnel: status ${status ?? "unknown"}`);
}

function unreachable(error: NodeJS.ErrnoException): Error {
  return failure("ERR_PROXY_UNREACHABLE", `the proxy cannot be reached: ${error.code}`);
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
