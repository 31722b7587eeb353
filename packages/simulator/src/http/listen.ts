import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { SampanError } from "@sampan/core";

/** Servers on both loopback addresses, one port. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1 and, where there is IPv6, on ::1: `localhost` may mean either. Nothing but loopback is bound,
 * and a peer that is not loopback (a forwarded port) is dropped.
 */
export async function listenOnLoopback(listener: RequestListener, port: number): Promise<Listening> {
  for (let attempt = 0; ; attempt++) {
    const v4 = makeServer(listener);
    const chosen = await listen(v4, "127.0.0.1", port);
    const v6 = makeServer(listener);
    try {
      await listen(v6, "::1", chosen);
      return { port: chosen, close: () => closeAll([v4, v6]) };
    } catch (error) {
      const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
      if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT") {
        return { port: chosen, close: () => closeAll([v4]) };
      }
      await closeAll([v4]);
      // Somebody else holds this number on ::1 only: with a free choice of ports, choose again.
      if (port !== 0 || attempt >= 20) throw error;
    }
  }
}

function makeServer(listener: RequestListener): Server {
  const server = createServer(
    {
      // RPC parameters all travel in the request line; RunInstances with user data needs 64 KiB and more.
      maxHeaderSize: 1024 * 1024,
      // A part of 5 GB may take hours.
      requestTimeout: 0,
      headersTimeout: 60_000,
      keepAliveTimeout: 75_000,
      highWaterMark: 256 * 1024,
      noDelay: true,
      // ali-oss sends Content-Length beside Transfer-Encoding when its caller sets the one for a stream; OSS takes the chunks.
      insecureHTTPParser: true,
    },
    listener,
  );
  server.on("connection", (socket: Socket) => {
    if (!isLoopback(socket.remoteAddress)) socket.destroy();
  });
  return server;
}

function isLoopback(address: string | undefined): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address ?? "");
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new SampanError(
          "SIMULATOR_PORT",
          `listening on ${host} port ${port}: ${cause.code ?? cause.message}`,
          {
            details: { port, host },
            cause,
          },
        ),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    ),
  );
}
