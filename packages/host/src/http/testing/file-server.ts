import { createHash } from "node:crypto";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { testCertificate } from "./test-certificate.ts";

/** How {@link fileServer} behaves besides serving its files. */
export interface FileServerOptions {
  readonly files: Record<string, Uint8Array>;
  readonly secure?: boolean;
  /** Which validators it sends; `etag` (default), `date`, `weak` or `none`. */
  readonly validators?: "etag" | "date" | "weak" | "none";
  /** Answers a request itself when it returns true; called with its number, from 1 on. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse, number: number) => boolean;
}

/** A web server on loopback that answers ranges as RFC 9110 says. */
export interface FileServer {
  readonly origin: string;
  readonly port: number;
  /** Requests so far, as `/path bytes=0-0`. */
  readonly asked: readonly string[];
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function fileServer(options: FileServerOptions): Promise<FileServer> {
  const { files, validators = "etag", intercept } = options;
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.url} ${request.headers.range ?? ""}`.trim());
    if (intercept?.(request, response, asked.length)) return;
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname);
    const bytes = files[path];
    if (bytes === undefined) return void response.writeHead(404).end("no such file");
    serve(bytes, validators, request, response);
  };
  const server = options.secure ? https.createServer(testCertificate, answer) : http.createServer(answer);
  server.on("connection", (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${options.secure ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    asked,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const day = "Tue, 01 Sep 2026 10:00:00 GMT";

function serve(
  bytes: Uint8Array,
  validators: NonNullable<FileServerOptions["validators"]>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const tag = `"${createHash("sha1").update(bytes).digest("hex")}"`;
  const headers: Record<string, string> = { "Accept-Ranges": "bytes" };
  if (validators === "etag") headers.ETag = tag;
  if (validators === "weak") headers.ETag = `W/${tag}`;
  if (validators === "date") headers["Last-Modified"] = day;
  const condition = request.headers["if-range"];
  const same = condition === undefined || condition === (validators === "date" ? day : tag);
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(String(request.headers.range ?? "")) ?? [];
  if (from === undefined || !same) {
    return void response.writeHead(200, { ...headers, "Content-Length": bytes.length }).end(bytes);
  }
  const first = Number(from);
  const last = Math.min(Number(to), bytes.length - 1);
  if (first >= bytes.length) {
    return void response.writeHead(416, { ...headers, "Content-Range": `bytes */${bytes.length}` }).end();
  }
  response.writeHead(206, {
    ...headers,
    "Content-Range": `bytes ${first}-${last}/${bytes.length}`,
    "Content-Length": last - first + 1,
  });
  response.end(bytes.subarray(first, last + 1));
}
