import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bearerOf, isForThisMachine, sameSecret } from "../http/local-http.ts";

/** Decides who may see a dashboard; answers everybody else itself. */
export interface DashboardAccess {
  /** True when the request may go on; otherwise it has been answered. */
  admits(request: IncomingMessage, response: ServerResponse): boolean;
}

/** What a page of the dashboard may load: itself. Its type faces of another site's are left out, and nobody there learns of it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const safeMethods = ["GET", "HEAD"];

/**
 * Makes the door of a dashboard on this machine.
 *
 * A token in the address is exchanged for a cookie at once, so that it stays in no history. The cookie is another secret: who reads it cannot
 * tell the token by it. Requests meant for another host are refused, and with `readOnly` all that would change something; otherwise those that
 * a page of another origin makes the browser send.
 */
export function createAccess(token: string, { readOnly }: { readonly readOnly: boolean }): DashboardAccess {
  const session = randomBytes(32).toString("base64url");
  return {
    admits(request, response) {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (!isForThisMachine(request)) return refused(response, 421, "not the host that was asked");
      const isSafe = safeMethods.includes(request.method ?? "");
      if (readOnly && !isSafe) return refused(response, 405, "the dashboard is for looking only");

      const { path, searchParams } = partsOf(request.url ?? "/");
      const given = searchParams.get("token");
      if (given !== null && isSafe) {
        if (!sameSecret(given, token)) return unknown(response);
        searchParams.delete("token");
        const query = searchParams.size === 0 ? "" : `?${searchParams}`;
        response.setHeader("Set-Cookie", cookieOf(request, session));
        response.setHeader("Location", `${path}${query}`);
        return refused(response, 303, "the token is in a cookie now");
      }
      if (sameSecret(bearerOf(request), token)) return true;
      if (!sameSecret(cookiesOf(request).get(cookieName(request)), session)) return unknown(response);
      // Other ports of this machine are the same site to a browser, and get the cookie too.
      const origin = request.headers.origin;
      const isOwn = origin === undefined ? isSafe : origin === `http://${request.headers.host}`;
      return isOwn || refused(response, 403, "a page of another origin asked");
    },
  };
}

const headers = {
  "Content-Security-Policy": policy,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
} as const;

/** Path and query of a request. A path that begins with two slashes, of either kind, would be another host's to a browser. */
function partsOf(url: string): { readonly path: string; readonly searchParams: URLSearchParams } {
  const [path = "", ...query] = url.split("?");
  const own = path.startsWith("/") ? path.replace(/^[/\\]+/, "/") : "/";
  return { path: own, searchParams: new URLSearchParams(query.join("?")) };
}

/** Cookies know no ports: each dashboard of the machine has a name of its own. */
function cookieName(request: IncomingMessage): string {
  return `sampan-dashboard-${request.socket.localPort}`;
}

function cookieOf(request: IncomingMessage, session: string): string {
  return `${cookieName(request)}=${session}; HttpOnly; SameSite=Strict; Path=/`;
}

function cookiesOf(request: IncomingMessage): ReadonlyMap<string, string> {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim().split("=", 2));
  return new Map(pairs.map(([name = "", value = ""]) => [name, value]));
}

function unknown(response: ServerResponse): false {
  response.setHeader("WWW-Authenticate", "Bearer");
  return refused(response, 401, "open the address that was printed: it holds the token");
}

function refused(response: ServerResponse, status: number, why: string): false {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(`${why}\n`);
  return false;
}
