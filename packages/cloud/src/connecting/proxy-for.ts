import type { ConnectionOptions } from "../connection-options.ts";
import { noProxyRule } from "./no-proxy.ts";

/** A proxy, and what it asks for. */
export interface ProxyOfAddress {
  readonly url: URL;
  readonly credentials?: NonNullable<ConnectionOptions["proxyCredentials"]>;
}

/**
 * Says through which proxy an address is reached as these options have it; `undefined` for directly. For what is not of the cloud, and
 * is to be reached the same way.
 *
 * @example
 * ```ts
 * const proxyOf = proxyFor(proxyFromEnvironment(process.env));
 * proxyOf(new URL("https://files.example.com/web-01.vmdk"))?.url;
 * ```
 */
export function proxyFor(options: ConnectionOptions): (url: URL) => ProxyOfAddress | undefined {
  const { proxy, proxyCredentials, noProxy } = options;
  if (proxy === undefined) return () => undefined;
  const isDirect = noProxyRule(noProxy);
  const found = {
    url: proxy,
    ...(proxyCredentials === undefined ? {} : { credentials: proxyCredentials }),
  };
  return ({ protocol, hostname, port }) => {
    const number = Number(port || (protocol === "https:" ? 443 : 80));
    return isDirect(hostname, number) ? undefined : found;
  };
}
