import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { SiteStatus } from "../engine/fleet-runner.ts";
import {
  bearerOf,
  isForThisMachine,
  isLoopback,
  listen,
  type Served,
  sameSecret,
} from "../http/local-http.ts";
import type { FleetMetrics } from "./metrics.ts";

/** How {@link serveMetrics} is told. */
export interface ServeMetricsOptions {
  readonly metrics: FleetMetrics;
  /** 0 for one that is free. */
  readonly port: number;
  /** An address of this machine alone by default: `127.0.0.1`. */
  readonly host?: string;
  /** Asked for as `Authorization: Bearer TOKEN`; nobody is asked when absent. */
  readonly token?: string;
  /** Asks the store for its sites whenever Prometheus asks for the metrics. */
  readonly sites?: () => Promise<readonly SiteStatus[]>;
}

/**
 * Serves metrics at `/metrics` in the text format of Prometheus. At an address of this machine alone, requests with another `Host` are refused.
 *
 * @throws `FLEET_LISTEN_FAILED` where the address is taken or none of this machine.
 */
export async function serveMetrics(options: ServeMetricsOptions): Promise<Served> {
  const { port, host = "127.0.0.1" } = options;
  const server = createServer((request, response) => {
    answer(request, response, { ...options, host }).catch((error: unknown) => {
      // The store is away: an empty answer would look as if there were no sites.
      refuse(
        response,
        503,
        `the metrics cannot be collected: ${error instanceof Error ? error.message : error}`,
      );
    });
  });
  return await listen(server, { port, host }, "metrics");
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, host, token, sites }: ServeMetricsOptions & { readonly host: string },
): Promise<void> {
  if (isLoopback(host) && !isForThisMachine(request))
    return refuse(response, 421, "not the host that was asked");
  if (request.url?.split("?", 1)[0] !== "/metrics") return refuse(response, 404, "metrics are at /metrics");
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, "metrics are read only");
  if (token !== undefined && !sameSecret(bearerOf(request), token)) {
    response.setHeader("WWW-Authenticate", "Bearer");
    return refuse(response, 401, "a token is asked for");
  }
  if (sites !== undefined) metrics.measure(await sites());
  const text = await metrics.registry.metrics();
  response.setHeader("Content-Type", metrics.registry.contentType);
  response.setHeader("Cache-Control", "no-store");
  response.end(request.method === "HEAD" ? undefined : text);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(`${why}\n`);
}
