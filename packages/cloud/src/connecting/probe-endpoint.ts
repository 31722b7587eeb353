import { lookup } from "node:dns/promises";
import http from "node:http";
import net, { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { ConnectionOptions } from "../connection-options.ts";
import { trustedContext } from "./agents.ts";
import { proxyFor } from "./proxy-for.ts";
import { openTunnel, proxyAuthorization } from "./tunnel.ts";

/** A step on the way to an answer, in this order; `proxy` only where there is one. */
export type ProbeStep = "lookup" | "connect" | "proxy" | "secure" | "answer";

/** How an address was reached, or where on the way it ended. Plain JSON. */
export interface EndpointProbe {
  /** The steps that were taken, and how long each took. */
  readonly steps: readonly { readonly step: ProbeStep; readonly tookMs: number }[];
  /** Origin of the proxy that was gone through; `null` for none. */
  readonly proxy: string | null;
  /** How far the endpoint's clock is ahead of this machine's, in milliseconds, by its `Date`; to the second. `null` without an answer. */
  readonly clockAheadMs: number | null;
  /** The step that failed, and why; `null` when an answer came, whatever its status. */
  readonly failure: { readonly step: ProbeStep; readonly code: string; readonly reason: string } | null;
}

/** How long one step may take, in milliseconds. */
const usualStepMs = 15_000;

/**
 * Reaches an address step by step, the way the cloud's clients do, through the same proxy and trusting the same certificates, and asks for `/` without
 * a signature. Never throws but for a malformed proxy.
 */
export async function probeEndpoint(
  url: URL,
  connection: ConnectionOptions = {},
  { stepMs = usualStepMs, signal }: { readonly stepMs?: number; readonly signal?: AbortSignal } = {},
): Promise<EndpointProbe> {
  const steps: { step: ProbeStep; tookMs: number }[] = [];
  const proxy = proxyFor(connection)(url);
  const nextHop = proxy?.url ?? url;
  const open: Duplex[] = [];
  let isOver = false;
  let current: ProbeStep = "lookup";
  const taken = async <T>(step: ProbeStep, work: () => Promise<T>): Promise<T> => {
    current = step;
    const startedMs = performance.now();
    const result = await inTime(work(), stepMs, signal);
    steps.push({ step, tookMs: Math.round(performance.now() - startedMs) });
    return result;
  };
  const ended = (clockAheadMs: number | null, failure: EndpointProbe["failure"]): EndpointProbe => ({
    steps,
    proxy: proxy?.url.origin ?? null,
    clockAheadMs,
    failure,
  });
  try {
    const secureContext = trustedContext(connection);
    const host = bare(nextHop.hostname);
    const address = await taken("lookup", async () =>
      isIP(host) === 0 ? (await lookup(host)).address : host,
    );
    let socket: Duplex = await taken("connect", () => connected(net.connect(portOf(nextHop), address), open));
    if (proxy !== undefined && url.protocol === "https:") {
      socket.destroy();
      const target = {
        secure: proxy.url.protocol === "https:",
        hostname: host,
        port: portOf(proxy.url),
        secureContext,
        ...(proxy.credentials === undefined ? {} : { credentials: proxy.credentials }),
      };
      socket = await taken("proxy", async () => {
        const tunnel = await openTunnel(target, bare(url.hostname), portOf(url));
        open.push(tunnel);
        // It came when nobody waited any longer.
        if (isOver) tunnel.destroy();
        return tunnel;
      });
    }
    if (url.protocol === "https:") {
      const plain = socket;
      const servername = isIP(bare(url.hostname)) === 0 ? { servername: bare(url.hostname) } : {};
      socket = await taken("secure", () =>
        secured(
          tls.connect({
            socket: plain,
            ...servername,
            ...(secureContext === undefined ? {} : { secureContext }),
          }),
          open,
        ),
      );
    }
    const askedMs = Date.now();
    const date = await taken("answer", () =>
      dateOf(socket, url, proxy !== undefined && url.protocol === "http:" ? proxy : undefined),
    );
    const middleMs = (askedMs + Date.now()) / 2;
    const theirsMs = Date.parse(date ?? "");
    // `Date` has whole seconds; half of one is what it is off on average.
    return ended(Number.isNaN(theirsMs) ? null : Math.round(theirsMs + 500 - middleMs), null);
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    return ended(null, { step: current, code: error.code ?? "ERR_UNKNOWN", reason: error.message });
  } finally {
    isOver = true;
    for (const socket of open) socket.destroy();
  }
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function portOf({ protocol, port }: URL): number {
  return Number(port || (protocol === "https:" ? 443 : 80));
}

function connected(socket: net.Socket, open: Duplex[]): Promise<Duplex> {
  open.push(socket);
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    // Stays: a later fault must find a listener.
    socket.on("error", reject);
  });
}

function secured(socket: tls.TLSSocket, open: Duplex[]): Promise<Duplex> {
  open.push(socket);
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.on("error", reject);
  });
}

/** Asks for `/` over a connection and gives the answer's `Date`. */
function dateOf(
  socket: Duplex,
  url: URL,
  proxy: ReturnType<ReturnType<typeof proxyFor>>,
): Promise<string | undefined> {
  const target = { secure: false, hostname: "", port: 0, secureContext: undefined, ...proxy };
  const authorization = proxyAuthorization(target);
  return new Promise((resolve, reject) => {
    const request = http.request({
      createConnection: () => socket as net.Socket,
      path: proxy === undefined ? "/" : url.href,
      headers: {
        host: url.host,
        connection: "close",
        ...(authorization === undefined ? {} : { "proxy-authorization": authorization }),
      },
    });
    request.once("response", (answer) => {
      answer.resume();
      if (answer.statusCode === 407) {
        reject(
          Object.assign(new Error("the proxy asks for a user and password"), {
            code: "ERR_PROXY_AUTHENTICATION",
          }),
        );
      } else resolve(answer.headers.date);
    });
    request.on("error", reject);
    request.end();
  });
}

function inTime<T>(work: Promise<T>, limitMs: number, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(Object.assign(new Error(`nothing for ${limitMs / 1000} s`), { code: "ETIMEDOUT" }));
    const timer = setTimeout(late, limitMs);
    const stop = () => reject(Object.assign(new Error("stopped"), { code: "ABORT_ERR" }));
    signal?.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    });
  });
}
