import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a port that counts what passes and can be cut: a network between a client and a host. */
export interface TcpProxy {
  /** The port of the loopback that clients connect to. */
  readonly port: number;
  /** Bytes that came from the host since the proxy was started. */
  receivedBytes(): number;
  /** Bytes that clients sent to the host. */
  sentBytes(): number;
  /** How many connections were made so far. */
  connections(): number;
  /** Resets every connection there is. New ones are let through. */
  cut(): void;
  /** Resets every connection once so many more bytes have come from the host; resolves when it has. */
  cutAfter(receivedBytes: number): Promise<void>;
  /** Resolves when so many more bytes have come from the host. */
  after(receivedBytes: number): Promise<void>;
  /** Refuses new connections, or lets them through again. */
  refuse(refused: boolean): void;
  /** Passes nothing on and closes nothing, as a network that went away; or goes on. */
  stall(stalled: boolean): void;
  stop(): Promise<void>;
}

/** Starts a proxy on the loopback that leads to another port of it. The caller must `stop()` it. */
export async function startTcpProxy(hostPort: number): Promise<TcpProxy> {
  let received = 0;
  let sent = 0;
  let connections = 0;
  let refused = false;
  let stalled = false;
  const open = new Set<Socket>();
  const marks = new Set<{ readonly at: number; reached(): void }>();

  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  const pass = (from: Socket, to: Socket, count: (bytes: number) => void) => {
    from.on("data", (part: Buffer) => {
      count(part.length);
      if (!to.destroyed && !to.write(part)) from.pause();
    });
    to.on("drain", () => {
      if (!stalled) from.resume();
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => {
      open.delete(from);
      // What came before the end is passed on first.
      if (from.errored !== null || !from.readableEnded) to.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (refused) {
      client.resetAndDestroy();
      return;
    }
    connections += 1;
    const host = connect({ port: hostPort, host: "127.0.0.1", allowHalfOpen: true });
    open.add(client).add(host);
    pass(host, client, (bytes) => {
      received += bytes;
      for (const mark of marks) {
        if (received < mark.at) continue;
        marks.delete(mark);
        mark.reached();
      }
    });
    pass(client, host, (bytes) => {
      sent += bytes;
    });
    if (stalled) {
      client.pause();
      host.pause();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const after = (bytes: number) =>
    new Promise<void>((resolve) => {
      marks.add({ at: received + bytes, reached: resolve });
    });
  return {
    port: (server.address() as AddressInfo).port,
    receivedBytes: () => received,
    sentBytes: () => sent,
    connections: () => connections,
    cut,
    after,
    cutAfter: (bytes) =>
      new Promise((resolve) => {
        const reached = () => {
          cut();
          resolve();
        };
        marks.add({ at: received + bytes, reached });
      }),
    refuse(now) {
      refused = now;
    },
    stall(now) {
      stalled = now;
      for (const socket of open) {
        if (now) socket.pause();
        else socket.resume();
      }
    },
    async stop() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
