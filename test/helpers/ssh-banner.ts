import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A TCP port of the loopback that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export interface BannerOptions {
  readonly deadlineMs: number;
  /** A reason to wait no longer; `undefined` while there is none. */
  readonly giveUp?: () => string | undefined;
}

/** Asks a port of the loopback again and again until an SSH server names itself there; gives that line. */
export async function sshBanner(port: number, options: BannerOptions): Promise<string> {
  const endMs = Date.now() + options.deadlineMs;
  for (;;) {
    const line = await firstLine(port);
    if (line?.startsWith("SSH-")) return line;
    const reason =
      options.giveUp?.() ?? (Date.now() > endMs ? `nothing for ${options.deadlineMs / 1000} s` : undefined);
    if (reason !== undefined) throw new Error(`waiting for an SSH server on port ${port}: ${reason}`);
    await pause(500);
  }
}

/** What a port says first, within five seconds; `undefined` when it says nothing. */
function firstLine(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = connect({ port, host: "127.0.0.1", timeout: 5000 });
    const finish = (line: string | undefined) => {
      socket.destroy();
      resolve(line);
    };
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => {
      heard += piece;
      if (heard.includes("\n")) finish(heard.split("\r\n")[0]);
    });
    for (const event of ["timeout", "error", "close"] as const) socket.on(event, () => finish(undefined));
  });
}
