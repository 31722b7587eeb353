import { type Clock, type RetryPolicy, SampanError, type Secret } from "@sampan/core";

/** A file on a web server, and who asks for it. */
export interface HttpTarget {
  /** `https://` or `http://`, without user and password. */
  readonly url: string;
  readonly user?: string;
  /** What the server asks for (Basic). It is sent over TLS only, or to this machine itself, and to no other host. */
  readonly password?: Secret;
}

/** A proxy through which a server is reached. */
export interface HttpProxy {
  /** `http://` or `https://`, without user and password. */
  readonly url: URL;
  readonly credentials?: { readonly username: string; readonly password: Secret };
}

/** How a web server is spoken to. */
export interface HttpOptions {
  /** Certificates (PEM) trusted besides those Node.js trusts: of an own authority, or a server's own that is signed by itself. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** Says through which proxy an address is reached; `undefined` for directly. By default everything is. */
  readonly proxyFor?: (url: URL) => HttpProxy | undefined;
  /** Connections open at a time. Default 8. */
  readonly connections?: number;
  /** Longest time without a byte before a request counts as lost, in milliseconds. Default 30 s. */
  readonly timeoutMs?: number;
  /** How often a request that brought nothing new is made again. Default: as everywhere, for about a minute and a half. */
  readonly retryPolicy?: RetryPolicy;
  readonly clock?: Clock;
}

/**
 * The address of a target.
 *
 * @throws `HOST_SOURCE_INVALID` for what is no http(s) address, one with a user or password in it, and a password that would
 * travel in the clear.
 */
export function urlOfTarget(target: HttpTarget): URL {
  const url = URL.canParse(target.url) ? new URL(target.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw new SampanError(
      "HOST_SOURCE_INVALID",
      "reading the address of an image: it is no http(s) address",
      {
        hint: "Use for example `https://files.example.com/exports/web-01.vmdk`.",
      },
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new SampanError(
      "HOST_SOURCE_INVALID",
      `reading the address ${shownUrl(url)}: it has a user or password in it, which plans and journals would keep`,
      { hint: "Give user and password apart from the address." },
    );
  }
  if (target.password !== undefined && url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new SampanError(
      "HOST_SOURCE_INVALID",
      `reading the address ${shownUrl(url)}: a password over http:// can be read by everybody on the way`,
      { hint: "Use https://, or an address that needs no password." },
    );
  }
  url.hash = "";
  return url;
}

/** Parts of a query that only say where a file lies: those of a datastore. Anything else may be a signature. */
const plainParameters = ["dcPath", "dsName"];

/** An address for people and identities: without user and password, and without what may be the signature in its query. */
export function shownUrl(url: URL): string {
  const shown = new URL(`${url.protocol}//${url.host}${url.pathname}`);
  for (const name of plainParameters) {
    const value = url.searchParams.get(name);
    if (value !== null) shown.searchParams.set(name, value);
  }
  return shown.href.slice(0, 1000);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
