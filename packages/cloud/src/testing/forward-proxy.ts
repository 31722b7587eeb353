import http from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { type Listening, listening, testCertificate } from "./tls-server.ts";

/** How {@link forwardProxy} behaves. */
export interface ForwardProxyOptions {
  /** Where a host that it is asked for really is: a port of loopback; `undefined` for a host it does not know. */
  readonly portOf: (hostname: string, asked: "tunnel" | "url") => number | undefined;
  /** `user:password` without which it answers 407. */
  readonly credentials?: string;
  /** Listens with TLS and the certificate of tests. */
  readonly secure?: boolean;
  /** Resets every connection whose count divides by this, once `cutAfterBytes` (0) came from the client. */
  readonly cutEvery?: number;
  readonly cutAfterBytes?: number;
}

/** An HTTP proxy for tests: tunnels by CONNECT, forwards whole URLs, and cuts connections when told to. */
export interface ForwardProxy extends Listening {
  /** What it was asked for, as `CONNECT host:port` or `PUT http://…`. */
  readonly asked: readonly string[];
  /** Connections it accepted, and those of them it reset. */
  readonly accepted: () => number;
  readonly cut: () => number;
}

/** Starts a proxy on loopback. It reaches only the hosts it is given, so nothing leaves the machine. */
export async function forwardProxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const { portOf, credentials, cutEvery, cutAfterBytes = 0 } = options;
  const asked: string[] = [];
  let accepted = 0;
  let cut = 0;
  const expected = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
  const mayPass = (request: http.IncomingMessage) =>
    !expected || request.headers["proxy-authorization"] === expected;

  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const target = URL.canParse(request.url ?? "") ? new URL(request.url ?? "") : undefined;
    const port = target === undefined ? undefined : portOf(target.hostname, "url");
    if (!mayPass(request)) return void response.writeHead(407).end();
    if (target === undefined || port === undefined) return void response.writeHead(502).end("no such host");
    const { "proxy-authorization": _, ...headers } = request.headers;
    const path = request.url?.slice(target.origin.length) || "/";
    const onward = http.request(
      { host: "127.0.0.1", port, method: request.method, path, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("error", () => response.destroy()).pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    request.on("error", () => onward.destroy()).pipe(onward);
    response.on("close", () => onward.destroy());
  });
  server.on("connect", (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
    asked.push(`CONNECT ${request.url}`);
    socket.on("error", () => {});
    const port = portOf(request.url?.replace(/:[0-9]+$/, "") ?? "", "tunnel");
    const status = !mayPass(request) ? "407 Who is it" : port === undefined ? "502 No such host" : undefined;
    if (status !== undefined || port === undefined) return void socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
    const behind = net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Established\r\n\r\n");
      behind.write(head);
      socket.pipe(behind).pipe(socket);
    });
    behind.on("error", () => socket.destroy());
    socket.on("close", () => behind.destroy());
  });

  // In front of it, what counts and cuts connections, so that a cut is one of TCP and not an answer.
  const inner = await listening(server);
  const outer = (socket: net.Socket) => {
    const doomed = cutEvery !== undefined && ++accepted % cutEvery === 0;
    if (cutEvery === undefined) accepted++;
    const behind = net.connect(inner.port, "127.0.0.1");
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (!doomed || bytes <= cutAfterBytes || socket.destroyed) return;
      cut++;
      socket.resetAndDestroy();
      behind.destroy();
    });
    socket.on("error", () => behind.destroy()).pipe(behind);
    behind.on("error", () => socket.destroy()).pipe(socket);
    socket.on("close", () => behind.destroy());
    behind.on("close", () => socket.destroy());
  };
  const front = await listening(
    options.secure ? tls.createServer(testCertificate, outer) : net.createServer(outer),
  );
  return {
    port: front.port,
    asked,
    accepted: () => accepted,
    cut: () => cut,
    async close() {
      await front.close();
      await inner.close();
    },
  };
}
